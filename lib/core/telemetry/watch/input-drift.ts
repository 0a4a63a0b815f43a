import type { DimensionName } from '../../types-policy';
import { histogramShares, totalOf } from '../histogram';
import { ownValue } from '../own-value';
import { populationStability } from '../population-stability';
import type { WindowName } from './nouns';
import type { TaskView } from './task-view';
import { NOTHING, reading, type Told } from './told';
import { SPOKEN } from './two-running';
import { STANDARD_ERRORS } from './wilson';

/** What the policy alone fixes, by its prices and fine-tunes: a new version moves them, and no request has changed. */
const FIXED_BY_POLICY: ReadonlySet<string> = new Set<DimensionName>(['costSensitivity', 'fineTune']);

/** With fewer values for each bin the index is too skewed for its noise to be known. */
const LEAST_PER_BIN = 20;

/**
 * What chance alone makes of the index: (1/n + 1/m) times a chi-square of one degree less than there are bins that hold
 * anything, at four standard errors, by Wilson and Hilferty. Its mean, (bins - 1)(1/n + 1/m), is the index's bias.
 */
export function stabilityNoise(bins: number, seen: number, profiled: number): number {
  const degrees = Math.max(1, bins - 1);
  const spread = 2 / (9 * degrees);
  const chiSquare = degrees * (1 - spread + STANDARD_ERRORS * Math.sqrt(spread)) ** 3;
  return chiSquare * (1 / seen + (profiled > 0 ? 1 / profiled : 0));
}

interface Drift {
  readonly dimension: string;
  readonly window: WindowName;
  readonly beyond: number;
}

/** Each dimension's distribution against the profile's; the reading is of the one that moved farthest beyond chance. */
export function inputDrift(view: TaskView): Told {
  const { id: task, judged, alarms } = view;
  const worst = judged.flatMap((window) => driftsIn(view, window)).sort((one, other) => other.beyond - one.beyond)[0];
  if (worst === undefined) return NOTHING;
  return {
    readings: reading('InputDrift', worst.beyond, { task }),
    findings:
      worst.beyond <= alarms.driftAbove
        ? []
        : [
            {
              task,
              signal: 'InputDrift',
              kind: 'above',
              text: `${worst.dimension} is not distributed as in the profile: stability index ${worst.beyond.toFixed(2)} beyond chance in ${SPOKEN[worst.window]}`,
            },
          ],
  };
}

function driftsIn({ baseline, detail, alarms }: TaskView, window: WindowName): Drift[] {
  return Object.entries(baseline.inputs ?? {}).flatMap(([dimension, { edges, shares }]): Drift[] => {
    const histogram = ownValue(detail[window]?.inputs, dimension);
    if (histogram === undefined || shares.length !== edges.length + 1) return [];
    if (FIXED_BY_POLICY.has(dimension)) return [];
    const seen = totalOf(histogram);
    if (seen < Math.max(1, alarms.minRequests)) return [];
    const actual = histogramShares(histogram, edges);
    const bins = actual.filter((share, bin) => share > 0 || (shares[bin] ?? 0) > 0).length;
    if (seen < LEAST_PER_BIN * bins) return [];
    const noise = stabilityNoise(bins, seen, baseline.n ?? 0);
    return [{ dimension, window, beyond: Math.max(0, populationStability(shares, actual) - noise) }];
  });
}
