import type { Attempt, Attribution } from '../types';
import type { Baseline } from '../types-policy';
import { endingOf } from './ending';
import { isSchemaFailure } from './schema-failure';

/** The units of CloudWatch that signals use. Money and rates have none. */
export type Unit = 'Count' | 'Milliseconds' | 'Seconds' | 'None';

interface SignalRow {
  readonly name: string;
  readonly unit: Unit;
  readonly meaning: string;
}

/**
 * One value for each request: in [Router, Task], in [Router, Task, Tier] under the tier whose answer left, and where metrics of
 * customers are switched on in [Router, Customer], if what it says is a customer's and not a task's.
 */
export interface RequestSignal extends SignalRow {
  readonly per: 'request';
  readonly ofCustomers?: true;
  /** Undefined: this request has none. */
  value(attribution: Attribution): number | undefined;
}

/**
 * Counts what befell single calls: the request's total in [Router, Task], zero included, and in [Router, Task, Tier] each
 * tier's own share, where there is one. The answering tier must not bear what another did.
 */
export interface AttemptSignal extends SignalRow {
  readonly per: 'attempt';
  counts(attempt: Attempt): boolean;
}

/** What production is held to, in [Router, Task] beside what is measured, so that an alarm can compare the two. */
export interface TaskSignal extends SignalRow {
  readonly per: 'task';
  value(baseline: Baseline): number | undefined;
}

/** How CloudWatch sums up the values of a period where nobody asks otherwise. */
export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'SampleCount' | 'Sum';

/** Of the router process, in [Router]. */
export interface RouterSignal extends SignalRow {
  readonly per: 'router';
}

/** What the watch function derives from the records, in each of these sets of dimensions; `Router` stands in all of them. */
export interface WatchSignal extends SignalRow {
  readonly per: 'watch';
  readonly within: readonly ('router' | 'task' | 'tier')[];
  readonly statistic: Statistic;
}

export type Signal = RequestSignal | AttemptSignal | TaskSignal | RouterSignal;

export const REQUEST_SIGNALS: readonly RequestSignal[] = [
  {
    per: 'request',
    name: 'Requests',
    unit: 'Count',
    meaning: 'requests routed or refused',
    ofCustomers: true,
    value: () => 1,
  },
  {
    per: 'request',
    name: 'UpRoutes',
    unit: 'Count',
    meaning: 'the decision began above the first tier of the ladder; pins do not count',
    value: (attribution) => attribution.upRouted,
  },
  {
    per: 'request',
    name: 'Escalations',
    unit: 'Count',
    meaning: 'began at the first tier and ended higher because a check failed; 0 or 1 for each request',
    value: (attribution) => attribution.escalated,
  },
  {
    per: 'request',
    name: 'Fallbacks',
    unit: 'Count',
    meaning: 'moves to another tier because a tier failed',
    value: (attribution) => attribution.fallbacks,
  },
  {
    per: 'request',
    name: 'Retries',
    unit: 'Count',
    meaning: 'calls repeated on the same tier after a failure',
    value: (attribution) => attribution.retries,
  },
  {
    per: 'request',
    name: 'UpstreamAttempts',
    unit: 'Count',
    meaning: 'calls to tiers; over Requests it is the amplification',
    value: (attribution) => attribution.attempts.length,
  },
  {
    per: 'request',
    name: 'Refusals',
    unit: 'Count',
    meaning: 'turned away before any tier was asked: by guards, residency, open breakers, full queues or budgets',
    ofCustomers: true,
    value: (attribution) => (endingOf(attribution) === 'refused' ? 1 : 0),
  },
  {
    per: 'request',
    name: 'CostUsd',
    unit: 'None',
    meaning: 'USD of every billed call the request caused',
    ofCustomers: true,
    value: (attribution) => attribution.costUsd,
  },
  {
    per: 'request',
    name: 'FrontierCostUsd',
    unit: 'None',
    meaning: 'USD the same tokens had cost at the frontier tier',
    ofCustomers: true,
    value: (attribution) => attribution.frontierCostUsd,
  },
  {
    per: 'request',
    name: 'RoutingCostUsd',
    unit: 'None',
    meaning: 'USD of the routing itself: classifier, judge, shadow and control calls',
    ofCustomers: true,
    value: (attribution) => attribution.routingCostUsd,
  },
  {
    per: 'request',
    name: 'Latency',
    unit: 'Milliseconds',
    meaning: 'from the request to the end of its answer',
    ofCustomers: true,
    value: (attribution) => attribution.latencyMs,
  },
  {
    per: 'request',
    name: 'TimeToFirstContent',
    unit: 'Milliseconds',
    meaning: 'from the request to the first content that left',
    ofCustomers: true,
    value: (attribution) => attribution.timeToFirstContentMs,
  },
  {
    per: 'request',
    name: 'RouterOverhead',
    unit: 'Milliseconds',
    meaning: 'latency outside calls to tiers',
    value: (attribution) => attribution.overheadMs,
  },
];

/** What may be known of a customer in [Router, Customer]: each is a metric that CloudWatch charges for, for each customer. */
export const CUSTOMER_SIGNALS: readonly RequestSignal[] = REQUEST_SIGNALS.filter(({ ofCustomers }) => ofCustomers);

