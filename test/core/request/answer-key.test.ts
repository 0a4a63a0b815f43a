import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerKey } from '../../../lib/core/request/answer-key';
import type { Caller, Features, Request } from '../../../lib/core/types';
import type { ChatBody } from '../../../lib/core/types-chat';
import type { Policy } from '../../../lib/core/types-policy';
import { aBody, aPolicy, aRequest, aTask, aTier } from '../../builders';
import { someFeatures } from '../decision/deciding';
import { CALL, TOOL } from './asking';

const EXACT = { ttlSeconds: 60, anyTemperature: false };
const ANY = { ttlSeconds: 60, anyTemperature: true };
const policy = aPolicy({
  tiers: [aTier({ id: 'small' })],
  tasks: [
    aTask({ id: 'exact', ladder: ['small'], cache: EXACT }),
    aTask({ id: 'any', ladder: ['small'], cache: ANY }),
    aTask({ id: 'none', ladder: ['small'] }),
  ],
});

interface Asking {
  readonly body?: Partial<ChatBody>;
  readonly request?: Partial<Request>;
  readonly features?: Partial<Features>;
  readonly of?: Policy;
}

function keyOf({ body, request, features, of = policy }: Asking = {}): string | undefined {
  return answerKey(
    aRequest({ body: aBody({ temperature: 0, ...body }), ...request }),
    someFeatures({ task: 'exact', ...features }),
    of,
  );
}

describe('an answer may be kept', () => {
  it('for a task that wants it, one choice, at temperature 0', () => {
    expect(keyOf()).toBeDefined();
    expect(keyOf({ features: { task: 'none' } })).toBeUndefined();
    expect(keyOf({ request: { choices: 2 } })).toBeUndefined();
    expect(keyOf({ of: { ...policy, cache: { maxEntries: 0 } } })).toBeUndefined();
  });

  it.each([[0.1], [1], [null], [undefined]])('not at temperature %s, unless the task takes any', (temperature) => {
    const body = temperature === undefined ? aBody() : aBody({ temperature });
    expect(keyOf({ request: { body } })).toBeUndefined();
    expect(keyOf({ request: { body }, features: { task: 'any' } })).toBeDefined();
  });

  it.each<[string, Partial<ChatBody>]>([
    ['has tools', { tools: [TOOL] as never }],
    ['has an empty list of tools', { tools: [] }],
    ['chooses among tools', { tool_choice: 'none' }],
    ['speaks of parallel calls', { parallel_tool_calls: false }],
    ['has functions, as they once were', { functions: [] }],
    ['searches the web', { web_search_options: {} }],
    ['holds a call', { messages: [{ role: 'assistant', tool_calls: [CALL] as never }] }],
    ['holds a result', { messages: [{ role: 'tool', tool_call_id: 'call_1', content: '42' }] }],
  ])('never where the request %s', (_name, body) => {
    expect(keyOf({ body })).toBeUndefined();
    expect(keyOf({ body, features: { task: 'any' } })).toBeUndefined();
  });
});

describe('the key of an answer', () => {
  it.each<[string, Asking]>([
    ['the customer', { request: { caller: { customer: 'acme' } } }],
    ['the key of nobody in particular', { request: { caller: { keyId: 'key-1' } } }],
    ['the task', { features: { task: 'any' } }],
    ['how far the prompt may travel', { features: { residency: 'vpc' } }],
    ['what a wrong answer costs', { features: { consequence: 'high' } }],
    ['the policy', { of: { ...policy, version: '8' } }],
    ['a pinned tier', { request: { pinned: 'small' } }],
    ['the messages', { body: { messages: [{ role: 'user', content: 'Say hello!' }] } }],
    ['a limit', { body: { max_tokens: 5 } }],
    ['a field that nobody knows', { body: { reasoning_effort: 'low' } }],
    ['a seed', { body: { seed: 1 } }],
  ])('turns on %s', (_name, asking) => {
    expect(keyOf(asking)).toBeDefined();
    expect(keyOf(asking)).not.toBe(keyOf());
  });

  it('does not turn on how the answer travels or is booked, nor on the order of the fields', () => {
    const travelling = {
      model: 'auto:exact',
      stream: true,
      stream_options: { include_usage: true },
      user: 'ada',
      store: true,
      metadata: { ticket: 7 },
      service_tier: 'flex',
      prompt_cache_key: 'k',
      safety_identifier: 's',
    };
    expect(keyOf({ body: travelling })).toBe(keyOf());
    const { model, messages } = aBody();
    const one = { model, messages, seed: 1, temperature: 0 };
    const other = { temperature: 0, seed: 1, messages, model };
    expect(keyOf({ request: { body: one } })).toBe(keyOf({ request: { body: other } }));
  });

  it('is shared by no two customers and no two questions, whatever they are called', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a', 'a","b', '"]],[[', 'key', 'customer', 'anonymous', '\ud800', ''),
    );
    const caller: fc.Arbitrary<Caller> = fc.oneof(
      word.map((customer) => ({ customer })),
      word.map((keyId) => ({ keyId })),
      fc.constant({}),
    );
    const asking = fc.record({
      caller,
      content: word,
      fields: fc.dictionary(
        word.map((name) => `x${name}`),
        fc.jsonValue(),
        { maxKeys: 2 },
      ),
    });
    const key = ({ caller, content, fields }: { caller: Caller; content: string; fields: object }) =>
      keyOf({ request: { caller, body: aBody({ temperature: 0, ...fields, messages: [{ role: 'user', content }] }) } });
    const sorted = (fields: object) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
    fc.assert(
      fc.property(asking, asking, (one, other) => {
        const [first, second] = [one, other].map((each) =>
          JSON.stringify([each.caller, each.content, sorted(each.fields)]),
        );
        expect(key(one) === key(other)).toBe(first === second);
      }),
      { numRuns: 500 },
    );
  });
});
