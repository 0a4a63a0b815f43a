import { METRIC_NAMESPACE } from '../../lib/core/contract';
import { customerMetrics, embeddedMetrics, policyAgeMetric } from '../../lib/core/telemetry/embedded-metrics';
import { WATCH_SIGNALS } from '../../lib/core/telemetry/signals';
import type { AttributedAttempt } from '../../lib/core/types';
import { aPolicy, aTask, aTier } from '../builders';
import { anAttribution } from '../lambda/shared/an-attribution';

/** A metric of ours with the names of its dimensions, in alphabetical order and joined by commas. */
export interface ReadMetric {
  readonly name: string;
  readonly dimensions: string;
}

const ATTEMPT: AttributedAttempt = {
  tier: 'small',
  model: 'small-model',
  outcome: 'answered',
  because: 'first',
  costUsd: 0,
  startedAtMs: 0,
  latencyMs: 1,
  location: 'vpc',
};

/** What the router itself writes for a request on which everything happens. */
function emittedByRouter(): ReadMetric[] {
  const task = aTask({ id: 'triage', ladder: ['small'], baseline: { escalationRate: 0.1, high: 0.2, low: 0.05 } });
  const policy = aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [task] });
  const attempts: AttributedAttempt[] = [
    { ...ATTEMPT, verdict: { pass: false, oracle: 'json-schema', detail: 'not JSON' } },
    { ...ATTEMPT, outcome: 'failed', cause: 'auth' },
  ];
  const who = { customer: 'acme', keyId: 'key-1' };
  const attribution = anAttribution({ requestId: 'one', task: 'triage', attempts, timeToFirstContentMs: 5, ...who });
  const lines = [
    ...embeddedMetrics(attribution, 'desk', policy),
    customerMetrics(attribution, 'desk') ?? '',
    policyAgeMetric(1, 'desk', 0),
  ];
  return lines.flatMap((line) =>
    JSON.parse(line)._aws.CloudWatchMetrics.flatMap((group: { Dimensions: string[][]; Metrics: { Name: string }[] }) =>
      group.Dimensions.flatMap((dimensions) => group.Metrics.map(({ Name }) => of(Name, dimensions))),
    ),
  );
}

const WITHIN = { router: ['Router'], task: ['Router', 'Task'], tier: ['Router', 'Tier'] } as const;

/** What the rows of the watch function say it emits; that it does is shown where it is tested. */
function emittedByWatch(): ReadMetric[] {
  return WATCH_SIGNALS.flatMap(({ name, within }) => within.map((set) => of(name, WITHIN[set])));
}

export const EMITTED: readonly ReadMetric[] = [...emittedByRouter(), ...emittedByWatch()];

/** Those that nobody emits with these dimensions. */
export function neverEmitted(metrics: readonly ReadMetric[]): ReadMetric[] {
  return metrics.filter(
    ({ name, dimensions }) => !EMITTED.some((emitted) => emitted.name === name && emitted.dimensions === dimensions),
  );
}

/** Metrics that a search or a query reads. */
export function metricsOfExpression(expression: string): ReadMetric[] {
  const search = new RegExp(`SEARCH\\('\\{${METRIC_NAMESPACE},([^}]*)\\} MetricName="([^"]*)"`, 'g');
  const query = new RegExp(`SELECT (?:SUM|MAX)\\((\\w+)\\) FROM SCHEMA\\("${METRIC_NAMESPACE}", ([^)]*)\\)`, 'g');
  return [
    ...[...expression.matchAll(search)].map(([, dimensions = '', name = '']) => of(name, dimensions.split(','))),
    ...[...expression.matchAll(query)].map(([, name = '', dimensions = '']) => of(name, dimensions.split(', '))),
  ];
}

export function of(name: string, dimensions: readonly string[]): ReadMetric {
  return { name, dimensions: [...dimensions].sort().join() };
}
