import type { Schema } from './schema-instance';
import type { Question } from './simulated-model';

/** The members of a Messages request that a simulated model reads. */
export interface MessagesBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly system?: string | readonly InputBlock[];
  readonly messages: readonly {
    readonly role: 'user' | 'assistant';
    readonly content: string | readonly InputBlock[];
  }[];
  readonly tools?: readonly { readonly name: string; readonly input_schema: Schema }[];
  readonly tool_choice?: { readonly type: 'auto' | 'any' | 'none' | 'tool'; readonly name?: string };
  readonly output_config?: { readonly format?: { readonly type: string; readonly schema?: Schema } };
  readonly stream?: boolean;
}

export interface InputBlock {
  readonly type: string;
  readonly text?: string;
  readonly content?: string | readonly InputBlock[];
  readonly cache_control?: { readonly type: string; readonly ttl?: string };
}

export function questionOf(body: MessagesBody): Question {
  const newest = body.messages.at(-1);
  const user = body.messages.findLast((message) => message.role === 'user');
  const result = blocksOf(newest?.content).find((block) => block.type === 'tool_result');
  const schema = body.output_config?.format?.schema;
  const texts = textsOf(blocksOf(user?.content));
  return {
    model: body.model,
    texts: [texts.join('\n'), ...texts],
    characters: readTexts(body).join('').length,
    ...(result === undefined ? {} : { toolResult: textsOf(blocksOf(result.content)).join('\n') }),
    tools: (body.tools ?? []).map(({ name, input_schema }) => ({ name, schema: input_schema })),
    toolChoice: toolChoiceOf(body),
    ...(schema === undefined ? {} : { schema }),
    maxTokens: body.max_tokens,
  };
}

/** Everything that is read, in order: tools, system, messages. */
function readTexts({ tools, system, messages }: MessagesBody): string[] {
  const said = messages.flatMap(({ content }) => blocksOf(content));
  return [...(tools ?? []).map((tool) => JSON.stringify(tool)), ...[...blocksOf(system), ...said].map(blockText)];
}

export function blocksOf(content: string | readonly InputBlock[] | undefined): readonly InputBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}

export function blockText(block: InputBlock): string {
  return block.text ?? textsOf(blocksOf(block.content)).join('\n');
}

function textsOf(blocks: readonly InputBlock[]): string[] {
  return blocks.flatMap((block) => (block.text === undefined ? [] : [block.text]));
}

function toolChoiceOf({ tool_choice: choice }: MessagesBody): Question['toolChoice'] {
  if (choice?.type === 'tool') return { name: choice.name ?? '' };
  return choice?.type === 'any' ? 'required' : choice?.type === 'none' ? 'none' : 'auto';
}
