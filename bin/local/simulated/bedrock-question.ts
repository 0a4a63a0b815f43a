import { parseObject } from './model-host';
import type { Schema } from './schema-instance';
import type { Question } from './simulated-model';

/** The members of a Converse request that a simulated model reads. */
export interface ConverseBody {
  readonly messages?: readonly { readonly role: 'user' | 'assistant'; readonly content: readonly ConverseBlock[] }[];
  readonly system?: readonly ConverseBlock[];
  readonly inferenceConfig?: { readonly maxTokens?: number };
  readonly toolConfig?: {
    readonly tools?: readonly {
      readonly toolSpec?: { readonly name: string; readonly inputSchema?: { readonly json?: Schema } };
    }[];
    readonly toolChoice?: { readonly any?: object; readonly auto?: object; readonly tool?: { readonly name: string } };
  };
  readonly outputConfig?: {
    readonly textFormat?: { readonly structure?: { readonly jsonSchema?: { readonly schema?: string } } };
  };
}

interface ConverseBlock {
  readonly text?: string;
  readonly toolResult?: { readonly content?: readonly { readonly text?: string; readonly json?: unknown }[] };
}

export function questionOf(model: string, body: ConverseBody): Question {
  const messages = body.messages ?? [];
  const result = messages.at(-1)?.content.find((block) => block.toolResult !== undefined)?.toolResult;
  const user = messages.findLast((message) => message.role === 'user');
  const texts = textsOf(user?.content ?? []);
  const { tools = [], toolChoice } = body.toolConfig ?? {};
  const schemaText = body.outputConfig?.textFormat?.structure?.jsonSchema?.schema;
  const maxTokens = body.inferenceConfig?.maxTokens;
  const read = [...(body.system ?? []), ...messages.flatMap(({ content }) => content)];
  return {
    model,
    texts: [texts.join('\n'), ...texts],
    characters: textsOf(read).join('').length + (tools.length === 0 ? 0 : JSON.stringify(tools).length),
    ...(result === undefined
      ? {}
      : { toolResult: (result.content ?? []).map((part) => part.text ?? JSON.stringify(part.json)).join('\n') }),
    tools: tools.flatMap(({ toolSpec }) =>
      toolSpec ? [{ name: toolSpec.name, schema: toolSpec.inputSchema?.json ?? {} }] : [],
    ),
    toolChoice: toolChoice?.tool ? { name: toolChoice.tool.name } : toolChoice?.any ? 'required' : 'auto',
    ...(schemaText === undefined ? {} : { schema: parseObject(schemaText) ?? true }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}

function textsOf(blocks: readonly ConverseBlock[]): string[] {
  return blocks.flatMap((block) => {
    const result = block.toolResult?.content?.map((part) => part.text ?? JSON.stringify(part.json)) ?? [];
    return block.text === undefined ? result : [block.text];
  });
}
