import type { ChatBody, ChatMessage } from '../../../lib/core/types-chat';
import type { Schema } from './schema-instance';
import type { Question } from './simulated-model';

/** A Chat Completions body as a question. */
export function questionOf(body: ChatBody): Question {
  const newest = body.messages.at(-1);
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  const schema = schemaOf(body);
  return {
    model: body.model,
    texts: textsOf(body.messages.findLast((message) => message.role === 'user')),
    characters:
      body.messages.reduce((sum, message) => sum + textsOf(message).join('').length, 0) +
      JSON.stringify(body.tools ?? '').length -
      2,
    ...(newest?.role === 'tool' ? { toolResult: textsOf(newest).join('') } : {}),
    tools: (body.tools ?? []).map(({ function: tool }) => ({
      name: tool.name,
      schema: (tool.parameters ?? {}) as Schema,
    })),
    toolChoice: toolChoiceOf(body),
    ...(schema === undefined ? {} : { schema }),
    ...(typeof maxTokens === 'number' ? { maxTokens } : {}),
  };
}

function textsOf(message: ChatMessage | undefined): string[] {
  const content = message?.content;
  if (typeof content === 'string') return [content];
  return (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : []));
}

function toolChoiceOf({ tool_choice: choice }: ChatBody): Question['toolChoice'] {
  if (typeof choice === 'object' && choice !== null) return { name: choice.function.name };
  return choice ?? 'auto';
}

function schemaOf({ response_format: format }: ChatBody): Schema | undefined {
  if (format?.type === 'json_schema') return format.json_schema.schema ?? true;
  if (format?.type === 'json_object') return { properties: { simulated: { const: true } } };
  return undefined;
}
