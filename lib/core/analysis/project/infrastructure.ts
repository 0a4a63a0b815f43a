import { MONTH } from '../../durations';
import { ATTEMPT_SIGNALS, REQUEST_SIGNALS, SIGNALS } from '../../telemetry/signals';
import type { Line } from './ledger';
import { RATES, type RateName } from './rates';
import { isGpu, type Scenario, tierOf } from './scenario';

/** One line of the router's own bill. */
export interface InfrastructureLine {
  readonly name: RateName;
  readonly quantity: number;
  readonly unit: string;
  readonly rateUsd: number;
  readonly usd: number;
  /** Whether it is the same whatever the traffic. */
  readonly fixed: boolean;
}

const MILLION = 1_000_000;
const KB_PER_GB = 1_000_000;
/** Of text, roughly. */
const BYTES_PER_TOKEN = 4;
/** In [Router, Task]: all that is counted by request; under a tier only what a tier can be blamed or praised for. */
const METRICS_PER_TASK = SIGNALS.filter(({ per }) => per !== 'router').length;
const METRICS_PER_RUNG = REQUEST_SIGNALS.length + ATTEMPT_SIGNALS.length;

/** What the parts of the router cost in a month in which it makes these calls. */
export function infrastructureOf(scenario: Scenario, lines: readonly Line[]): InfrastructureLine[] {
  const quantities = { ...fixedQuantities(scenario), ...movingQuantities(scenario, lines) };
  const fixed = new Set(Object.keys(fixedQuantities(scenario)));
  return (Object.keys(RATES) as RateName[]).flatMap((name) => {
    const quantity = quantities[name];
    const rateUsd = scenario.rates[name];
    if (quantity === 0) return [];
    return [{ name, quantity, unit: RATES[name].unit, rateUsd, usd: quantity * rateUsd, fixed: fixed.has(name) }];
  });
}

type FixedName = 'metric' | 'alarmMetric' | 'dashboard' | 'endpointHour' | 'loadBalancerHour' | 'natHour';

function fixedQuantities({ tasks, tiers, assumptions }: Scenario): Record<FixedName, number> {
  const { watchMetricsPerTask, alarmMetricsPerTask, alarmMetrics } = assumptions;
  const { interfaceEndpoints, zones, natGateways } = assumptions;
  const rungs = tasks.reduce((sum, task) => sum + task.rungs.length, 0);
  return {
    metric: tasks.length * (METRICS_PER_TASK + watchMetricsPerTask) + rungs * METRICS_PER_RUNG,
    alarmMetric: tasks.length * alarmMetricsPerTask + alarmMetrics,
    dashboard: 1,
    endpointHour: interfaceEndpoints * zones * MONTH.hours,
    loadBalancerHour: Object.values(tiers).filter(isGpu).length * MONTH.hours,
    natHour: natGateways * MONTH.hours,
  };
}

function movingQuantities(scenario: Scenario, lines: readonly Line[]): Record<Exclude<RateName, FixedName>, number> {
  const { volume, assumptions } = scenario;
  const seconds = (volume * assumptions.overheadMs + waitedMs(scenario, lines)) / 1000;
  // A record is written to the table and to its index, a KB for each unit; the caller's key is read once.
  const writes = volume * (2 * Math.ceil(assumptions.recordKb) + assumptions.budgetWrites);
  const keptGb = (volume * 2 * assumptions.recordKb * (assumptions.recordDays / MONTH.days)) / KB_PER_GB;
  const trafficGb = (tokensIn(lines) * BYTES_PER_TOKEN) / 1_000_000_000;
  return {
    apiRequest: volume / MILLION,
    lambdaRequest: volume / MILLION,
    lambdaGbSecond: seconds * assumptions.lambdaMemoryGb,
    tableWrite: writes / MILLION,
    tableRead: volume / MILLION,
    tableStorage: keptGb,
    log: (volume * assumptions.logKb) / KB_PER_GB,
    endpointTraffic: assumptions.interfaceEndpoints === 0 ? 0 : trafficGb,
  };
}

/** The function waits while a tier answers, and is paid for it. */
function waitedMs(scenario: Scenario, lines: readonly Line[]): number {
  return lines.reduce((sum, { tier, calls }) => sum + calls * tierOf(scenario, tier).latencyMs, 0);
}

function tokensIn(lines: readonly Line[]): number {
  return lines.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
}
