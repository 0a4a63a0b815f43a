import { RouterError } from '../../../lib/core/errors';
import { parseChatCompletions } from '../../../lib/core/request/chat-completions';
import type { Caller, Request } from '../../../lib/core/types';
import { aPolicy, aTask, aTier } from '../../builders';

export const policy = aPolicy({
  tiers: [aTier({ id: 'small' }), aTier({ id: 'twin', model: 'small-model' }), aTier({ id: 'frontier' })],
  tasks: [aTask({ id: 'triage', ladder: ['small', 'frontier'] }), aTask({ id: 'general', ladder: ['frontier'] })],
  userTiers: ['basic', 'gold'],
  maxBodyBytes: 20_000,
});

export const MESSAGES = [{ role: 'user', content: 'Say hello.' }];
export const PLAIN = { model: 'auto', messages: MESSAGES };
export const TOOL = { type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } };
export const CALL = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{}' } };
export const SCHEMA_FORMAT = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } };

export function parsed(body: unknown, headers: Record<string, string> = {}, caller: Caller = {}): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return parseChatCompletions({ headers, body: text }, policy, { id: 'req-1', caller, receivedAtMs: 5 });
}

export function refused(body: unknown, headers?: Record<string, string>, caller?: Caller): RouterError {
  try {
    parsed(body, headers, caller);
  } catch (error) {
    if (RouterError.is(error)) return error;
    throw error;
  }
  throw new Error('the request was taken');
}
