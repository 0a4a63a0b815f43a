import { MONTH } from '../../durations';
import { callUsd } from './call-price';
import { gpuUsd, tokensServed } from './formulas';
import { isGpu, type Rung, type Scenario, type ScenarioTask, tierOf, tokensOf } from './scenario';

/** A bill of one tier for everything, without a router and without caches: what a router has to beat. */
export interface SingleTier {
  readonly tier: string;
  readonly usd: number;
  /** Copies it takes at the busiest hour; null for a rented tier. */
  readonly peakReplicas: number | null;
}

export function singleTierBill(scenario: Scenario, id: string): SingleTier {
  const tier = tierOf(scenario, id);
  const { price } = tier;
  if (price.kind === 'gpu') return singleGpuBill(scenario, id, price.tokensPerSecond, price.hourly * price.uplift);
  const usd = scenario.tasks.reduce(
    (sum, task) => sum + scenario.volume * task.share * callUsd(price, tokensOf(task, id)),
    0,
  );
  return { tier: id, usd, peakReplicas: null };
}

/** As many replicas as it takes: a fleet that must carry everything is not bounded by what it was sized for. */
function singleGpuBill(scenario: Scenario, id: string, tokensPerSecond: number, hourlyUsd: number): SingleTier {
  const { tasks, volume, hourly, assumptions } = scenario;
  const tokens = tasks.reduce((sum, task) => {
    const { input, output } = tokensOf(task, id);
    return sum + volume * task.share * (input + output);
  }, 0);
  const least = tierOf(scenario, id).replicas?.min ?? 0;
  const inHour = tokensServed(tokensPerSecond, 1) * assumptions.gpuUtilisation;
  const replicas = hourly.map((share) => Math.max(least, Math.ceil(((tokens / MONTH.days) * share) / inHour)));
  const hours = MONTH.days * replicas.reduce((sum, count) => sum + count, 0);
  return { tier: id, usd: gpuUsd(hourlyUsd, hours), peakReplicas: Math.max(...replicas) };
}

/** Of every tier that stands in a ladder, the cheapest first. */
export function singleTierBills(scenario: Scenario): readonly SingleTier[] {
  const ids = new Set(scenario.tasks.flatMap(({ rungs }) => rungs.map(({ tier }) => tier)));
  return [...ids].map((id) => singleTierBill(scenario, id)).sort((one, other) => one.usd - other.usd);
}

export type Kind = 'rented' | 'gpu';

/**
 * The same traffic over the tiers of one kind. What began on a tier that is gone begins on the next one kept above it, else
 * on the last one kept. Undefined where a task would have no tier left, or no classifier or judge. The network needs a way
 * out for GPUs alone.
 */
export function restrict(scenario: Scenario, kind: Kind): Scenario | undefined {
  const keeps = (id: string): boolean => isGpu(tierOf(scenario, id)) === (kind === 'gpu');
  const tasks: ScenarioTask[] = [];
  for (const task of scenario.tasks) {
    const rungs = keepRungs(task.rungs, keeps);
    const sideCalls = [...task.choosing, ...task.judges];
    if (rungs.length === 0 || sideCalls.some(({ tier }) => !keeps(tier))) return undefined;
    tasks.push({ ...task, rungs });
  }
  const tiers = Object.entries(scenario.tiers)
    .filter(([id]) => keeps(id))
    .map(([id, tier]) => [id, unbounded(tier)] as const);
  const { natGateways } = scenario.assumptions;
  const assumptions = { ...scenario.assumptions, natGateways: kind === 'gpu' ? natGateways : 0 };
  return { ...scenario, tasks, tiers: Object.fromEntries(tiers), assumptions };
}

function keepRungs(rungs: readonly Rung[], keeps: (tier: string) => boolean): Rung[] {
  const kept = rungs.filter(({ tier }) => keeps(tier));
  return kept.map((rung, position) => {
    const below = position === 0 ? -1 : rungs.indexOf(kept[position - 1] as Rung);
    const here = position === kept.length - 1 ? rungs.length : rungs.indexOf(rung) + 1;
    const start = rungs.slice(below + 1, here).reduce((sum, each) => sum + each.start, 0);
    return { ...rung, start };
  });
}

/** What has to carry everything may grow. */
function unbounded(tier: Scenario['tiers'][string]): Scenario['tiers'][string] {
  return tier.replicas === undefined
    ? tier
    : { ...tier, replicas: { min: tier.replicas.min, max: Number.POSITIVE_INFINITY } };
}
