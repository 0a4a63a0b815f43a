import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';
import { DAY_MS } from '../../../../lib/core/durations';
import type { Sums } from '../../../../lib/core/telemetry/rollup/sums';
import { addSums, NO_SUMS, someSums, subtractSums } from '../../../../lib/core/telemetry/rollup/sums';
import { quality, qualityOf } from '../../../../lib/core/telemetry/watch/quality';
import { routingAccuracy, routingCostShare } from '../../../../lib/core/telemetry/watch/routing-figures';
import { viewOf } from '../../../../lib/core/telemetry/watch/task-view';
import { watch } from '../../../../lib/core/telemetry/watch/watch';
import { drawBinomial } from './simulate-escalation';
import { anInput, foundOf, NOON_MS, read, type Traffic, traffic, triage } from './watching';

/** Pairs by what passed: both, only what was served, only the reference, neither. */
function pairs(both: number, served: number, reference: number, neither: number): Partial<Sums> {
  return {
    controlled: both + served + reference + neither,
    controlServedPasses: both + served,
    controlReferencePasses: both + reference,
    controlOnlyServedPasses: served,
  };
}

function sentUp(both: number, served: number, reference: number, neither: number): Partial<Sums> {
  const all = pairs(both, served, reference, neither);
  return {
    ...all,
    controlledUp: all.controlled as number,
    controlUpServedPasses: all.controlServedPasses as number,
    controlUpReferencePasses: all.controlReferencePasses as number,
    controlUpOnlyServedPasses: served,
  };
}

describe('the quality of a route', () => {
  it('is the difference of two paired rates, with its interval', () => {
    const { first, up } = qualityOf(someSums(pairs(80, 2, 12, 6)));
    expect(up).toBeUndefined();
    expect(first).toMatchObject({ n: 100, servedPassRate: 0.82, referencePassRate: 0.92 });
    expect(first?.delta).toBeCloseTo(-0.1, 12);
    // Agresti and Min: (2.5 - 12.5) / 102, plus and minus 1.96 sqrt((15 / 102 - (10 / 102)^2) / 102).
    expect(first?.low).toBeCloseTo(-0.169_988, 6);
    expect(first?.high).toBeCloseTo(-0.026_09, 6);
  });

  it('is kept apart for what was sent up', () => {
    const quality = qualityOf(someSums(sentUp(10, 20, 0, 0)));
    expect(quality.first).toBeUndefined();
    expect(quality.up?.delta).toBeCloseTo(2 / 3, 12);
  });

  it('is not certain of pairs that never differed', () => {
    const { first } = qualityOf(someSums(pairs(30, 0, 0, 0)));
    expect(first?.delta).toBe(0);
    expect(first?.low).toBeLessThan(-0.03);
    expect(first?.high).toBeGreaterThan(0.03);
  });
});

describe('the control sample', () => {
  const task = triage({ target: { passRate: 0.95, confidence: 0.95 } });
  const look = (sums: Partial<Sums>) => watch(anInput({ tasks: [task], rollup: traffic({ tasks: { triage: sums } }) }));

  it.each([
    ['worse than the target allows', pairs(150, 2, 48, 0), ['worse triage']],
    ['worse, but by no more than the target allows', pairs(1900, 20, 80, 0), []],
    ['worse by chance, perhaps', pairs(28, 0, 4, 0), []],
    ['as good', pairs(200, 1, 1, 8), []],
    ['sent up for nothing', sentUp(195, 2, 2, 1), ['too-careful triage']],
    ['sent up with reason', sentUp(100, 60, 0, 10), []],
    ['sent up in vain, since nobody answers it', sentUp(0, 0, 0, 400), []],
    ['sent up, and good at the first tier, but not enough', sentUp(360, 2, 2, 36), []],
    ['sent up, and good enough at the first tier by so few that chance may say so', sentUp(96, 0, 0, 4), []],
  ])('finds what is %s', (_name, sums, expected) => {
    expect(foundOf(look(sums), 'QualityDelta')).toEqual(expected);
  });

  it('is read once there are pairs enough', () => {
    expect(read(look(pairs(20, 0, 9, 0)), 'QualityDelta', { task: 'triage' })).toBeNull();
    expect(read(look(pairs(20, 0, 10, 0)), 'QualityDelta', { task: 'triage' })).toBeCloseTo(-1 / 3, 12);
  });

  it('is looked at over the month where a day has too few', () => {
    const month = { fromMs: NOON_MS - 10 * DAY_MS, rollup: traffic({ tasks: { triage: pairs(150, 2, 48, 0) } }) };
    const outcome = watch(anInput({ tasks: [task], rollup: traffic({ tasks: { triage: pairs(5, 0, 1, 0) } }), month }));
    expect(read(outcome, 'QualityDelta', { task: 'triage' })).toBeCloseTo(-0.23, 12);
    expect(foundOf(outcome, 'QualityDelta')).toEqual(['worse triage']);
  });
});

