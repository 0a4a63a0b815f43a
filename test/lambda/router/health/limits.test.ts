import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Limits, type Taken } from '../../../../lambda/router/health/limits';

describe('the limits of a tier', () => {
  it('are none where the policy gives none', () => {
    const limits = new Limits();
    for (let call = 0; call < 1000; call++) expect(limits.take({}, 1e9, 0)).toBeDefined();
  });

  it('let so many calls be under way at a time, and another when one has ended', () => {
    const limits = new Limits();
    const first = limits.take({ concurrency: 2 }, 1, 0) as Taken;
    limits.take({ concurrency: 2 }, 1, 0);
    expect(limits.full({ concurrency: 2 }, 0)).toMatchObject({ reason: 'rate-limit' });
    expect(limits.take({ concurrency: 2 }, 1, 0)).toBeUndefined();
    limits.ended(first, true);
    expect(limits.take({ concurrency: 2 }, 1, 0)).toBeDefined();
  });

  it('let so many calls begin in any minute, and say when the next may', () => {
    const limits = new Limits();
    const two = { requestsPerMinute: 2 };
    for (const atMs of [0, 20_000]) limits.ended(limits.take(two, 1, atMs) as Taken, true);
    expect(limits.full(two, 30_000)).toMatchObject({ reason: 'rate-limit', retryAfterMs: 30_000 });
    expect([limits.take(two, 1, 59_999), limits.take(two, 1, 60_000)]).toEqual([undefined, expect.anything()]);
  });

  it('let so many tokens be sent in any minute: a small call may go where a large one may not', () => {
    const limits = new Limits();
    const budget = { tokensPerMinute: 1000 };
    limits.take(budget, 900, 0);
    expect(limits.full(budget, 0)).toBeUndefined();
    expect([limits.take(budget, 101, 0), limits.take(budget, 100, 0)]).toEqual([undefined, expect.anything()]);
    expect(limits.full(budget, 1000)).toMatchObject({ reason: 'rate-limit', retryAfterMs: 59_000 });
  });

  it('do not count a call that was never made', () => {
    const limits = new Limits();
    const one = { requestsPerMinute: 1, tokensPerMinute: 10 };
    limits.ended(limits.take(one, 10, 0) as Taken, false);
    expect(limits.take(one, 10, 0)).toBeDefined();
  });

  it('keep no call longer than its minute', () => {
    const limits = new Limits();
    for (let call = 0; call < 100_000; call++)
      limits.ended(limits.take({ requestsPerMinute: 1000 }, 1, call * 60) as Taken, true);
    expect(JSON.stringify(limits).length).toBeLessThan(200_000);
  });

  it('are never passed, for any calls at any time', () => {
    const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });
    const given = fc.record({ concurrency: limit(4), requestsPerMinute: limit(6), tokensPerMinute: limit(300) });
    const calls = fc.array(
      fc.record({ passMs: fc.nat(20_000), tokens: fc.nat(120), ends: fc.boolean(), made: fc.boolean() }),
      { maxLength: 80, size: 'max' },
    );
    fc.assert(
      fc.property(given, calls, ({ concurrency, requestsPerMinute, tokensPerMinute }, course) => {
        const said = {
          ...(concurrency !== undefined && { concurrency }),
          ...(requestsPerMinute !== undefined && { requestsPerMinute }),
          ...(tokensPerMinute !== undefined && { tokensPerMinute }),
        };
        const limits = new Limits();
        const underWay: Taken[] = [];
        let begun: Taken[] = [];
        let nowMs = 0;
        for (const { passMs, tokens, ends, made } of course) {
          nowMs += passMs;
          const ending = ends ? underWay.shift() : undefined;
          if (ending !== undefined) {
            limits.ended(ending, made);
            if (!made) begun = begun.filter((one) => one !== ending);
          }
          const full = limits.full(said, nowMs);
          const taken = limits.take(said, tokens, nowMs);
          if (full !== undefined) expect(taken).toBeUndefined();
          if (taken !== undefined) {
            underWay.push(taken);
            begun.push(taken);
          }
          const inMinute = begun.filter(({ atMs }) => nowMs - atMs < 60_000);
          expect(underWay.length).toBeLessThanOrEqual(concurrency ?? Number.POSITIVE_INFINITY);
          expect(inMinute.length).toBeLessThanOrEqual(requestsPerMinute ?? Number.POSITIVE_INFINITY);
          expect(inMinute.reduce((sum, one) => sum + one.tokens, 0)).toBeLessThanOrEqual(
            tokensPerMinute ?? Number.POSITIVE_INFINITY,
          );
        }
      }),
    );
  });
});
