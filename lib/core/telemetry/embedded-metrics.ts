import { METRIC_NAMESPACE } from '../contract';
import type { Attempt, Attribution } from '../types';
import type { Policy } from '../types-policy';
import {
  ATTEMPT_SIGNALS,
  CUSTOMER_SIGNALS,
  POLICY_AGE,
  REQUEST_SIGNALS,
  type RequestSignal,
  TASK_SIGNALS,
  type Unit,
} from './signals';

const BY_TASK = ['Router', 'Task'];
const BY_TIER = ['Router', 'Task', 'Tier'];
const BY_CUSTOMER = ['Router', 'Customer'];

interface Reading {
  readonly name: string;
  readonly unit: Unit;
  readonly value: number;
}

/** Readings that share their dimension sets: one directive of CloudWatch's embedded metric format. */
interface Group {
  readonly dimensions: readonly (readonly string[])[];
  readonly readings: readonly Reading[];
}

/**
 * The log lines of one request in CloudWatch's embedded metric format. The first holds the request; under a tier it
 * counts only for the one that answered. One more follows for each tier on which something went wrong. What stands
 * beside the metrics is there to find requests in the log: never the prompt, the answer or the caller. Of the policy only
 * the task's baseline is read.
 */
export function embeddedMetrics(attribution: Attribution, router: string, policy?: Policy): string[] {
  const { tier } = attribution;
  const groups: Group[] = [
    {
      dimensions: tier === null ? [BY_TASK] : [BY_TASK, BY_TIER],
      readings: requestReadings(attribution, REQUEST_SIGNALS),
    },
    {
      dimensions: [BY_TASK],
      readings: [...attemptReadings(attribution.attempts), ...taskReadings(attribution, policy)],
    },
  ];
  const first = line(groups, Date.parse(attribution.time), {
    Router: router,
    Task: attribution.task,
    ...(tier === null ? {} : { Tier: tier }),
    ...properties(attribution),
  });
  return [first, ...tierLines(attribution, router)];
}

/**
 * What a request says of its customer, in a line of its own: no line tells which request was whose. A customer is whom the
 * caller's key belongs to, so there are no more of them than there are keys; what callers say of themselves is nobody.
 */
export function customerMetrics(attribution: Attribution, router: string): string | undefined {
  const { customer, keyId } = attribution;
  if (customer === undefined || keyId === undefined || !isDimensionValue(customer)) return undefined;
  const groups = [{ dimensions: [BY_CUSTOMER], readings: requestReadings(attribution, CUSTOMER_SIGNALS) }];
  return line(groups, Date.parse(attribution.time), { Router: router, Customer: customer });
}

/** CloudWatch has names of its own behind a leading colon, and drops a line that claims one. */
function isDimensionValue(name: string): boolean {
  return /^(?!:)[\x20-\x7e]{1,255}$/.test(name);
}

/** How long ago the router last found its policy to be the active one. */
export function policyAgeMetric(ageSeconds: number, router: string, nowMs: number): string {
  const reading = { name: POLICY_AGE.name, unit: POLICY_AGE.unit, value: ageSeconds };
  return line([{ dimensions: [['Router']], readings: [reading] }], nowMs, { Router: router });
}

function tierLines(attribution: Attribution, router: string): string[] {
  const tiers = [...new Set(attribution.attempts.map((attempt) => attempt.tier))];
  return tiers.flatMap((tier) => {
    const attempts = attribution.attempts.filter((attempt) => attempt.tier === tier);
    const readings = attemptReadings(attempts).filter((reading) => reading.value > 0);
    if (readings.length === 0) return [];
    const about = { Router: router, Task: attribution.task, Tier: tier, requestId: attribution.requestId };
    return [line([{ dimensions: [BY_TIER], readings }], Date.parse(attribution.time), about)];
  });
}

function requestReadings(attribution: Attribution, signals: readonly RequestSignal[]): Reading[] {
  return signals.flatMap((signal) => reading(signal, signal.value(attribution)));
}

function attemptReadings(attempts: readonly Attempt[]): Reading[] {
  return ATTEMPT_SIGNALS.flatMap((signal) => reading(signal, attempts.filter(signal.counts).length));
}

function taskReadings(attribution: Attribution, policy: Policy | undefined): Reading[] {
  const baseline = policy?.tasks[attribution.task]?.baseline ?? {};
  return TASK_SIGNALS.flatMap((signal) => reading(signal, signal.value(baseline)));
}

/** CloudWatch drops a whole object for one value that is not a number, so such a value stays out. */
function reading(signal: { readonly name: string; readonly unit: Unit }, value: number | undefined): Reading[] {
  return value !== undefined && Number.isFinite(value) ? [{ name: signal.name, unit: signal.unit, value }] : [];
}

function properties(attribution: Attribution): Record<string, string | number> {
  return {
    requestId: attribution.requestId,
    reason: attribution.reason,
    status: attribution.status,
    policy: attribution.policy,
    ...(attribution.model === null ? {} : { model: attribution.model }),
    ...(attribution.error === undefined ? {} : { error: attribution.error }),
  };
}

function line(groups: readonly Group[], timestampMs: number, about: Readonly<Record<string, string | number>>): string {
  const metrics = groups.map(({ dimensions, readings }) => ({
    Namespace: METRIC_NAMESPACE,
    Dimensions: dimensions,
    Metrics: readings.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  }));
  const values = groups.flatMap(({ readings }) => readings.map(({ name, value }) => [name, value]));
  return JSON.stringify({
    _aws: { Timestamp: Math.floor(timestampMs), CloudWatchMetrics: metrics },
    ...about,
    ...Object.fromEntries(values),
  });
}
