import type { AnswerChoice, Checked } from '../types';
import type { Calibration, OracleSpec } from '../types-policy';
import { consultingOracle } from './consulting-oracle';
import type { ForesightedOracle } from './foresighted-oracle';

/**
 * The tier was sure of its words. Its confidence is the mean margin of its tokens: what the likeliest token had over the
 * next, from 0 to 1. Where profiling has calibrated the tier, it is 1 less the error that such a margin came with. A tier
 * that tells no probabilities neither passes nor fails.
 */
export function confidence({
  threshold,
  calibration = {},
}: Extract<OracleSpec, { kind: 'confidence' }>): ForesightedOracle {
  const judge = ({ margins }: AnswerChoice, tier: string): Checked => {
    if (margins === undefined || margins.length === 0) return undefined;
    const margin = margins.reduce((sum, one) => sum + one, 0) / margins.length;
    const sure = Object.hasOwn(calibration, tier) ? 1 - errorAt(calibration[tier] as Calibration, margin) : margin;
    const pass = sure >= threshold;
    return { pass, oracle: 'confidence', detail: pass ? '' : `confidence ${shown(sure)}, below ${threshold}` };
  };
  return Object.assign(
    consultingOracle('confidence', (choice, { tier }) => judge(choice, tier)),
    { beginning: (choice: AnswerChoice, { tier }: { readonly tier: string }) => judge(choice, tier) },
  );
}

/** Straight lines between the points, level beyond both ends: as profiling fits them. */
function errorAt({ margins, errors }: Calibration, margin: number): number {
  const above = margins.findIndex((one) => one > margin);
  if (above === 0) return errors[0] as number;
  if (above < 0) return errors[errors.length - 1] as number;
  const [from, to] = [margins[above - 1], margins[above]] as [number, number];
  const [left, right] = [errors[above - 1], errors[above]] as [number, number];
  return left + ((right - left) * (margin - from)) / (to - from);
}

/** Never rounded up to the threshold that it misses. */
function shown(sure: number): string {
  return (Math.floor(sure * 1000) / 1000).toFixed(3);
}
