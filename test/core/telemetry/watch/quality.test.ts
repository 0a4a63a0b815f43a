import { describe, expect, it } from 'vitest';
import type { Sums } from '../../../../lib/core/telemetry/rollup/sums';
import { someSums } from '../../../../lib/core/telemetry/rollup/sums';
import { qualityOf } from '../../../../lib/core/telemetry/watch/quality';
import { routingAccuracy, routingCostShare } from '../../../../lib/core/telemetry/watch/routing-figures';
import { watch } from '../../../../lib/core/telemetry/watch/watch';
import { anInput, DAY_MS, foundOf, NOON_MS, read, traffic, triage } from './watching';

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
