import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, RouterError } from '../../../lib/core/errors';
import { plainDecimal } from '../../../lib/core/plain-decimal';
import { formatError } from '../../../lib/core/response/format-error';
import { formatStream } from '../../../lib/core/response/format-stream';
import type { StreamEnd, Trail } from '../../../lib/core/types';

const TRAIL: Trail = {
  attempts: [],
  consultations: [],
  tier: 'small',
  model: 'm',
  reason: 'start',
  escalations: 0,
  fallbacks: 0,
  retries: 0,
};
const END: StreamEnd = { trail: TRAIL, id: 'c1', created: 7, model: 'm' };
const USAGE = {
  inputTokens: 10,
  outputTokens: 5,
  cacheReadTokens: 3,
  cacheWrite5mTokens: 2,
  cacheWrite1hTokens: 1,
  reasoningTokens: 4,
  estimated: false,
};

async function heard(end: StreamEnd, includeUsage: boolean): Promise<string> {
  async function* slices(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('data: {"first":1}\n\n');
  }
  const stream = formatStream(
    { kind: 'stream', trail: TRAIL, slices: slices(), ended: Promise.resolve(end) },
    includeUsage,
    () => 0.25,
  );
  let text = '';
  for await (const bytes of stream) text += Buffer.from(bytes).toString();
  return text;
}

describe('plainDecimal', () => {
  it.each([
    [0, '0'],
    [0.1, '0.1'],
    [1.5e-7, '0.00000015'],
    [-2e-9, '-0.000000002'],
    [1e21, '1000000000000000000000'],
    [12.5, '12.5'],
  ])('writes %d as %s', (value, text) => expect(plainDecimal(value)).toBe(text));

  it('writes every number so that it reads back the same, without an exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = plainDecimal(value);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
        expect(text).not.toContain('e');
      }),
    );
  });
});

describe('formatStream', () => {
  it('passes the tier’s bytes on and closes with [DONE]', async () => {
    expect(await heard({ ...END, usage: USAGE }, false)).toBe('data: {"first":1}\n\ndata: [DONE]\n\n');
  });

  it('tells usage in the wire’s words, with the whole cost, only where it was asked for', async () => {
    const [, usage, done] = (await heard({ ...END, usage: USAGE }, true)).split('\n\n');
    expect(JSON.parse((usage ?? '').slice(6))).toEqual({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 7,
      model: 'm',
      choices: [],
      usage: {
        prompt_tokens: 16,
        completion_tokens: 5,
        total_tokens: 21,
        prompt_tokens_details: { cached_tokens: 3, cache_creation_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 4 },
        cost_usd: 0.25,
      },
    });
    expect(done).toBe('data: [DONE]');
  });

  it('keeps what the tier itself told of its usage', async () => {
    const wireUsage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, their_own: 'detail' };
    const [, usage] = (await heard({ ...END, usage: USAGE, wireUsage }, true)).split('\n\n');
    expect(JSON.parse((usage ?? '').slice(6)).usage).toEqual({ ...wireUsage, cost_usd: 0.25 });
  });

  it('ends a broken stream with an error event and no [DONE]', async () => {
    const text = await heard({ ...END, error: RouterError.failure('cut', 'It broke off.') }, true);
    expect(JSON.parse(text.split('\n\n')[1]?.slice(6) ?? '')).toEqual({
      error: { message: 'It broke off.', type: 'server_error', param: null, code: 'upstream_error' },
    });
    expect(text).not.toContain('[DONE]');
  });
});

describe('formatError', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('gives %s its status and OpenAI’s shape', (code) => {
    const { status, headers, body } = formatError(new RouterError(code, 'Why.', { param: 'model' }), 'req-1');
    expect(status).toBe(ERRORS[code].status);
    expect(headers['x-request-id']).toBe('req-1');
    expect(JSON.parse(body as string)).toEqual({
      error: { message: 'Why.', type: ERRORS[code].type, param: 'model', code },
    });
  });

  it('tells clients when to come back, and when not to', () => {
    expect(formatError(new RouterError('tiers_unavailable', ''), 'r').headers['retry-after']).toBe('5');
    expect(
      formatError(new RouterError('tiers_unavailable', '', { retryAfterMs: 1200 }), 'r').headers['retry-after'],
    ).toBe('2');
    expect(formatError(new RouterError('budget_exceeded', ''), 'r').headers['x-should-retry']).toBe('false');
    expect(formatError(new RouterError('upstream_error', ''), 'r').headers['x-should-retry']).toBeUndefined();
  });
});
