import type { ChatBody } from '../types-chat';

/**
 * The body without a wish that the host keep the answer for the caller to fetch later: it would lie there longer than the
 * host otherwise keeps anything. `store` is advisory, so that it may be left out. The same body where it asks for nothing.
 */
export function withoutStore(body: ChatBody): ChatBody {
  if (body.store !== true) return body;
  const { store: _, ...rest } = body;
  return rest;
}
