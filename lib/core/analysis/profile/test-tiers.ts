import { binomialAtMost } from '../../binomial';
import { failuresAtLevel } from '../statistics/sample-size';
import { type SampleCount, unitRisk } from './sample-count';

/** A tier's failures on the sample. */
export interface TierSample {
  readonly tier: string;
  readonly count: SampleCount;
}

export interface TierTest extends TierSample {
  /** Units that may fail for the tier to be certified here; -1 where not even none would do. */
  readonly allowed: number;
  readonly certified: boolean;
}

/**
 * Tests every whole tier, from the top of the ladder down, so that the chance that any tier is certified whose failure
 * rate exceeds the risk is at most `level`, however the tiers' failures hang together (the fallback procedure of Wiens).
 *
 * The first test has all of the level that a test of this sample size can use. A tier that is certified hands its level
 * down, so while all above hold, each tier is judged by the published table at the full confidence: quality falls down a
 * ladder, and the order costs nothing. Below a tier that is not certified only what its test could not use is left: the
 * chance goes in steps, and of 5 % a test of 200 rows at 5 % uses 2.6. All of this is fixed by numbers of rows alone.
 */
export function testTiers(fromTheTop: readonly TierSample[], risk: number, level: number): TierTest[] {
  const own = ownLevels(fromTheTop, risk, level);
  let handedDown = 0;
  return fromTheTop.map((sample, index) => {
    const here = (own[index] as number) + handedDown;
    const allowed = allowedAt(sample.count, risk, here);
    const certified = allowed >= 0 && sample.count.touched <= allowed;
    handedDown = certified ? here : 0;
    return { ...sample, allowed, certified };
  });
}

/** The level each tier has whatever comes of those above it; in all, `level`. */
export function ownLevels(fromTheTop: readonly Pick<TierSample, 'count'>[], risk: number, level: number): number[] {
  let left = level;
  return fromTheTop.map((_, index) => {
    if (index === fromTheTop.length - 1) return left;
    // The most that this test or one below can use, so that a level handed down is enough there too.
    const counts = new Set(fromTheTop.slice(index).map(({ count }) => count));
    const own = Math.max(...[...counts].map((count) => usedLevel(count, risk, left)));
    left -= own;
    return own;
  });
}

export function allowedAt(count: SampleCount, risk: number, level: number): number {
  return failuresAtLevel(count.units, unitRisk(count, risk), level);
}

/** Chance that a tier of just this risk passes the test. */
function usedLevel(count: SampleCount, risk: number, level: number): number {
  return binomialAtMost(allowedAt(count, risk, level), count.units, unitRisk(count, risk));
}
