import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Reserve, Spending } from '../../../../../lib/core/analysis/profile/run/spending';

/** What became of a wait: the reserve, nothing once the cap is reached, or `waiting`. */
async function now(wait: Promise<Reserve | undefined>): Promise<Reserve | undefined | 'waiting'> {
  return Promise.race([wait, new Promise<'waiting'>((resolve) => setImmediate(resolve, 'waiting'))]);
}

const call = (expectedUsd: number, worstUsd = expectedUsd) => ({ expectedUsd, worstUsd });

describe('Spending', () => {
  it('lets everything through without a cap', async () => {
    const spending = new Spending(undefined, 0);
    const reserves = await Promise.all(Array.from({ length: 50 }, () => spending.reserve('a', call(1, 1000))));
    for (const reserve of reserves) reserve?.settle(2);
    expect(spending.totalUsd).toBe(100);
    expect(spending.shortage).toBeUndefined();
  });

  it('makes a call wait for room, in the order of asking', async () => {
    const spending = new Spending(10, 0);
    const first = (await spending.reserve('a', call(1, 6))) as Reserve;
    const dear = spending.reserve('b', call(1, 6));
    const cheap = spending.reserve('a', call(1, 1));
    expect([await now(dear), await now(cheap)]).toEqual(['waiting', 'waiting']);
    first.settle(1);
    expect(await now(dear)).toHaveProperty('settle');
    expect(await now(cheap)).toHaveProperty('settle');
  });

  it('asks the first of a kind alone once the worst has no room, and then goes by what calls cost', async () => {
    const spending = new Spending(10, 0);
    const first = (await spending.reserve('a', call(0.01, 100))) as Reserve;
    const second = spending.reserve('a', call(0.01, 100));
    expect(await now(second)).toBe('waiting');
    first.settle(1);
    // A hundred times what was expected, and a quarter more: 1.25 each.
    const others = await Promise.all(Array.from({ length: 6 }, () => now(spending.reserve('a', call(0.01, 100)))));
    expect(others.filter((one) => one === 'waiting')).toHaveLength(0);
    expect(await now(spending.reserve('a', call(0.01, 100)))).toBe('waiting');
    expect(await now(second)).toHaveProperty('settle');
  });

  it('is exhausted for good once there is no room and nobody who could make some', async () => {
    const spending = new Spending(10, 9.5);
    expect(await now(spending.reserve('a', call(1)))).toBeUndefined();
    expect(spending.shortage).toMatchObject({ kind: 'a', neededUsd: 1, leastCapUsd: 10.5 });
    expect(await now(spending.reserve('a', call(0.01)))).toBeUndefined();
    expect(spending.totalUsd).toBe(9.5);
  });

  it('knows from an earlier run what calls cost', async () => {
    const spending = new Spending(1, 0);
    spending.saw('a', 0.9);
    expect(await now(spending.reserve('a', call(0.01, 100)))).toBeUndefined();
    const other = new Spending(1, 0);
    other.saw('a', 0.2);
    expect(await now(other.reserve('a', call(0.01, 100)))).toHaveProperty('settle');
  });

  it('never passes the cap where no call costs more than its worst', async () => {
    const worst = fc.double({ min: 0.001, max: 2, noNaN: true });
    const calls = fc.array(fc.tuple(worst, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2)), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(calls, fc.double({ min: 0.1, max: 5, noNaN: true }), async (all, cap) => {
        const spending = new Spending(cap, 0);
        const made = all.map(async ([worstUsd, share, kind]) => {
          // Estimates are right: what is expected is the worst.
          const reserve = await spending.reserve(String(kind), call(worstUsd));
          await new Promise((resolve) => setImmediate(resolve));
          reserve?.settle(worstUsd * share);
        });
        await Promise.all(made);
        expect(spending.totalUsd).toBeLessThanOrEqual(cap * (1 + 1e-9));
      }),
      { numRuns: 60 },
    );
  });
});
