import { seededRandom } from '../../../../lib/core/analysis/statistics/seeded-random';
import { binomialDensity } from '../../../../lib/core/binomial';
import { NO_SUMS, type Sums } from '../../../../lib/core/telemetry/rollup/sums';
import {
  type EscalationBaseline,
  type EscalationMemory,
  escalation,
} from '../../../../lib/core/telemetry/watch/escalation';
import { type ByWindow, type Direction, WINDOWS, type WindowName } from '../../../../lib/core/telemetry/watch/nouns';
import type { TaskView } from '../../../../lib/core/telemetry/watch/task-view';
import { aPolicy, aTask, aTier } from '../../../builders';

/** What comes in a period of five minutes, the first being 0. */
export type Load = (period: number) => { readonly requests: number; readonly rate: number };

export interface Run {
  readonly load: Load;
  readonly baseline: EscalationBaseline;
  readonly periods: number;
  readonly seed: number;
}

export interface Page {
  readonly period: number;
  readonly direction: Direction;
  readonly window: WindowName;
}

export const LIMITS = aPolicy({
  tiers: [aTier({ id: 'small' })],
  tasks: [aTask({ id: 'triage', ladder: ['small'] })],
}).alarms;

const PERIODS_OF: ByWindow<number> = { fiveMinutes: 1, hour: 12, day: 288 };

export function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** The first evaluation at which the task pages. */
export function firstPage(run: Run): Page | undefined {
  return caughtAt(run, 0);
}

/** The first such evaluation from a period on. */
export function caughtAt({ load, baseline, periods, seed }: Run, from: number): Page | undefined {
  const random = seededRandom(seed);
  const requests = [0];
  const raised = [0];
  let before: EscalationMemory = { drifts: {}, standing: {} };
  for (let period = 0; period < periods; period++) {
    const { requests: n, rate } = load(period);
    requests.push((requests[period] as number) + n);
    raised.push((raised[period] as number) + drawBinomial(n, rate, random()));
    const told = escalation(viewOf(requests, raised, period + 1, baseline), before);
    const { drifts } = told.memory;
    const paging = WINDOWS.filter((window) => drifts[window] !== undefined && drifts[window] === before.drifts[window]);
    before = told.memory;
    if ((told.excess ?? 0) > 0 !== paging.length > 0) throw new Error('an excess without drift twice running');
    const [window] = paging;
    if (window !== undefined && period >= from) return { period, window, direction: drifts[window] as Direction };
  }
  return undefined;
}

function viewOf(
  requests: readonly number[],
  raised: readonly number[],
  end: number,
  baseline: EscalationBaseline,
): TaskView {
  const within = (window: WindowName): Sums => {
    const start = Math.max(0, end - PERIODS_OF[window]);
    return Object.assign({}, NO_SUMS, {
      requests: (requests[end] as number) - (requests[start] as number),
      escalations: (raised[end] as number) - (raised[start] as number),
    });
  };
  return {
    id: 'triage',
    task: undefined,
    baseline,
    alarms: LIMITS,
    atMs: end * 300_000,
    sums: { fiveMinutes: within('fiveMinutes'), hour: within('hour'), day: within('day') },
    detail: { fiveMinutes: undefined, hour: undefined, day: undefined },
    monthSums: undefined,
    judged: WINDOWS,
  };
}

const TABLES = new Map<string, Float64Array>();

/** By the inverse of the distribution, kept as a table. */
export function drawBinomial(n: number, p: number, uniform: number): number {
  const key = `${n} ${p}`;
  const table = TABLES.get(key) ?? cumulative(n, p);
  TABLES.set(key, table);
  let [low, high] = [0, n];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] as number) < uniform) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cumulative(n: number, p: number): Float64Array {
  const table = new Float64Array(n + 1);
  let sum = 0;
  for (let count = 0; count <= n; count++) {
    sum += binomialDensity(count, n, p);
    table[count] = sum;
  }
  return table;
}
