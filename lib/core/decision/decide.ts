import type {
  Assessment,
  Chosen,
  Circumstances,
  Decision,
  Exclusion,
  ExclusionReason,
  Features,
  Refused,
  Request,
} from '../types';
import type { OracleSpec, Policy, Task, Tier } from '../types-policy';
import { type Beginning, begin, type Way } from './begin';
import { judge, judgeAdvisers, latencyBudgetOf } from './eligibility';
import { refusalOf } from './refusal';
import { retryAfterMs } from './retry-after';
import { dispatch } from './strategies/dispatch';
import { STRATEGIES } from './strategies/registry';
import type { Choice, Situation, Strategy } from './strategies/strategy';
import { isUnavailable } from './unavailable';

/** What a call to a tier will cost in USD, at the price in force; so many of its input tokens come from a cache. */
export type CostEstimate = (
  tier: Tier,
  inputTokens: number,
  outputTokens: number,
  nowMs: number,
  cachedTokens?: number,
) => number;

interface Plan extends Way {
  readonly task: Task;
  /** Tiers that the task's checks may consult. */
  readonly advisers: readonly Tier[];
}

/** What a call to a tier would set aside in the budgets that bind it, in USD. */
export type ReserveEstimate = (tier: Tier, request: Request, features: Features, nowMs: number) => number;

/** A rule is the policy's own word and may begin below the task's start, and below what was certified. */
function compileChoice(
  policy: Policy,
  task: Task,
  ladder: readonly Tier[],
  uncertified: Plan['uncertified'],
): Plan['choose'] {
  if (task.route === 'static') {
    const choice: Choice = { tier: task.start, reason: 'static' };
    return () => choice;
  }
  const held = (strategy: Strategy): Strategy => holdToCertified(strategy, ladder, uncertified);
  const strategies: Strategy[] = [];
  for (const kind of task.strategy) {
    const compile = STRATEGIES[kind];
    if (compile) strategies.push(kind === 'rules' ? compile(policy, task) : held(compile(policy, task)));
  }
  if (task.route === 'dispatch') strategies.push(held(dispatch(policy, task)));
  const start: Choice = { tier: task.start, reason: 'start' };
  return (situation) => {
    for (const strategy of strategies) {
      const choice = strategy(situation);
      // An escalation has no way on from a tier that is not on the ladder, so such an answer is none.
      if (choice && ladder.some(({ id }) => id === choice.tier)) return choice;
    }
    return start;
  };
}

/**
 * What is reckoned from a request may not begin below the tier that was certified: of those below it was found that they do
 * not meet the task's risk, or nothing. Void or not, it says so until the task is profiled again.
 */
function holdToCertified(strategy: Strategy, ladder: readonly Tier[], uncertified: Plan['uncertified']): Strategy {
  const certified = ladder[uncertified.size];
  if (certified === undefined || uncertified.size === 0) return strategy;
  const start: Choice = { tier: certified.id, reason: 'start' };
  return (situation) => {
    const eligible = situation.eligible.filter(({ id }) => !uncertified.has(id));
    if (eligible.length === 0) return start;
    const choice = strategy(Object.assign({}, situation, { eligible }));
    return choice && uncertified.has(choice.tier) ? { tier: certified.id, reason: choice.reason } : choice;
  };
}

/** Ids of the tiers below the certified one; none where there is no certificate, or its tier has left the ladder. */
function belowCertified({ certificate }: Task, ladder: readonly Tier[]): Plan['uncertified'] {
  const certifiedAt = ladder.findIndex(({ id }) => id === certificate?.tier);
  return new Set(ladder.slice(0, Math.max(0, certifiedAt)).map(({ id }) => id));
}

/** Tiers that an oracle names to be asked. */
function consulted(oracle: OracleSpec): readonly string[] {
  if (oracle.kind === 'judge') return [oracle.tier];
  return oracle.kind === 'consistency' ? (oracle.tiers ?? []) : [];
}

function compilePlan(policy: Policy, task: Task): Plan {
  const ladder = task.ladder.map((id) => policy.tiers[id]).filter((tier) => tier !== undefined);
  const asked = new Set(task.oracle.flatMap(consulted));
  const advisers = [...asked].map((id) => policy.tiers[id]).filter((tier) => tier !== undefined);
  const startsAt = ladder.findIndex(({ id }) => id === task.start);
  const uncertified = belowCertified(task, ladder);
  const choose = compileChoice(policy, task, ladder, uncertified);
  return { task, ladder, startsAt, uncertified, choose, advisers };
}

