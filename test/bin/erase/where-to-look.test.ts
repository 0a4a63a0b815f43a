import { describe, expect, it } from 'vitest';
import { type Search, whereToLook } from '../../../bin/commands/erase/where-to-look';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { ceilTo } from '../../../lambda/watch/stretches';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { addRecord, emptyRollup } from '../../../lib/core/telemetry/rollup/rollup';
import { anAttribution } from '../../lambda/shared/an-attribution';
import { NOON_MS } from '../../lambda/watch/a-day';

const ago = (days: number) => NOON_MS - days * DAY_MS;

/** As long before now as the days say, the oldest first, what is looked through, and how many days of it in all. */
async function lookedThrough(rest: Partial<Search>, rollups = openMemoryStore({ nowMs: () => NOON_MS }).rollups) {
  const addedUp = { sinceMs: ago(500), throughMs: NOON_MS - 2 * MINUTE_MS };
  const search = { customer: 'acme', oldestMs: ago(500), addedUp, nowMs: NOON_MS, thorough: false, ...rest };
  const periods = await whereToLook(rollups, search);
  const [first] = periods;
  const days = periods.reduce((sum, { fromMs, untilMs }) => sum + (untilMs - fromMs), 0) / DAY_MS;
  return { daysAgo: first === undefined ? 0 : Math.round((NOON_MS - first.fromMs) / DAY_MS), days: Math.round(days) };
}

describe('what is looked through for a customer', () => {
  it('is everything of which no sums are kept any more, and in which there may be records', async () => {
    expect(await lookedThrough({})).toEqual({ daysAgo: 500, days: 101 });
    expect(await lookedThrough({ keptDays: 90 })).toEqual({ daysAgo: 0, days: 0 });
    expect(await lookedThrough({ keptDays: 450 })).toEqual({ daysAgo: 451, days: 51 });
    expect(await lookedThrough({ addedUp: { sinceMs: ago(30), throughMs: NOON_MS }, oldestMs: ago(30) })).toEqual({
      daysAgo: 0,
      days: 0,
    });
  });

  it('is every minute where nothing is added up, or where that is asked', async () => {
    expect(await lookedThrough({ addedUp: undefined })).toEqual({ daysAgo: 500, days: 500 });
    expect(await lookedThrough({ thorough: true, keptDays: 90 })).toEqual({ daysAgo: 500, days: 500 });
  });

  it('is the hour whose sums name it, and the whole day where hours are not kept any more', async () => {
    const { rollups } = openMemoryStore({ nowMs: () => NOON_MS });
    const rollup = emptyRollup();
    addRecord(rollup, anAttribution({ requestId: 'one', customer: 'acme' }));
    for (const days of [3, 100]) {
      await rollups.write('day', stretchAt('day', ago(days)), rollup);
      await rollups.write('hour', stretchAt('hour', ago(days)), rollup);
    }
    const search = { customer: 'acme', nowMs: NOON_MS, thorough: false, oldestMs: ago(200) };
    const addedUp = { sinceMs: ago(200), throughMs: NOON_MS };
    const periods = await whereToLook(rollups, { ...search, addedUp });
    const midnightMs = ceilTo(DAY_MS, ago(101));
    expect(periods).toEqual([
      { fromMs: midnightMs, untilMs: midnightMs + DAY_MS },
      { fromMs: ago(3), untilMs: ago(3) + HOUR_MS },
      { fromMs: NOON_MS, untilMs: NOON_MS + MINUTE_MS },
    ]);
  });
});
