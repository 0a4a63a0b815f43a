import { describe, expect, it } from 'vitest';
import { projectScenario } from '../../../../lib/core/analysis/project';
import { assumptionsWith } from '../../../../lib/core/analysis/project/assumptions';
import { billOf } from '../../../../lib/core/analysis/project/bill';
import type { Rung, Scenario } from '../../../../lib/core/analysis/project/scenario';
import { shapeOf } from '../../../../lib/core/analysis/project/scenario-of';
import { MONTH } from '../../../../lib/core/durations';
import { aScenario, aTaskOf, BARE, gpuTier, rentedTier } from './a-scenario';

/** One hour of one replica takes 3,600,000 tokens: 3,600 requests of 1,000. */
const SPEED = 1000;
const PER_REPLICA_HOUR = 3600;
const TOKENS = { input: 800, output: 200 };
/** Eight busy hours, sixteen without a request. */
const OFFICE_HOURS = shapeOf([...Array<number>(8).fill(0), ...Array<number>(8).fill(1), ...Array<number>(8).fill(0)]);

const ALONE: readonly Rung[] = [{ tier: 'own', start: 1, climb: 0 }];
const LADDER: readonly Rung[] = [
  { tier: 'own', start: 1, climb: 0.1 },
  { tier: 'frontier', start: 0, climb: 0 },
];

/** So many requests an hour if they came evenly. */
function month(
  requestsAnHour: number,
  parts: Partial<Omit<Scenario, 'tiers' | 'tasks'>> & { rungs?: readonly Rung[]; min?: number; max?: number } = {},
) {
  const { rungs = ALONE, min = 1, max = 10, ...rest } = parts;
  return aScenario({
    volume: requestsAnHour * MONTH.hours,
    tiers: [gpuTier('own', 2, SPEED, min, max), rentedTier('frontier', 10, 50)],
    tasks: [aTaskOf('task', rungs, TOKENS, { tokens: { own: TOKENS, frontier: TOKENS } })],
    ...rest,
  });
}

describe('GPUs', () => {
  it('are paid by the hour, asked or not', () => {
    const fleet = billOf(month(PER_REPLICA_HOUR / 4)).fleets.own;
    expect(fleet).toMatchObject({ hours: 720, usd: 1440, peakReplicas: 1 });
    expect(fleet?.idleShare).toBeCloseTo(0.75, 12);
    expect(fleet?.bookedUsd).toBeCloseTo(360, 9);
    expect(fleet?.idleUsd).toBeCloseTo(1080, 9);
  });

  it.each([
    ['as many as the load needs', PER_REPLICA_HOUR * 2.5, {}, [3, 3, 3]],
    ['no fewer than the least', 1, { min: 2 }, [2, 2, 2]],
    ['none where none need be', 0.0001, { min: 0, hourly: OFFICE_HOURS }, [0, 1, 0]],
    ['by the hour of the day', PER_REPLICA_HOUR, { hourly: OFFICE_HOURS }, [1, 3, 1]],
    [
      'with room to spare',
      PER_REPLICA_HOUR,
      { assumptions: assumptionsWith({ ...BARE, gpuUtilisation: 0.7 }) },
      [2, 2, 2],
    ],
  ])('run %s', (_name, requests, parts, [night, day, evening]) => {
    const replicas = billOf(month(requests, parts)).fleets.own?.replicasByHour;
    expect([replicas?.[3], replicas?.[12], replicas?.[20]]).toEqual([night, day, evening]);
  });

  it('send on what they have no room for, to the next rented tier', () => {
    const { fleets, lines, unserved } = billOf(month(PER_REPLICA_HOUR * 4, { rungs: LADDER, max: 1 }));
    expect(fleets.own?.overflowShare).toBeCloseTo(0.75, 12);
    expect(fleets.own?.idleShare).toBeCloseTo(0, 9);
    expect(unserved).toBe(0);
    const asked = PER_REPLICA_HOUR * 4 * MONTH.hours;
    const onFrontier = lines.filter(({ tier, purpose }) => tier === 'frontier' && purpose === 'answer');
    // A tenth climbs; of the other nine tenths three quarters find no room.
    expect(onFrontier.reduce((sum, { requests }) => sum + requests, 0)).toBeCloseTo(asked * (0.1 + 0.9 * 0.75), 3);
    // The drafts of those that climb are made only while there is room.
    const drafts = lines.filter(({ purpose }) => purpose === 'escalation');
    expect(drafts.reduce((sum, { calls }) => sum + calls, 0)).toBeCloseTo(asked * 0.1 * 0.25, 3);
  });

  it('leave requests unserved where no rented tier stands above, and it is said', () => {
    const result = projectScenario(month(PER_REPLICA_HOUR * 2, { max: 1 }));
    const unserved = PER_REPLICA_HOUR * MONTH.hours;
    expect(result.notes.at(-1)).toBe(`${unserved} requests find no room on GPUs and no rented tier`);
    expect(result.options.find(({ name }) => name === 'self-hosted')).toMatchObject({
      feasible: false,
      against: [`${unserved} requests find no room on its GPUs; raise gpu.max`],
    });
  });

  it('cost in idle hours what a bill by tokens would not show', () => {
    const { formula, gpu } = projectScenario(month(PER_REPLICA_HOUR / 10));
    expect(formula.O).toBeCloseTo(1440 / ((PER_REPLICA_HOUR / 10) * MONTH.hours), 12);
    expect(gpu.perTier.own?.usdPerMillion).toBeCloseTo(10 * ((2 / 3600 / SPEED) * 1e6), 9);
  });

  it('stand outside the formula when they answer nothing', () => {
    const rungs = [{ tier: 'frontier', start: 1, climb: 0 }];
    const { formula, tiersUsd } = projectScenario(month(100, { rungs }));
    expect(formula).toMatchObject({ R: 0, S: 0, F: 1, outsideUsd: 1440 });
    expect(formula.effectiveMonthlyUsd + 1440).toBeCloseTo(tiersUsd, 6);
  });
});
