import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';
import type { Mix } from '../../../../lib/core/telemetry/rollup/rollup';
import { mixDistance, mixNoise } from '../../../../lib/core/telemetry/watch/tier-mix';
import { watch } from '../../../../lib/core/telemetry/watch/watch';
import type { Task } from '../../../../lib/core/types-policy';
import { drawBinomial } from './simulate-escalation';
import { anInput, foundOf, read, traffic, triage } from './watching';

const INTENDED = { small: 0.8, frontier: 0.2 };
const TASK = triage({ baseline: { mix: INTENDED, n: 10_000 } });

function deviation(mix: Mix, task: Task = TASK): number | null {
  return read(
    watch(anInput({ tasks: [task], rollup: traffic({ tasks: { triage: {} }, mix: { triage: mix } }) })),
    'TierMixDeviation',
    { task: 'triage' },
  );
}

describe('the served tier mix', () => {
  it.each([
    [{ small: 0.8, frontier: 0.2 }, 0],
    [{ small: 0.5, frontier: 0.5 }, 0.3],
    [{ mid: 1 }, 1],
    [{ small: 0.8, mid: 0.2 }, 0.2],
  ])('%j lies %d from the intended one', (mix, distance) => {
    expect(mixDistance(mix, INTENDED)).toBeCloseTo(distance, 12);
    expect(mixDistance(INTENDED, mix)).toBeCloseTo(distance, 12);
  });

  it('deviates by what chance does not explain', () => {
    const beyond = 0.3 - mixNoise(INTENDED, 100_000, 10_000);
    expect(deviation({ '-': { small: 50_000, frontier: 50_000 } })).toBeCloseTo(beyond, 12);
    expect(beyond).toBeGreaterThan(0.25);
    expect(deviation({ '-': { small: 80_000, frontier: 20_000 } })).toBe(0);
    expect(deviation({ '-': { small: 40, frontier: 9 } })).toBeNull();
    expect(deviation({ '-': { small: 40, frontier: 20 } }, triage())).toBeNull();
  });

  it('does not deviate by chance in a thousand draws', () => {
    const random = seededRandom(7);
    for (const served of [50, 200, 1000, 6000]) {
      const noise = mixNoise(INTENDED, served, 0);
      for (let draw = 0; draw < 250; draw++) {
        const frontier = drawBinomial(served, 0.2, random());
        const mix = { small: 1 - frontier / served, frontier: frontier / served };
        expect(mixDistance(mix, INTENDED)).toBeLessThan(noise);
      }
    }
  });

  it('is compared for each user tier, and the worst is told', () => {
    const mix = { gold: { small: 200, frontier: 1800 }, free: { small: 8000, frontier: 0 } };
    const outcome = watch(anInput({ tasks: [TASK], rollup: traffic({ tasks: { triage: {} }, mix: { triage: mix } }) }));
    expect(foundOf(outcome, 'TierMixDeviation')).toEqual(['above triage']);
    expect(outcome.findings[0]?.text).toContain('70.0 % of requests of user tier gold');
  });

  it('is compared only as a whole where a rule serves a user tier otherwise', () => {
    const mix = { gold: { small: 0, frontier: 2000 }, free: { small: 8000, frontier: 0 } };
    expect(deviation(mix)).toBeGreaterThan(0.7);
    const ruled = { ...TASK, rules: [{ when: { userTiers: ['gold'] }, tier: 'frontier' }] };
    expect(deviation(mix, ruled)).toBe(0);
  });
});
