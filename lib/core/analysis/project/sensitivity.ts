import type { Price } from '../../types-policy';
import { type Scenario, tierOf } from './scenario';

/** One thing that may come otherwise than projected. */
export interface Change {
  readonly name: string;
  readonly meaning: string;
  readonly apply: (scenario: Scenario) => Scenario;
}

export const CHANGES: readonly Change[] = [
  {
    name: 'price-down-40',
    meaning: 'rented tiers become 40 % cheaper, GPUs do not',
    apply: (scenario) => cheaper(scenario, 0.6),
  },
  {
    name: 'escalation-up-15',
    meaning: 'of the requests that begin on a tier 15 points more go up from it',
    apply: (scenario) => escalating(scenario, 0.15),
  },
  { name: 'volume-x10', meaning: 'ten times the requests', apply: (scenario) => larger(scenario, 10) },
];

export function cheaper(scenario: Scenario, factor: number): Scenario {
  const tiers = Object.values(scenario.tiers).map((tier) => [
    tier.id,
    { ...tier, price: cheaperPrice(tierOf(scenario, tier.id).price, factor) },
  ]);
  return { ...scenario, tiers: Object.fromEntries(tiers) };
}

function cheaperPrice(price: Price, factor: number): Price {
  return price.kind === 'gpu' ? price : { ...price, uplift: price.uplift * factor };
}

export function escalating(scenario: Scenario, points: number): Scenario {
  const tasks = scenario.tasks.map((task) => ({
    ...task,
    rungs: task.rungs.map((rung) => ({
      ...rung,
      climb: rung.start === 0 ? rung.climb : Math.min(1, rung.climb + points),
    })),
  }));
  return { ...scenario, tasks };
}

export function larger(scenario: Scenario, factor: number): Scenario {
  return { ...scenario, volume: scenario.volume * factor };
}
