import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouterError } from '../../../lib/core/errors';
import { parseChatCompletions } from '../../../lib/core/request/chat-completions';
import type { Request } from '../../../lib/core/types';
import { aPolicy, aTask, aTier } from '../../builders';

const policy = aPolicy({
  tiers: [aTier({ id: 'small' })],
  tasks: [aTask({ id: 'triage', ladder: ['small'] })],
});

const HINT_FIELDS = ['task', 'feature', 'session', 'residency', 'latency_budget_ms', 'user_tier', 'blast_radius'];

function parse(body: string, headers: Record<string, string> = {}): Request {
  return parseChatCompletions({ headers, body }, policy, { id: 'req-1', caller: {}, receivedAtMs: 0 });
}

/** A value that is often nearly right, so that checks behind the first are reached. */
function nearly(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue() });
}

const part = fc.record({
  type: nearly(fc.constantFrom('text', 'image_url', 'file', 'refusal')),
  text: nearly(fc.string()),
  image_url: nearly(fc.record({ url: fc.string() })),
});

const toolCall = fc.record({
  id: nearly(fc.string()),
  type: nearly(fc.constant('function')),
  function: nearly(fc.record({ name: nearly(fc.string()), arguments: nearly(fc.string()) })),
});

const message = fc.record(
  {
    role: nearly(fc.constantFrom('system', 'user', 'assistant', 'tool')),
    content: nearly(fc.oneof(fc.string(), fc.array(nearly(part)))),
    tool_calls: nearly(fc.array(nearly(toolCall))),
    tool_call_id: nearly(fc.string()),
  },
  { requiredKeys: ['role', 'content'] },
);

const tool = fc.record({
  type: nearly(fc.constant('function')),
  function: nearly(
    fc.record({
      name: nearly(fc.constantFrom('a', 'b')),
      parameters: nearly(fc.dictionary(fc.string(), fc.jsonValue())),
    }),
  ),
});

const nearlyBody = fc.record(
  {
    model: nearly(fc.constantFrom('auto', 'auto:triage', 'tier:small', 'small-model')),
    messages: nearly(fc.array(nearly(message), { minLength: 1 })),
    n: nearly(fc.integer({ min: 1, max: 16 })),
    max_tokens: nearly(fc.integer({ min: 1 })),
    stream_options: nearly(fc.record({ include_usage: fc.boolean() })),
    tools: nearly(fc.array(nearly(tool))),
    tool_choice: nearly(fc.constantFrom('none', 'auto', 'required')),
    response_format: nearly(fc.record({ type: fc.constantFrom('text', 'json_schema') })),
    metadata: nearly(fc.dictionary(fc.constantFrom(...HINT_FIELDS, '__proto__', 'x'), fc.jsonValue())),
  },
  { requiredKeys: ['model', 'messages'] },
);

function takenOrRefused(body: string, headers?: Record<string, string>): void {
  try {
    expect(parse(body, headers).dialect).toBe('chat-completions');
  } catch (error) {
    if (!RouterError.is(error)) throw error;
    expect(error.status).toBeGreaterThanOrEqual(400);
    expect(error.status).toBeLessThan(500);
  }
}

/** A member of that name is refused, wherever it stands. */
function withoutPrototype(value: unknown): boolean {
  return !JSON.stringify(value).includes('__proto__');
}

describe('whatever the body', () => {
  it('is a request or the caller’s fault', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (body) => takenOrRefused(body)));
    fc.assert(
      fc.property(nearlyBody, (body) => takenOrRefused(JSON.stringify(body))),
      { numRuns: 500 },
    );
  });

  it('is so too whatever the headers', () => {
    const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] });
    const names = HINT_FIELDS.map((name) => `x-tierwise-${name.replaceAll('_', '-')}`);
    const headers = fc.dictionary(fc.constantFrom(...names, 'x-request-id'), fc.string({ unit: 'binary' }));
    fc.assert(fc.property(headers, (given) => takenOrRefused(body, given)));
  });

  it('travels on as it was sent, less the hints', () => {
    const hints = fc.record(
      {
        task: fc.constant('triage'),
        residency: fc.constantFrom('vpc', 'any'),
        latency_budget_ms: fc.integer({ min: 1 }),
      },
      { requiredKeys: [] },
    );
    const own = fc
      .dictionary(
        fc.string().filter((name) => !HINT_FIELDS.includes(name)),
        fc.jsonValue(),
      )
      .filter(withoutPrototype);
    const unknown = fc
      .dictionary(
        fc.string().map((name) => `x_${name}`),
        fc.jsonValue(),
      )
      .filter(withoutPrototype);
    fc.assert(
      fc.property(hints, own, unknown, fc.string(), (given, metadata, fields, content) => {
        const plain = { ...fields, model: 'auto', messages: [{ role: 'user', content }] };
        const sent = JSON.stringify({ ...plain, metadata: { ...metadata, ...given } });
        const left = Object.keys(metadata).length > 0 || Object.keys(given).length === 0;
        const expected = JSON.stringify(left ? { ...plain, metadata } : plain);
        expect(parse(sent).body).toEqual(JSON.parse(expected));
      }),
    );
  });
});
