import { customerMetrics, embeddedMetrics, policyAgeMetric } from '../../lib/core/telemetry/embedded-metrics';
import type { Attribution } from '../../lib/core/types';
import type { PolicyInForce } from './app';

export interface MetricEmitterOptions {
  /** The `Router` dimension of every metric. */
  readonly router: string;
  readonly policy: () => PolicyInForce | undefined;
  /** Takes one line of embedded metrics. */
  readonly emit: (line: string) => void;
  /** Whether each customer has metrics too. */
  readonly ofCustomers: boolean;
  readonly nowMs: () => number;
}

/** How often each process says how old its policy is. */
const AGE_EVERY_MS = 60_000;

/** Emits what a record says, and from time to time how old the policy is. */
export function createMetricEmitter(options: MetricEmitterOptions): (record: Attribution) => void {
  const { router, policy, emit, ofCustomers, nowMs } = options;
  let ageEmittedAtMs = Number.NEGATIVE_INFINITY;
  return (record) => {
    const inForce = policy();
    for (const line of embeddedMetrics(record, router, inForce?.prepared.policy)) emit(line);
    const ofCustomer = ofCustomers ? customerMetrics(record, router) : undefined;
    if (ofCustomer !== undefined) emit(ofCustomer);
    const atMs = nowMs();
    if (inForce === undefined || atMs - ageEmittedAtMs < AGE_EVERY_MS) return;
    ageEmittedAtMs = atMs;
    emit(policyAgeMetric(inForce.ageSeconds, router, Math.floor(atMs)));
  };
}
