import { MONTH } from '../../core/durations';
import { ATTEMPT_SIGNALS, REQUEST_SIGNALS, TASK_SIGNALS, WATCH_SIGNALS } from '../../core/telemetry/signals';
import type { OwnPrices } from '../../core/telemetry/watch/nouns';

/** What decides how much a router's own parts cost. */
export interface OwnParts {
  /** Memory of the router's function in GB. */
  readonly memoryGb: number;
  readonly tasks: number;
  /** Tiers on the ladders of all tasks. */
  readonly rungs: number;
  /** Load balancers, one before each model of one's own. */
  readonly loadBalancers: number;
  /** Interface endpoints of the network, times the zones that each stands in. */
  readonly endpoints: number;
}

/** USD, us-east-1, on demand, beyond the free tier: the list prices that a projection takes too. */
export const LIST_PRICES = {
  apiRequest: 3.5e-6,
  lambdaRequest: 0.2e-6,
  lambdaGbSecond: 0.0000133334,
  tableWrite: 0.625e-6,
  tableRead: 0.125e-6,
  logGb: 0.5,
  metricMonth: 0.3,
  alarmMetricMonth: 0.1,
  dashboardMonth: 3,
  metricPut: 0.01e-3,
  endpointHour: 0.01,
  loadBalancerHour: 0.0225,
} as const;

/** Of a record, written to the table and to its index, a unit for each KB of each. */
const RECORD_KB = 3;
const LOG_KB = 3;
const KB_PER_GB = 1_000_000;
/** In [Router, Task], by the router and by the watch function; under a tier what a tier can be blamed or praised for. */
const METRICS_PER_TASK =
  REQUEST_SIGNALS.length +
  ATTEMPT_SIGNALS.length +
  TASK_SIGNALS.length +
  WATCH_SIGNALS.filter(({ within }) => within.some((one) => one === 'task')).length;
const METRICS_PER_RUNG = REQUEST_SIGNALS.length + ATTEMPT_SIGNALS.length;
/** What the alarms of a task read, and the others: an alarm that reckons pays for each metric it reads. */
export const ALARM_METRICS = { perTask: 30, others: 18 } as const;
/** Each record is read once by the watch function, eventually consistent: half a unit for each 4 KB. */
const WATCH_READS = (RECORD_KB / 4) * 0.5;
/** Milliseconds that the watch function works on a record, most of them to find questions that are asked again. */
const WATCH_MS = 0.8;
const WATCH_RUNS_A_MONTH = 8640;
/**
 * A run whatever came: 40 reads of what came in five minutes and 200 units of sums; seven sums and three states written, in
 * 60 units; its readings and its heartbeat put; 1.5 seconds at 1 GB.
 */
const WATCH_RUN = { reads: 220, writes: 60, puts: 2, seconds: 1.5 };

/** Prices of the router's own parts, to subtract from what routing saves. */
export function ownPricesOf(parts: OwnParts): OwnPrices {
  const { memoryGb, tasks, rungs, loadBalancers, endpoints } = parts;
  const price = LIST_PRICES;
  const perMonthUsd =
    (tasks * METRICS_PER_TASK + rungs * METRICS_PER_RUNG) * price.metricMonth +
    (tasks * ALARM_METRICS.perTask + ALARM_METRICS.others) * price.alarmMetricMonth +
    price.dashboardMonth +
    watchPerMonthUsd();
  return {
    perRequestUsd:
      price.apiRequest +
      price.lambdaRequest +
      2 * RECORD_KB * price.tableWrite +
      price.tableRead +
      (LOG_KB / KB_PER_GB) * price.logGb +
      watchPerRequestUsd(),
    perSecondUsd: memoryGb * price.lambdaGbSecond,
    perHourUsd: perMonthUsd / MONTH.hours + loadBalancers * price.loadBalancerHour + endpoints * price.endpointHour,
  };
}

/** What the watch function costs for each request, at 1 GB. */
export function watchPerRequestUsd(): number {
  return WATCH_READS * LIST_PRICES.tableRead + (WATCH_MS / 1000) * LIST_PRICES.lambdaGbSecond;
}

/** What it costs in a month, whatever comes; its metrics apart. */
export function watchPerMonthUsd(): number {
  const { reads, writes, puts, seconds } = WATCH_RUN;
  const price = LIST_PRICES;
  const runUsd =
    reads * price.tableRead +
    writes * price.tableWrite +
    puts * price.metricPut +
    price.lambdaRequest +
    seconds * price.lambdaGbSecond;
  return WATCH_RUNS_A_MONTH * runUsd;
}
