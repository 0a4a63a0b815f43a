import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { ExecutionPorts } from '../../../lib/core/execution/plan';
import type { Execution, Gate, Trail } from '../../../lib/core/types';
import type { Hold, Purse } from '../../../lib/core/types-live';
import type { Act } from '../../fixtures/scripted-provider';
import { stage } from './staging';

const price: ExecutionPorts['price'] = (_tier, usage) => usage.inputTokens + 2 * usage.outputTokens;

/** Sets every call's money aside, late at times, and knows what became of it. */
function ledger(refuseAfter: number) {
  const settled: number[][] = [];
  const purse: Purse = {
    async reserve() {
      const mine: number[] = [];
      await new Promise((resolve) => setTimeout(resolve, settled.length % 3));
      if (settled.length >= refuseAfter) return { budget: BUDGET, roomUsd: 0 };
      settled.push(mine);
      const hold: Hold = { settle: (usd) => void mine.push(usd) };
      return hold;
    },
  };
  return { purse, settled };
}

const BUDGET = {
  id: 'b',
  scope: 'all',
  limitUsd: 1,
  period: 'day',
  onExhausted: 'refuse',
  reserve: 'expected',
} as const;

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Act>({ say: 'one two three' }, { say: 'one two good' }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Act>({ cutAfter: 'one two', fail: 'cut' }, { cutAfter: 'one', fail: 'malformed' }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ cutAfter: 'another', fail: 'server-error' }) },
  { weight: 3, arbitrary: fc.constantFrom<Act>({ fail: 'cut', reached: 'accepted' }, { fail: 'rate-limited' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ fail: 'invalid-request' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ hang: true }) },
);

const acts = fc.array(act, { minLength: 1, maxLength: 4 });

/** Asks a judge beside the ladder, whose word it does not heed. */
const judged: Gate = async ({ choices }, { consult }) => {
  await consult?.ask('large', [{ role: 'user', content: 'Is it good?' }], 'judge');
  const pass = choices.every(({ text }) => text.includes('good'));
  return { pass, oracle: 'judge', detail: '' };
};

/** Reads so many slices and then goes, as a server does whose client has left. */
async function endOf(execution: Execution, reads: number): Promise<Trail> {
  if (execution.kind !== 'stream') return execution.trail;
  let read = 0;
  for await (const _slice of execution.slices) {
    read += 1;
    if (read >= reads) break;
  }
  return (await execution.ended).trail;
}

const scene = fc.record({
  small: acts,
  mid: acts,
  large: acts,
  stream: fc.boolean(),
  gated: fc.constantFrom('not', 'whole', 'first'),
  retries: fc.nat(2),
  reads: fc.integer({ min: 1, max: 12 }),
  leavesInMs: fc.option(fc.nat(60)),
  refuseAfter: fc.constantFrom(1, 2, 100),
});

type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never;

async function expectSettledOnce(played: Scene): Promise<void> {
  const { small, mid, large, stream, gated, retries, reads, leavesInMs, refuseAfter } = played;
  const { purse, settled } = ledger(refuseAfter);
  const left = new AbortController();
  if (leavesInMs !== null) setTimeout(() => left.abort(), leavesInMs);
  const { run } = stage({
    script: { small, mid, large },
    ladder: ['small', 'mid'],
    advisers: ['large'],
    stream,
    retries,
    caller: left.signal,
    totalMs: 200,
    ...(gated !== 'not' && { gate: judged }),
    task: { route: 'cascade', ...(gated === 'first' && { gate: { mode: 'first-tokens' as const, tokens: 1 } }) },
    ports: { price, purse },
  });
  const { attempts, consultations } = await endOf(await run(), reads);
  const isSettled = () => settled.every(({ length }) => length > 0);
  await vi.waitUntil(isSettled, { timeout: 10_000, interval: 5 });
  const once = settled.map((usd) => [usd.length, usd[0]]).sort();
  const booked = [...attempts, ...consultations].map(({ costUsd }) => [1, costUsd]).sort();
  // What was set aside only once nobody waited for it is given back, and is no call.
  const unused = Array.from({ length: once.length - booked.length }, () => [1, 0]);
  expect(once).toEqual([...booked, ...unused].sort());
  expect(unused.length).toBeLessThanOrEqual(leavesInMs === null ? 0 : 2);
}

it('books each call once and settles its money once, at the same amount, whatever becomes of it and whoever leaves', async () => {
  // Six at a time: most of each is waiting for what never comes.
  const several = fc.array(scene, { minLength: 6, maxLength: 6 });
  const property = fc.asyncProperty(several, async (scenes) => void (await Promise.all(scenes.map(expectSettledOnce))));
  await fc.assert(property, { numRuns: 12 });
}, 60_000);
