import { MONTH } from '../../durations';
import type { Policy } from '../../types-policy';
import { type Assumptions, assumptionsWith } from './assumptions';
import type { MeasuredProfile } from './measured-profile';
import { ratesWith } from './rates';
import {
  isGpu,
  type ProjectOptions,
  type Sample,
  type Scenario,
  type ScenarioTask,
  type ScenarioTier,
} from './scenario';
import { tasksOf } from './scenario-tasks';
import { tiersOf } from './scenario-tiers';

export type { MeasuredProfile } from './measured-profile';

const HOURS_A_DAY = 24;
/** Of a network without a way out in which a model runs: API, tables, three of ECS, two of the registry, S3, logs. */
const CLOSED_NETWORK_ENDPOINTS = 9;

/** Puts together what was measured, what the policy declares and what the user adds. */
export function scenarioOf(profile: MeasuredProfile, options: ProjectOptions): Scenario {
  const { policy } = options;
  const { tiers, notes: tierNotes } = tiersOf(profile, policy, options.atMs);
  const frontier = policy?.frontier ?? dearest(tiers);
  const assumptions = assumptionsWith(options.assumptions ?? {});
  const { tasks, notes: taskNotes, routedAs } = tasksOf({ profile, policy, tiers, assumptions });
  const reached = reachedTiers(tasks, frontier, tiers);
  return {
    policy: policy === undefined ? profile.policy : { id: policy.id, version: policy.version },
    volume: options.volume,
    hourly: shapeOf(options.hourly ?? policy?.traffic?.hourly ?? []),
    tiers: reached,
    tasks,
    frontier,
    control: monthly(policy?.control),
    shadow: monthly(policy?.shadow),
    hiddenCosts: { ...policy?.hiddenCosts, ...options.hiddenCosts },
    engineers: options.engineers ?? 1,
    ...(options.revenueUsd !== undefined && { revenueUsd: options.revenueUsd }),
    assumptions: assumptionsWith({ ...derived(policy, tasks, reached), ...options.assumptions }),
    rates: ratesWith(options.rates ?? {}),
    routedAs,
    notes: [...policyNotes(profile, policy), ...tierNotes, ...taskNotes, ...unmeasuredNotes(profile, reached)],
  };
}

/** Shares of a day that make 1; the same for every hour where nothing is said. */
export function shapeOf(hourly: readonly number[]): readonly number[] {
  const total = hourly.reduce((sum, requests) => sum + requests, 0);
  if (hourly.length !== HOURS_A_DAY || total === 0) return Array<number>(HOURS_A_DAY).fill(1 / HOURS_A_DAY);
  return hourly.map((requests) => requests / total);
}

function monthly(sample: Policy['control'] | undefined): Sample {
  return sample === undefined
    ? { share: 0, limitUsd: 0 }
    : { share: sample.share, limitUsd: sample.dailyUsd * MONTH.days };
}

/** Where no policy names it, as the policy would: by the price of output. */
function dearest(tiers: Readonly<Record<string, ScenarioTier>>): string {
  const priced = Object.values(tiers).map((tier) => ({ id: tier.id, usd: outputPrice(tier) }));
  return priced.reduce((most, tier) => (tier.usd > most.usd ? tier : most)).id;
}

function outputPrice({ price }: ScenarioTier): number {
  return price.uplift * (price.kind === 'tokens' ? price.output : (price.hourly / 3600 / price.tokensPerSecond) * 1e6);
}

/** Tiers that something is asked of; others, such as one that only embeds for nobody, have no place in the bill. */
function reachedTiers(
  tasks: readonly ScenarioTask[],
  frontier: string,
  tiers: Readonly<Record<string, ScenarioTier>>,
): Record<string, ScenarioTier> {
  const named = tasks.flatMap(({ rungs, choosing, judges }) => [...rungs, ...choosing, ...judges]);
  const ids = new Set([...named.map(({ tier }) => tier), frontier]);
  return Object.fromEntries(Object.entries(tiers).filter(([id]) => ids.has(id)));
}

function policyNotes(profile: MeasuredProfile, policy: Policy | undefined): string[] {
  if (policy === undefined || policy.id === profile.policy.id) return [];
  return [`the profile is of policy ${profile.policy.id}, and ${policy.id} is projected`];
}

function unmeasuredNotes(profile: MeasuredProfile, tiers: Readonly<Record<string, ScenarioTier>>): string[] {
  const unmeasured = Object.keys(tiers).filter((id) => profile.tiers[id] === undefined);
  return unmeasured.map((id) => `${id} was not profiled: its token counts are the mean of the tiers that were`);
}

/** Assumptions that the policy answers. */
function derived(
  policy: Policy | undefined,
  tasks: readonly ScenarioTask[],
  tiers: Readonly<Record<string, ScenarioTier>>,
): Partial<Assumptions> {
  if (policy === undefined) return {};
  const closed = tasks.some(({ id }) => policy.tasks[id]?.residency === 'vpc');
  const gpus = Object.values(tiers).some(isGpu);
  return {
    recordDays: policy.attribution.retentionDays,
    // One when it is set aside, one when it is settled.
    budgetWrites: 2 * policy.budgets.length,
    interfaceEndpoints: closed ? CLOSED_NETWORK_ENDPOINTS : 0,
    natGateways: gpus && !closed ? 1 : 0,
  };
}
