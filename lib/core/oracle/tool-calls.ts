import type { AnswerChoice } from '../types';
import type { ToolDefinition } from '../types-chat';
import { compileCallerSchema } from './caller-schema';
import { keepRecent } from './keep-recent';
import type { SchemaCheck } from './schema-check';

/** Tool schemas kept compiled. */
const MAX_KEPT = 200;

/** Characters of a schema's JSON that are still worth compiling while a request waits. */
const MAX_SCHEMA_LENGTH = 65_536;

/** What is wrong with the tool calls of a choice; undefined for nothing. */
export type ToolCheck = (choice: AnswerChoice, tools: readonly ToolDefinition[]) => Promise<string | undefined>;

/** Tool calls are judged by the tools' own schemas; a tool without one, or with one that cannot be used, takes any JSON. */
export function compileToolCheck(): ToolCheck {
  const schemaOf = keepCompiled();
  return async ({ toolCalls }, tools) => {
    for (const [index, call] of toolCalls.entries()) {
      const tool = tools.find((one) => one.function.name === call.name);
      if (tool === undefined) return `tool call ${index + 1} names no tool of the request`;
      const fault = argumentsFault(call.arguments, await schemaOf(tool));
      if (fault !== undefined) return `tool call ${index + 1}: ${fault}`;
    }
    return undefined;
  };
}

function argumentsFault(text: string, check: SchemaCheck | undefined): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'the arguments are not JSON';
  }
  return check?.(value);
}

function keepCompiled(): (tool: ToolDefinition) => Promise<SchemaCheck | undefined> {
  const compiled = keepRecent(MAX_KEPT, (schema) => compileCallerSchema(JSON.parse(schema)));
  return async ({ function: { parameters } }) => {
    if (parameters === undefined || parameters === null) return undefined;
    const schema = JSON.stringify(parameters);
    return schema.length > MAX_SCHEMA_LENGTH ? undefined : compiled(schema);
  };
}
