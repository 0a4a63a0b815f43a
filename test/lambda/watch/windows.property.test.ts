import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import { createRollUp } from '../../../lambda/watch/roll-up';
import { Turn } from '../../../lambda/watch/turn';
import { createWindows } from '../../../lambda/watch/windows';
import { HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { someSums } from '../../../lib/core/telemetry/rollup/sums';
import { nthRecord } from './a-day';

/** Two days before the end of a month, so that days, months and the turn of the year lie within. */
const BEGIN_MS = Date.UTC(2026, 11, 30, 21);
const HOURS = 60;

/** A record every eleven minutes, of a cost that floating point adds without rounding. */
async function sixtyHours() {
  const clock = { nowMs: BEGIN_MS };
  const store = openMemoryStore({ nowMs: () => clock.nowMs });
  const cameAtMs: number[] = [];
  const rollUp = createRollUp({ store, nowMs: () => clock.nowMs });
  for (let n = 0; clock.nowMs < BEGIN_MS + HOURS * HOUR_MS; n += 1) {
    cameAtMs.push(clock.nowMs);
    await store.attributions.put(nthRecord(n, { costUsd: 0.25, task: 'triage' }));
    clock.nowMs += 11 * MINUTE_MS;
    const turn = await Turn.take(store.states, () => clock.nowMs);
    if (turn === undefined) throw new Error('the turn was not given back');
    await rollUp.run(turn, () => false);
    await turn.end();
  }
  return { store, cameAtMs };
}

it('gives of any stretch of minutes what came in it, out of days, hours and minutes', async () => {
  const { store, cameAtMs } = await sixtyHours();
  const minutes = HOURS * 60;
  const throughMs = BEGIN_MS + minutes * MINUTE_MS;
  const windows = createWindows(store.rollups);
  const bound = fc.integer({ min: 0, max: minutes });
  await fc.assert(
    fc.asyncProperty(bound, bound, async (one, other) => {
      const fromMs = BEGIN_MS + Math.min(one, other) * MINUTE_MS;
      const untilMs = BEGIN_MS + Math.max(one, other) * MINUTE_MS;
      const { total, by, tasks } = await windows(fromMs, untilMs, throughMs);
      const n = cameAtMs.filter((atMs) => atMs >= fromMs && atMs < untilMs).length;
      expect([total.requests, total.costUsd]).toEqual([n, n / 4]);
      expect(by.task.triage ?? someSums({})).toEqual(total);
      const served = Object.values(tasks.triage?.mix ?? {}).flatMap(Object.values);
      expect(served.reduce((sum, count) => sum + count, 0)).toBe(n);
    }),
    { numRuns: 200 },
  );
}, 60_000);

it('reads few rollups for long stretches, complete ones once, and the rest once for as long as nothing is added up', async () => {
  const { store } = await sixtyHours();
  const asked: string[] = [];
  const windows = createWindows({
    list: (span, from, until) => {
      asked.push(`${span} ${from} ${until}`);
      return store.rollups.list(span, from, until);
    },
  });
  const throughMs = BEGIN_MS + HOURS * HOUR_MS;
  await windows(throughMs - 24 * HOUR_MS - 5 * MINUTE_MS, throughMs - 5 * MINUTE_MS, throughMs);
  expect(asked).toHaveLength(4);
  asked.length = 0;
  await windows(throughMs - 24 * HOUR_MS, throughMs, throughMs);
  expect(asked).toEqual([]);
  await windows(throughMs - 24 * HOUR_MS, throughMs + HOUR_MS, throughMs + HOUR_MS);
  expect(asked).toEqual(['hour 2027-01-02T00 2027-01-02T10']);
});
