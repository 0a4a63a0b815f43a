import fc from 'fast-check';
import { assumptionsWith } from '../../../../lib/core/analysis/project/assumptions';
import { ratesWith } from '../../../../lib/core/analysis/project/rates';
import type { Rung, Scenario, ScenarioTask } from '../../../../lib/core/analysis/project/scenario';
import { shapeOf } from '../../../../lib/core/analysis/project/scenario-of';
import { aScenario, aTaskOf, gpuTier, rentedTier } from './a-scenario';

const LADDER = ['own', 'cheap', 'mid', 'frontier'];

const share = fc.double({ min: 0, max: 1, noNaN: true });
const price = fc.double({ min: 0.01, max: 50, noNaN: true });
const tokens = fc.record({ input: fc.integer({ min: 1, max: 8000 }), output: fc.integer({ min: 1, max: 2000 }) });

/** Weights that make shares; never all 0. */
function weights(length: number) {
  return fc
    .array(fc.integer({ min: 0, max: 100 }), { minLength: length, maxLength: length })
    .map((values) => (values.some((value) => value > 0) ? values : values.map(() => 1)));
}

function rungsOn(ladder: readonly string[]) {
  return fc
    .tuple(weights(ladder.length), fc.array(share, { minLength: ladder.length, maxLength: ladder.length }))
    .map(([starts, climbs]): Rung[] => {
      const total = starts.reduce((sum, start) => sum + start, 0);
      return ladder.map((tier, index) => ({
        tier,
        start: (starts[index] ?? 0) / total,
        climb: index === ladder.length - 1 ? 0 : (climbs[index] ?? 0),
      }));
    });
}

function taskOn(ladder: readonly string[], id: string, others: readonly string[]) {
  return fc
    .record({ rungs: rungsOn(ladder), tokens, classified: fc.boolean(), judged: fc.boolean(), cached: fc.boolean() })
    .map(({ rungs, tokens: size, classified, judged, cached }): ScenarioTask => {
      const task = aTaskOf(id, rungs, size, {
        cached,
        choosing: classified ? [{ tier: 'cheap', input: 100, output: 10 }] : [],
        judges: judged ? [{ tier: 'mid', input: 50, output: 20 }] : [],
      });
      return { ...task, tokens: Object.fromEntries(others.map((tier) => [tier, size])) };
    });
}

export interface Kinds {
  /** Whether a tier on GPUs stands at the foot of the ladders. */
  readonly gpus: boolean;
}

/** Scenarios of one to three tasks over three rented tiers, and a tier on GPUs below them where that is wanted. */
export function anyScenario({ gpus }: Kinds): fc.Arbitrary<Scenario> {
  const ladder = gpus ? LADDER : LADDER.slice(1);
  return fc
    .record({
      volume: fc.integer({ min: 1, max: 20_000_000 }),
      prices: fc.array(fc.tuple(price, price), { minLength: 3, maxLength: 3 }),
      gpu: fc.record({
        hourly: price,
        speed: fc.integer({ min: 50, max: 20_000 }),
        max: fc.integer({ min: 1, max: 6 }),
      }),
      shape: weights(24),
      mix: weights(3),
      tasks: fc.tuple(taskOn(ladder, 'one', LADDER), taskOn(ladder, 'two', LADDER), taskOn(ladder, 'three', LADDER)),
      shares: fc.record({ retryShare: share, answerCacheShare: share, promptCacheShare: share }),
      control: fc.record({ share, limitUsd: fc.integer({ min: 0, max: 100 }) }),
    })
    .map(({ volume, prices, gpu, shape, mix, tasks, shares, control }) => {
      const [cheap, mid, frontier] = prices as [[number, number], [number, number], [number, number]];
      const total = mix.reduce((sum, weight) => sum + weight, 0);
      return aScenario({
        volume,
        hourly: shapeOf(shape),
        tiers: [
          ...(gpus ? [gpuTier('own', gpu.hourly, gpu.speed, 1, gpu.max)] : []),
          rentedTier('cheap', ...cheap),
          rentedTier('mid', ...mid),
          rentedTier('frontier', ...frontier, {
            price: { kind: 'tokens', input: frontier[0], output: frontier[1], cacheRead: frontier[0] / 10, uplift: 1 },
          }),
        ],
        tasks: tasks.map((task, index) => ({ ...task, share: (mix[index] ?? 0) / total })),
        control,
        hiddenCosts: { 'migration-risk': 100 },
        assumptions: assumptionsWith(shares),
        rates: ratesWith({}),
      });
    });
}