describe('the quality shortfall', () => {
  const RISK = 0.05;
  const task = triage({ target: { passRate: 1 - RISK, confidence: 0.95 } });
  const NOTHING: Partial<Sums> = {};
  /** As good to the last pair, in many. */
  const WELL = pairs(1900, 50, 50, 0);

  interface Spans {
    readonly hour?: Partial<Sums>;
    readonly day?: Partial<Sums>;
    readonly month?: Partial<Sums>;
    readonly mix?: Traffic['mix'];
  }

  function inputOf({ hour = NOTHING, day = NOTHING, month = NOTHING, mix = {} }: Spans) {
    const rollup = (sums: Partial<Sums>) => traffic({ tasks: { triage: sums }, mix });
    const input = anInput({ tasks: [task], month: { fromMs: NOON_MS - 10 * DAY_MS, rollup: rollup(month) } });
    return { ...input, windows: { fiveMinutes: rollup(NOTHING), hour: rollup(hour), day: rollup(day) } };
  }

  const shortfallOf = (spans: Spans) => read(watch(inputOf(spans)), 'QualityShortfall', { task: 'triage' });

  it('is how far the upper bound lies below what the target allows', () => {
    // Agresti and Min: (2.5 - 48.5) / 202 and 3 sqrt((51 / 202 - (46 / 202)^2) / 202) above it; 0.05 is allowed.
    expect(shortfallOf({ day: pairs(150, 2, 48, 0) })).toBeCloseTo(0.083_18, 6);
  });

  it.each<[string, Spans, 'nothing' | 'none' | 'some']>([
    ['too few pairs in every span', { hour: pairs(9, 0, 20, 0), day: pairs(9, 0, 20, 0) }, 'nothing'],
    ['pairs of what was sent up alone', { day: sentUp(10, 0, 200, 0) }, 'nothing'],
    ['answers as good', { day: pairs(200, 1, 1, 8) }, 'none'],
    ['answers worse by no more than the target allows', { day: pairs(1900, 20, 80, 0) }, 'none'],
    [
      'a fall within an hour that a day hardly shows',
      { hour: pairs(560, 20, 140, 0), day: pairs(16_000, 300, 450, 0) },
      'some',
    ],
    ['an hour of few pairs, the day being quiet before', { hour: pairs(10, 0, 89, 0) }, 'nothing'],
    ['an hour worse at three standard errors, not at four', { hour: pairs(78, 1, 21, 0) }, 'none'],
    ['the same of a day', { day: pairs(78, 1, 21, 0) }, 'some'],
    ['a month of a few pairs a day', { day: pairs(5, 0, 1, 0), month: pairs(150, 2, 48, 0) }, 'some'],
    ['a day that cannot say that the month is over', { day: pairs(45, 0, 0, 0), month: pairs(150, 2, 48, 0) }, 'some'],
    ['a month that was worse, and a day that is well', { day: WELL, month: pairs(9000, 0, 1000, 0) }, 'none'],
    ['a day that was worse, and an hour that is well', { hour: WELL, day: pairs(9000, 0, 1000, 0) }, 'none'],
  ])('of %s', (_name, spans, expected) => {
    const shortfall = shortfallOf(spans);
    expect(shortfall === null ? 'nothing' : shortfall === 0 ? 'none' : 'some').toBe(expected);
  });

  it('does not outlive the first tier: a task that was made to begin higher gets no pairs that could outweigh the old', () => {
    const month = pairs(150, 2, 48, 0);
    const served = (tiers: Readonly<Record<string, number>>) => shortfallOf({ month, mix: { triage: { '-': tiers } } });
    expect(served({ small: 40, frontier: 60 })).toBeGreaterThan(0);
    expect(served({ small: 0, frontier: 100 })).toBe(0);
    expect(shortfallOf({ month })).toBeGreaterThan(0);
  });

  it('is of the worst task in [Router], and of none where none can be judged', () => {
    const tasks = [task, triage({ ...task, id: 'answers' }), triage({ ...task, id: 'idle' })];
    const of = (sums: Readonly<Record<string, Partial<Sums>>>) =>
      watch(anInput({ tasks, rollup: traffic({ tasks: sums }) }));
    const outcome = of({ triage: pairs(150, 2, 48, 0), answers: pairs(100, 2, 98, 0), gone: pairs(100, 2, 98, 0) });
    const worst = read(outcome, 'QualityShortfall', { task: 'answers' });
    expect(worst).toBeGreaterThan(read(outcome, 'QualityShortfall', { task: 'triage' }) as number);
    expect(read(outcome, 'QualityShortfall')).toBe(worst);
    expect(read(outcome, 'QualityShortfall', { task: 'idle' })).toBeNull();
    expect(read(outcome, 'QualityShortfall', { task: 'gone' })).toBeNull();
    expect(read(of({ triage: WELL }), 'QualityShortfall')).toBe(0);
    expect(read(of({}), 'QualityShortfall')).toBeNull();
  });

  it('is some just where the finding says so, and names the pairs that say it', () => {
    const counts = fc.record({
      both: fc.nat(300),
      served: fc.nat(40),
      reference: fc.nat(120),
      neither: fc.nat(40),
    });
    const span = counts.map(({ both, served, reference, neither }) => pairs(both, served, reference, neither));
    fc.assert(
      fc.property(fc.record({ hour: span, day: span, month: span }), (spans) => {
        const outcome = watch(inputOf(spans));
        const shortfall = read(outcome, 'QualityShortfall', { task: 'triage' });
        const known = Object.entries(spans).flatMap(([name, sums]) =>
          (sums.controlled as number) >= (name === 'hour' ? 100 : 30) ? [sums] : [],
        );
        expect(shortfall === null).toBe(known.length === 0);
        expect(read(outcome, 'QualityShortfall')).toBe(shortfall);
        const worse = outcome.findings.filter(({ kind }) => kind === 'worse');
        expect(worse).toHaveLength((shortfall ?? 0) > 0 ? 1 : 0);
        if (shortfall === null || shortfall === 0) return;
        const named = known
          .map((sums) => qualityOf(someSums(sums)).first)
          .filter((delta) => delta && worse[0]?.text.includes(` ${delta.n} requests `));
        expect(named.some((delta) => delta && -delta.delta - RISK > shortfall)).toBe(true);
      }),
    );
  });

  it.each([
    ['9 pairs in five minutes, an hour being just enough to be judged, and half of them differ', 9, 0.25],
    ['60 pairs in five minutes, of which half differ', 60, 0.25],
    ['a pair in five minutes, of which a tenth differ', 1, 0.05],
  ])('keeps still for a week of equal tiers: %s', (_name, n, chance) => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const before = [NO_SUMS];
      for (let period = 1; period <= 7 * 288; period++) {
        const served = drawBinomial(n, chance, random());
        const reference = drawBinomial(n - served, chance / (1 - chance), random());
        const all = addSums(before[period - 1] as Sums, someSums(pairs(n - served - reference, served, reference, 0)));
        before.push(all);
        const last = (periods: number) => subtractSums(all, before[Math.max(0, period - periods)] as Sums);
        const view = viewOf(anInput({ tasks: [task] }), 'triage', { baselineSinceMs: 0 });
        const sums = { ...view.sums, hour: last(12), day: last(288) };
        expect(quality({ ...view, sums, monthSums: all }).shortfall ?? 0).toBe(0);
      }
    }
  });
});