export const ATTEMPT_SIGNALS: readonly AttemptSignal[] = [
  {
    per: 'attempt',
    name: 'OracleFailures',
    unit: 'Count',
    meaning: 'answers that an oracle did not pass',
    counts: (attempt) => attempt.verdict?.pass === false,
  },
  {
    per: 'attempt',
    name: 'SchemaFailures',
    unit: 'Count',
    meaning: 'answers or tool calls that broke their JSON schema',
    counts: isSchemaFailure,
  },
  {
    per: 'attempt',
    name: 'UpstreamAuthFailures',
    unit: 'Count',
    meaning: 'a tier refused the credentials of the router',
    counts: (attempt) => attempt.cause === 'auth',
  },
];

export const TASK_SIGNALS: readonly TaskSignal[] = [
  {
    per: 'task',
    name: 'BaselineEscalationRate',
    unit: 'None',
    meaning: 'share of requests that profiling saw begin or end above the first tier',
    value: (baseline) => baseline.escalationRate,
  },
  {
    per: 'task',
    name: 'BaselineEscalationHigh',
    unit: 'None',
    meaning: 'upper bound of that share, exact, one-sided 95 %',
    value: (baseline) => baseline.high,
  },
  {
    per: 'task',
    name: 'BaselineEscalationLow',
    unit: 'None',
    meaning: 'lower bound of that share, exact, one-sided 95 %',
    value: (baseline) => baseline.low,
  },
];

export const POLICY_AGE = {
  per: 'router',
  name: 'PolicyAge',
  unit: 'Seconds',
  meaning: 'since the router last found its policy to be the active one',
} as const satisfies RouterSignal;

/** Every signal the router emits, one row each. */
export const SIGNALS: readonly Signal[] = [...REQUEST_SIGNALS, ...ATTEMPT_SIGNALS, ...TASK_SIGNALS, POLICY_AGE];

function watched<Name extends string>(
  name: Name,
  within: WatchSignal['within'],
  statistic: Statistic,
  meaning: string,
): WatchSignal & { readonly name: Name } {
  return { per: 'watch', name, within, statistic, unit: 'None', meaning };
}

/** Of the worst task in [Router], so that one alarm covers tasks that no deployment knew. */
export const ESCALATION_EXCESS = watched(
  'EscalationExcess',
  ['task', 'router'],
  'Maximum',
  'how far the escalation deviation lies beyond its limit; 0 while it does not count as drift',
);

/** Of the worst task in [Router], for the same reason. */
export const QUALITY_SHORTFALL = watched(
  'QualityShortfall',
  ['task', 'router'],
  'Maximum',
  'how far the upper bound of the quality delta lies below what the target allows; 0 while it does not',
);

export const WATCH_HEARTBEAT = watched(
  'WatchHeartbeat',
  ['router'],
  'SampleCount',
  'a run of the watch function that came to its end',
);

/** Every signal the watch function emits, one row each. Rates are of the last five minutes; money is what came to it in them. */
export const WATCH_SIGNALS = [
  watched('EscalationRate', ['task'], 'Average', 'share of requests that began or ended above the first tier'),
  watched('UpRouteRate', ['task'], 'Average', 'share of requests whose decision began above the first tier'),
  watched('ClimbRate', ['task'], 'Average', 'share of requests that climbed from the first tier as a check failed'),
  watched('EscalationDeviation', ['task'], 'Average', 'escalation rate over its baseline, less 1'),
  ESCALATION_EXCESS,
  watched(
    'TierMixDeviation',
    ['task'],
    'Maximum',
    'total variation distance of the served tier mix from the intended one, less what chance makes of it; worst user tier',
  ),
  watched(
    'QualityDelta',
    ['task'],
    'Average',
    'pass rate of what the first tier served less that of a higher tier asked the same, from the control sample',
  ),
  QUALITY_SHORTFALL,
  watched(
    'RetryAmplification',
    ['task'],
    'Average',
    'calls to tiers and questions asked again, climbs apart, for each request',
  ),
  watched('RoutingCostShare', ['task'], 'Average', 'cost of the routing itself as a share of what it saved before'),
  watched(
    'RoutingAccuracy',
    ['task'],
    'Average',
    'share of requests whose route was right, of those where it is known',
  ),
  watched(
    'InputDrift',
    ['task'],
    'Maximum',
    'population stability index against the profile, less what chance makes of it; worst of the fifteen dimensions',
  ),
  watched(
    'NetSavingUsd',
    ['task', 'router'],
    'Average',
    'USD saved against all-frontier, less everything that was spent',
  ),
  watched(
    'VerifiedNetSavingUsd',
    ['task', 'router'],
    'Average',
    'USD saved where the control sample knows both answers and the one that left passed',
  ),
  watched('BaselineAge', ['task'], 'Maximum', 'days since the baseline was measured'),
  watched(
    'BillDeviation',
    ['tier'],
    'Maximum',
    'bill so far over its projection, less 1, less what chance makes of it',
  ),
  WATCH_HEARTBEAT,
] as const;

export type WatchSignalName = (typeof WATCH_SIGNALS)[number]['name'];
