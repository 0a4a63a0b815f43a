import { type Assumptions, assumptionsWith } from '../../../../lib/core/analysis/project/assumptions';
import { RATE_NAMES, type Rates } from '../../../../lib/core/analysis/project/rates';
import type {
  Rung,
  Scenario,
  ScenarioTask,
  ScenarioTier,
  Tokens,
} from '../../../../lib/core/analysis/project/scenario';

/** A router whose own parts cost nothing: for bills of tiers alone. */
export const FREE = Object.fromEntries(RATE_NAMES.map((name) => [name, 0])) as Rates;

/** Nothing but the calls themselves, and nobody to keep it going. */
export const BARE: Assumptions = assumptionsWith({
  retryShare: 0,
  gpuUtilisation: 1,
  engineerUsd: 0,
  upkeepRented: 0,
  upkeepHybrid: 0,
  upkeepSelfHosted: 0,
});

export function rentedTier(id: string, input: number, output: number, tier: Partial<ScenarioTier> = {}): ScenarioTier {
  return {
    id,
    model: `${id}-model`,
    price: { kind: 'tokens', input, output, uplift: 1 },
    retries: true,
    latencyMs: 0,
    ...tier,
  };
}

export function gpuTier(id: string, hourly: number, tokensPerSecond: number, min = 1, max = 1): ScenarioTier {
  return {
    ...rentedTier(id, 0, 0),
    price: { kind: 'gpu', hourly, tokensPerSecond, uplift: 1 },
    replicas: { min, max },
  };
}

/** A task whose calls are of one size on every tier. */
export function aTaskOf(
  id: string,
  rungs: readonly Rung[],
  tokens: Tokens,
  task: Partial<ScenarioTask> = {},
): ScenarioTask {
  const tiers = rungs.map(({ tier }) => tier);
  return {
    id,
    share: 1,
    rungs,
    tokens: Object.fromEntries(tiers.map((tier) => [tier, tokens])),
    passRates: Object.fromEntries(tiers.map((tier) => [tier, 1])),
    target: 0.95,
    allowed: tiers,
    choosing: [],
    judges: [],
    cached: false,
    ...task,
  };
}

/** A bare scenario; the last tier is the frontier. */
export function aScenario(
  parts: { volume: number; tiers: readonly ScenarioTier[]; tasks: readonly ScenarioTask[] } & Partial<
    Omit<Scenario, 'tiers' | 'tasks'>
  >,
): Scenario {
  const { tiers, tasks, ...rest } = parts;
  return {
    policy: { id: 'test-policy', version: 'test' },
    hourly: Array<number>(24).fill(1 / 24),
    tiers: Object.fromEntries(tiers.map((tier) => [tier.id, tier])),
    tasks,
    frontier: tiers.at(-1)?.id ?? '',
    control: { share: 0, limitUsd: 0 },
    shadow: { share: 0, limitUsd: 0 },
    hiddenCosts: {},
    engineers: 1,
    assumptions: BARE,
    rates: FREE,
    notes: [],
    ...rest,
  };
}
