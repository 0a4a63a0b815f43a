import { describe, expect, it } from 'vitest';
import { climbShare, pathsOf } from '../../../../lib/core/analysis/project/paths';
import { rungsOf, type Spread } from '../../../../lib/core/analysis/project/rungs-of';
import { aMeasuredTask } from './a-profile';

const PASS_RATES = { small: 0.9, mid: 0.95, frontier: 0.99 };

function spread(parts: Partial<Spread> = {}): Spread {
  const profile = aMeasuredTask(PASS_RATES);
  return {
    ladder: Object.keys(PASS_RATES),
    route: 'direct',
    start: 'small',
    baseline: {},
    profile,
    tellsClimbs: false,
    ...parts,
  };
}

/** Shares of begun requests, climbs and answers, by rung, to six places. */
function shape(given: Spread) {
  const rungs = rungsOf(given);
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  const answers = rungs.map((_, index) =>
    round(pathsOf(rungs).reduce((sum, { to, share }) => sum + (to === index ? share : 0), 0)),
  );
  return {
    start: rungs.map(({ start }) => round(start)),
    climb: rungs.map(({ climb }) => round(climb)),
    answers,
    climbing: round(climbShare(rungs)),
  };
}

describe('where requests begin and how far they climb', () => {
  it('is what the baseline measured, with its mix of answers', () => {
    const baseline = {
      escalationRate: 0.2,
      upRouteRate: 0.12,
      climbRate: 0.08,
      mix: { small: 0.8, mid: 0.15, frontier: 0.05 },
    };
    const { start, climb, answers } = shape(spread({ baseline }));
    expect(start[0]).toBe(0.88);
    expect(climb[0]).toBeCloseTo(0.08 / 0.88, 6);
    expect(answers).toEqual([0.8, 0.15, 0.05]);
    expect(start.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
  });

  it('keeps the mix of answers on a longer ladder, where what comes up climbs again', () => {
    const profile = aMeasuredTask({ small: 0.9, mid: 0.8, large: 0.7, frontier: 0.99 });
    const mix = { small: 0.5, mid: 0.24, large: 0.14, frontier: 0.12 };
    const baseline = { upRouteRate: 0.3, climbRate: 0.2, mix };
    const long = shape(spread({ ladder: Object.keys(profile.tiers), profile, baseline }));
    expect(long.answers).toEqual(Object.values(mix));
    // 20 climb to the second, where 10 begin: of the 30 six fail. On the third 14 begin beside those six.
    expect(long.start).toEqual([0.7, 0.1, 0.14, 0.06]);
  });

  it.each([
    ['nothing is known: all at the start, failing as in profiling', {}, [1, 0, 0], [0.1, 0.05, 0]],
    ['the policy begins higher', { start: 'mid' }, [0, 1, 0], [0.1, 0.05, 0]],
    ['the start is not in the ladder any more', { start: 'gone' }, [1, 0, 0], [0.1, 0.05, 0]],
    ['a static route never climbs for quality', { route: 'static' }, [1, 0, 0], [0, 0, 0]],
    ['a single tier', { ladder: ['small'] }, [1], [0]],
    ['escalations alone are taken as climbs', { baseline: { escalationRate: 0.3 } }, [1, 0, 0], [0.3, 0.05, 0]],
    [
      'a mix alone: as many begin as leave that many answers',
      { baseline: { mix: { small: 0.72, mid: 0.19, frontier: 0.09 } } },
      [0.8, 0.12, 0.08],
      [0.1, 0.05, 0],
    ],
    ['up-routes alone, placed at the top', { baseline: { upRouteRate: 0.4 } }, [0.6, 0, 0.4], [0.1, 0.05, 0]],
  ] as const)('when %s', (_name, parts, start, climb) => {
    expect(shape(spread(parts))).toMatchObject({ start, climb });
  });

  it('is the certified tier and its threshold where there is no baseline', () => {
    const certified = { tier: 'mid', risk: 0.05, confidence: 0.95, threshold: 0.4, accepted: 0.7 };
    const profile = aMeasuredTask(PASS_RATES, { certified });
    expect(shape(spread({ profile }))).toMatchObject({ start: [0, 1, 0], answers: [0, 0.7, 0.3] });
    const whole = aMeasuredTask(PASS_RATES, { certified: { tier: 'small', risk: 0.05, confidence: 0.95 } });
    expect(shape(spread({ profile: whole, start: 'mid' }))).toMatchObject({ start: [1, 0, 0], climbing: 0.1 });
  });

  it('is what the checks of production sent up, where the profile tells of them', () => {
    const plain = aMeasuredTask(PASS_RATES);
    const small = { ...plain.tiers.small, climb: 0.04 } as (typeof plain.tiers)[string];
    const profile = { ...plain, tiers: { ...plain.tiers, small } };
    // No check runs on the middle tier: what fails there stays.
    expect(shape(spread({ profile, tellsClimbs: true }))).toMatchObject({ climb: [0.04, 0, 0], climbing: 0.04 });
    expect(shape(spread({ profile: plain, tellsClimbs: true }))).toMatchObject({ climb: [0, 0, 0] });
  });
});