describe('routing accuracy', () => {
  it.each([
    [{ routesKnown: 40, routesRight: 30 }, 0.75],
    [{ routesKnown: 40, routesRight: 41 }, 1],
    [{}, undefined],
  ])('of %j is %s', (sums, expected) => {
    expect(routingAccuracy(someSums(sums))).toBe(expected);
  });

  it('is read where enough is known', () => {
    const at = (routesKnown: number) =>
      read(
        watch(anInput({ rollup: traffic({ tasks: { triage: { routesKnown, routesRight: 15 } } }) })),
        'RoutingAccuracy',
        {
          task: 'triage',
        },
      );
    expect(at(29)).toBeNull();
    expect(at(30)).toBe(0.5);
  });
});

describe('routing cost', () => {
  it.each([
    [{ frontierCostUsd: 10, costUsd: 4, routingCostUsd: 3 }, 0.5],
    [{ frontierCostUsd: 10, costUsd: 9, routingCostUsd: 3 }, 3],
    [{ frontierCostUsd: 10, costUsd: 10, routingCostUsd: 3 }, undefined],
  ])('of %j as a share of what it saved is %s', (sums, expected) => {
    expect(routingCostShare(someSums(sums))).toBe(expected);
  });
});

describe('retry amplification', () => {
  const look = (sums: Partial<Sums>) => watch(anInput({ rollup: traffic({ tasks: { triage: sums } }) }));

  it.each([
    ['calls repeated', { requests: 1000, attempts: 1500 }, 1.5, ['above triage']],
    ['questions asked again', { requests: 1000, attempts: 1000, askedAgain: 400 }, 1.4, ['above triage']],
    ['climbs, which are no retries', { requests: 1000, attempts: 1500, escalations: 500 }, 1, []],
    ['second climbs, which are none either', { requests: 1000, attempts: 1900, escalations: 500, climbs: 900 }, 1, []],
    ['climbs of what began higher', { requests: 1000, attempts: 1400, upRoutes: 400, climbs: 400 }, 1, []],
    ['retries among climbs', { requests: 1000, attempts: 2300, escalations: 500, climbs: 900 }, 1.4, ['above triage']],
    ['a few over the limit', { requests: 100, attempts: 125 }, 1.25, []],
    ['nothing unusual', { requests: 1000, attempts: 1050, askedAgain: 20 }, 1.07, []],
  ])('counts %s', (_name, sums, amplification, expected) => {
    const outcome = look(sums);
    expect(read(outcome, 'RetryAmplification', { task: 'triage' })).toBe(amplification);
    expect(foundOf(outcome, 'RetryAmplification')).toEqual(expected);
  });

  it('is read from as many requests as it takes to speak of a rate', () => {
    expect(read(look({ requests: 49, attempts: 98 }), 'RetryAmplification', { task: 'triage' })).toBeNull();
  });
});