/** Not the request's doing, and not the router's choice. */
const OUT_OF_SERVICE: ReadonlySet<ExclusionReason> = new Set(['disabled', 'retired', 'breaker-open']);

/** A request begins above the bottom by decision only where a tier below it was there to be chosen. */
function isUpRouted({ ladder }: Plan, first: Tier, excluded: readonly Exclusion[]): boolean {
  const outOfService = (id: string): boolean =>
    excluded.some(({ tier, reason }) => tier === id && OUT_OF_SERVICE.has(reason));
  return ladder.slice(0, ladder.indexOf(first)).some(({ id }) => !outOfService(id));
}

function hasAny(tiers: readonly Tier[]): tiers is readonly [Tier, ...Tier[]] {
  return tiers.length > 0;
}

/**
 * Compiles a policy into the step that decides where a request begins and which tiers it may reach. Every guard judges
 * every tier before any is chosen, so whatever is chosen, climbed or fallen back to later has passed them all.
 */
export function compileDecide(
  policy: Policy,
  estimateCost: CostEstimate,
  reserveEstimate: ReserveEstimate = () => 0,
): (request: Request, features: Features, assessment: Assessment, circumstances: Circumstances) => Decision {
  const plans = new Map(Object.values(policy.tasks).map((task) => [task.id, compilePlan(policy, task)]));
  const fallback = plans.get(policy.defaultTask);
  if (!fallback) throw new Error(`the policy has no task "${policy.defaultTask}" to be its default`);

  return (request, features, assessment, circumstances) => {
    const plan = plans.get(features.task) ?? fallback;
    const outputTokens = features.expectedOutputTokens * request.choices;
    const costUsd = (tier: Tier, cachedTokens: number): number =>
      estimateCost(tier, features.inputTokens, outputTokens, circumstances.nowMs, cachedTokens);
    const expectedCostUsd = (tier: Tier): number => costUsd(tier, 0);
    const pinned = request.pinned === undefined ? undefined : tierOf(policy, request.pinned);
    const tiers = request.pinned === undefined ? plan.ladder : pinned ? [pinned] : [];
    const { eligible, excluded } = judge(policy, tiers, request, features, circumstances, (tier) =>
      reserveEstimate(tier, request, features, circumstances.nowMs),
    );
    const common = {
      task: plan.task.id,
      route: plan.task.route,
      score: features.score,
      dimensions: features.dimensions,
      pass: assessment.pass,
      excluded,
      policy: policy.version,
    };
    const expected = (costUsd: number) => ({ inputTokens: features.inputTokens, outputTokens, costUsd });

    if (!hasAny(eligible)) {
      const waitMs = retryAfterMs(excluded, features, circumstances, latencyBudgetOf(plan.task, features));
      const refusal = tiers.length > 0 ? refusalOf(plan.task.id, excluded, waitMs) : UNKNOWN_PIN;
      return { tier: null, reason: 'refused', ...common, ladder: [], refusal, expected: expected(0) } satisfies Refused;
    }
    const situation: Situation = { features, assessment, eligible, expectedCostUsd, states: circumstances.states };
    const beginning: Beginning = pinned
      ? { reason: 'pinned', ladder: eligible, bySwitch: false, placed: 'pin' }
      : begin(plan, { request, features, situation, eligible, circumstances, costUsd });
    const { reason, ladder, bySwitch, raised } = beginning;
    const [first] = ladder;
    const placed =
      beginning.placed ?? (isUnavailable(plan.ladder, excluded, circumstances) ? 'unavailable' : undefined);
    return {
      tier: first.id,
      reason,
      ...common,
      ladder: ladder.map(({ id }) => id),
      upRouted: !pinned && !bySwitch && isUpRouted(plan, first, excluded),
      expected: expected(expectedCostUsd(first)),
      ...(raised !== undefined && { raised }),
      ...(placed !== undefined && { placed }),
      ...(plan.advisers.length > 0 && {
        advisers: judgeAdvisers(policy, plan.advisers, request, features, circumstances),
      }),
    } satisfies Chosen;
  };
}

function tierOf(policy: Policy, id: string): Tier | undefined {
  return Object.hasOwn(policy.tiers, id) ? policy.tiers[id] : undefined;
}

const UNKNOWN_PIN: Refused['refusal'] = {
  code: 'model_not_found',
  message: 'The model names a tier that the policy does not have.',
};
