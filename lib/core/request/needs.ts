import type { ChatBody } from '../types-chat';
import type { Capability } from '../types-policy';

const ASKS: readonly (readonly [need: Capability, asks: (body: ChatBody) => boolean])[] = [
  ['tools', (body) => mayCallTools(body) || speaksOfTools(body)],
  ['json_schema', (body) => body.response_format?.type === 'json_schema'],
  ['images', showsImages],
  ['logprobs', (body) => body.logprobs === true],
];

/** What a tier must be able to do to answer. */
export function needsOf(body: ChatBody): readonly Capability[] {
  return ASKS.filter(([, asks]) => asks(body)).map(([need]) => need);
}

function mayCallTools(body: ChatBody): boolean {
  return (body.tools?.length ?? 0) > 0 && body.tool_choice !== 'none';
}

/** A host without tools does not understand a conversation that holds calls or results either. */
export function speaksOfTools(body: ChatBody): boolean {
  return body.messages.some((message) => message.role === 'tool' || (message.tool_calls?.length ?? 0) > 0);
}

function showsImages(body: ChatBody): boolean {
  return body.messages.some(
    ({ content }) => Array.isArray(content) && content.some((part) => part.type === 'image_url'),
  );
}
