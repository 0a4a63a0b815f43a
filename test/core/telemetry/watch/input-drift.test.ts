import { describe, expect, it } from 'vitest';
import { inputDistribution } from '../../../../lib/core/analysis/profile/input-distribution';
import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';
import { baselineFromRollup } from '../../../../lib/core/telemetry/baseline-from-rollup';
import { binEdges, histogramShares } from '../../../../lib/core/telemetry/histogram';
import { populationStability, sharesBetween } from '../../../../lib/core/telemetry/population-stability';
import { stabilityNoise } from '../../../../lib/core/telemetry/watch/input-drift';
import { watch } from '../../../../lib/core/telemetry/watch/watch';
import { anInput, foundOf, read, traffic, triage } from './watching';

/** Values of a dimension, to a tenth: bell-shaped around a mean. */
function draw(count: number, mean: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const sum = random() + random() + random() + random() - 2;
    return Math.round(Math.min(10, Math.max(0, mean + 2 * sum)) * 10) / 10;
  });
}

function histogramOf(values: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value.toFixed(1)] = (counts[value.toFixed(1)] ?? 0) + 1;
  return counts;
}

function drift(profiled: readonly number[], seen: readonly number[], dimension = 'reasoningDepth') {
  const baseline = { n: profiled.length, inputs: { [dimension]: inputDistribution(profiled) } };
  const inputs = { triage: { [dimension]: histogramOf(seen) } };
  const outcome = watch(
    anInput({
      tasks: [triage({ baseline })],
      rollup: traffic({ tasks: { triage: { requests: seen.length } }, inputs }),
    }),
  );
  return { value: read(outcome, 'InputDrift', { task: 'triage' }), found: foundOf(outcome, 'InputDrift') };
}

describe('input drift', () => {
  it('is 0 in a hundred draws of the same traffic, of any size', () => {
    for (let seed = 0; seed < 100; seed++) {
      const size = [300, 500, 1000, 5000][seed % 4] as number;
      expect(drift(draw(400, 4, seed), draw(size, 4, 10_000 + seed))).toEqual({ value: 0, found: [] });
    }
  });

  it('is found where the traffic has moved', () => {
    const moved = drift(draw(400, 4, 1), draw(1000, 5.2, 2));
    expect(moved.value).toBeGreaterThan(0.2);
    expect(moved.found).toEqual(['above triage']);
    expect(drift(draw(400, 0, 1), draw(1000, 3, 2)).found).toEqual(['above triage']);
  });

  it.each(['costSensitivity', 'fineTune'])(
    'is not told of %s, which a new version of the policy moves by itself',
    (dimension) => {
      const moved = { value: null, found: [] };
      expect(drift(new Array(400).fill(4), new Array(1000).fill(6), dimension)).toEqual(moved);
      expect(drift(new Array(400).fill(4), new Array(1000).fill(6)).found).toEqual(['above triage']);
    },
  );

  it('is the index less what chance makes of it', () => {
    const [before, now] = [draw(2000, 4, 1), draw(4000, 5, 2)];
    const { edges, shares } = inputDistribution(before);
    const actual = sharesBetween(now, edges);
    const bins = actual.filter((share, bin) => share > 0 || (shares[bin] as number) > 0).length;
    const expected = populationStability(shares, actual) - stabilityNoise(bins, 4000, 2000);
    expect(drift(before, now).value).toBeCloseTo(expected, 12);
  });

  it('is not judged from few requests, nor without a profile', () => {
    expect(drift(draw(400, 4, 1), draw(100, 9, 2)).value).toBeNull();
    const inputs = { triage: { reasoningDepth: histogramOf(draw(1000, 4, 1)) } };
    const unprofiled = watch(anInput({ rollup: traffic({ tasks: { triage: { requests: 1000 } }, inputs }) }));
    expect(read(unprofiled, 'InputDrift', { task: 'triage' })).toBeNull();
  });

  it('tells of the dimension that moved farthest', () => {
    const [before, now, further] = [draw(1000, 4, 1), draw(1000, 5, 2), draw(1000, 8, 3)];
    const inputs = { structure: inputDistribution(before), reasoningDepth: inputDistribution(before) };
    const seen = { triage: { structure: histogramOf(further), reasoningDepth: histogramOf(now) } };
    const { findings } = watch(
      anInput({
        tasks: [triage({ baseline: { n: 1000, inputs } })],
        rollup: traffic({ tasks: { triage: { requests: 1000 } }, inputs: seen }),
      }),
    );
    expect(findings.map(({ text }) => text)).toEqual([expect.stringMatching(/^structure is not distributed/)]);
  });
});

describe('a histogram', () => {
  it('is cut where the profile cuts single values', () => {
    for (let seed = 0; seed < 20; seed++) {
      const values = draw(50 + 40 * seed, (seed % 5) * 2, seed);
      const edges = binEdges(histogramOf(values));
      expect(histogramShares(histogramOf(values), edges)).toEqual(sharesBetween(values, edges));
      expect(edges).toEqual([...edges].sort((one, other) => one - other));
      // Both aim at bins of equal share; where a quantile falls between two values they may choose either.
      expect(Math.abs(edges.length - inputDistribution(values).edges.length)).toBeLessThanOrEqual(1);
    }
    expect(binEdges({})).toEqual([]);
    expect(histogramShares({}, [1])).toEqual([0, 0]);
  });
});

describe('a baseline from production', () => {
  const task = triage({ ladder: ['small', 'mid', 'frontier'] });
  const values = draw(2000, 4, 1);
  const rollup = traffic({
    tasks: { triage: { requests: 2000, upRoutes: 200, escalations: 100, costUsd: 5 } },
    mix: { triage: { '-': { small: 1360, frontier: 240 }, gold: { small: 340, frontier: 60 } } },
    inputs: { triage: { reasoningDepth: histogramOf(values) } },
  });

  it('has rates, cost, mix and inputs of what was served', () => {
    const baseline = baselineFromRollup(rollup, task);
    expect(baseline).toMatchObject({
      escalationRate: 0.15,
      upRouteRate: 0.1,
      climbRate: 0.05,
      n: 2000,
      costUsd: 0.0025,
      mix: { small: 0.85, mid: 0, frontier: 0.15 },
    });
    const shares = baseline?.inputs?.reasoningDepth?.shares ?? [];
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('is what the same traffic does not drift from', () => {
    const baseline = baselineFromRollup(rollup, task) ?? {};
    const outcome = watch(anInput({ tasks: [{ ...task, baseline: { ...baseline, low: 0.14, high: 0.16 } }], rollup }));
    expect(read(outcome, 'InputDrift', { task: 'triage' })).toBe(0);
    expect(read(outcome, 'TierMixDeviation', { task: 'triage' })).toBe(0);
    expect(read(outcome, 'EscalationDeviation', { task: 'triage' })).toBeCloseTo(0, 12);
  });

  it('is none without requests', () => {
    expect(baselineFromRollup(traffic(), task)).toBeUndefined();
    expect(baselineFromRollup(traffic({ tasks: { triage: {} } }), task)).toBeUndefined();
  });
});
