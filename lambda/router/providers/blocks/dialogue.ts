/**
 * Chat messages as turns of content blocks: what Messages and Converse have in common. System text stands apart, user
 * and assistant alternate, tool results are the user's.
 */

import { RouterError } from '../../../../lib/core/errors';
import type { ChatMessage, ContentPart, ToolCall } from '../../../../lib/core/types-chat';
import { toolInputOf } from './tool-input';

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly mediaType: string; readonly base64: string }
  | { readonly kind: 'image-address'; readonly url: string }
  | { readonly kind: 'tool-use'; readonly id: string; readonly name: string; readonly input: Record<string, unknown> }
  | { readonly kind: 'tool-result'; readonly id: string; readonly content: readonly Block[] };

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly blocks: readonly Block[];
}

export interface Dialogue {
  /** Empty where there is none. */
  readonly system: string;
  readonly turns: readonly Turn[];
}

const DATA_URL = /^data:(image\/(?:png|jpeg|gif|webp));base64,/;

/** The image formats that both dialects take, out of a `data:` URL; undefined for anything else. */
export function inlineImage(url: string): { readonly mediaType: string; readonly base64: string } | undefined {
  const head = DATA_URL.exec(url);
  return head ? { mediaType: head[1] as string, base64: url.slice(head[0].length) } : undefined;
}

function blockOf(part: ContentPart): Block | undefined {
  if (part.type === 'text') return part.text === '' ? undefined : { kind: 'text', text: part.text };
  if (part.type === 'refusal') return { kind: 'text', text: part.refusal };
  if (part.type !== 'image_url') return undefined; // Named by `unsupportedInBlocks`, so it does not come here.
  const image = inlineImage(part.image_url.url);
  return image ? { kind: 'image', ...image } : { kind: 'image-address', url: part.image_url.url };
}

function blocksOf(content: ChatMessage['content']): Block[] {
  // Both dialects refuse empty text.
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  return (content ?? []).map(blockOf).filter((block) => block !== undefined);
}

function inputOf(call: ToolCall, where: string): Record<string, unknown> {
  const input = toolInputOf(call); // `unsupportedInBlocks` names what is none, so it does not come here.
  if (input !== undefined) return input;
  throw RouterError.failure('invalid-request', `${where}.function.arguments is not a JSON object.`, { param: where });
}

function blocksOfMessage(message: ChatMessage, index: number): Block[] {
  const blocks = blocksOf(message.content);
  if (message.role === 'tool') return [{ kind: 'tool-result', id: message.tool_call_id ?? '', content: blocks }];
  if (message.role !== 'assistant') return blocks;
  if (message.refusal) blocks.push({ kind: 'text', text: message.refusal });
  (message.tool_calls ?? []).forEach((call, at) => {
    const input = inputOf(call, `messages[${index}].tool_calls[${at}]`);
    blocks.push({ kind: 'tool-use', id: call.id, name: call.function.name, input });
  });
  return blocks;
}

function textOf(content: ChatMessage['content']): string {
  return blocksOf(content)
    .map((block) => (block.kind === 'text' ? block.text : ''))
    .join('\n');
}

export function toDialogue(messages: readonly ChatMessage[]): Dialogue {
  const system: string[] = [];
  const turns: { role: Turn['role']; blocks: Block[] }[] = [];
  messages.forEach((message, index) => {
    if (message.role === 'system' || message.role === 'developer') {
      system.push(textOf(message.content));
      return;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = blocksOfMessage(message, index);
    const last = turns[turns.length - 1];
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  });
  return { system: system.filter((text) => text !== '').join('\n\n'), turns };
}
