import type { ToolCall } from '../../../../lib/core/types-chat';

/** The arguments of a call as the object that blocks hold; undefined where the text, which a model wrote, is none. */
export function toolInputOf({ function: { arguments: text } }: ToolCall): Record<string, unknown> | undefined {
  try {
    const input: unknown = text.trim() === '' ? {} : JSON.parse(text);
    return typeof input === 'object' && input !== null && !Array.isArray(input)
      ? (input as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
