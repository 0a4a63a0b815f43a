/** When the arithmetic of the watch lets a change of the escalation rate be told at all: little traffic says little. */

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { NO_SUMS, type Sums } from '../../../lib/core/telemetry/rollup/sums';
import { type EscalationMemory, escalation } from '../../../lib/core/telemetry/watch/escalation';
import { type ByWindow, WINDOW_MS, WINDOWS, type WindowName } from '../../../lib/core/telemetry/watch/nouns';
import type { Policy } from '../../../lib/core/types-policy';
import { HOURLY } from './calendar';
import { HABITS, type TaskId } from './traffic';

export interface Change {
  readonly task: TaskId;
  readonly fromMs: number;
  readonly requestsADay: number;
  /** Share of the requests that escalate from then on. */
  readonly rate: number;
}

/** Chance may hold back so many standard errors of what comes, and of what of it escalates. */
const HELD_BACK = 3;
/** Until a reading of the last minute is put: it settles, and the run after that may have been ended. */
const PUT_AFTER_MS = 15 * MINUTE_MS;
const EVERY_MS = WINDOW_MS.fiveMinutes;

/** Minutes until an evaluation counts the change as drift and its reading is there; undefined where a day is not enough. */
export function evidentAfterMinutes(policy: Policy, change: Change): number | undefined {
  let before: EscalationMemory = { drifts: {}, standing: {} };
  for (let sinceMs = EVERY_MS; sinceMs <= DAY_MS; sinceMs += EVERY_MS) {
    const { excess = 0, memory } = escalation(viewOf(policy, change, sinceMs), before);
    if (excess > 0) return (sinceMs + PUT_AFTER_MS) / MINUTE_MS;
    before = memory;
  }
  return undefined;
}

function viewOf(policy: Policy, change: Change, sinceMs: number): Parameters<typeof escalation>[0] {
  const { baseline = {} } = policy.tasks[change.task] ?? {};
  const sums = Object.fromEntries(
    WINDOWS.map((window) => [window, leastSums(change, baseline.escalationRate ?? 0, sinceMs, window)]),
  ) as unknown as ByWindow<Sums>;
  return {
    id: change.task,
    task: undefined,
    baseline,
    alarms: policy.alarms,
    atMs: change.fromMs + sinceMs,
    sums,
    detail: { fiveMinutes: undefined, hour: undefined, day: undefined },
    monthSums: undefined,
    judged: WINDOWS,
  };
}

function leastSums(change: Change, usualRate: number, sinceMs: number, window: WindowName): Sums {
  const { fromMs, rate } = change;
  const beginMs = fromMs + sinceMs - WINDOW_MS[window];
  const usual = volume(change, Math.min(beginMs, fromMs), fromMs);
  const changed = volume(change, Math.max(beginMs, fromMs), fromMs + sinceMs);
  const come = usual + changed;
  const requests = Math.max(0, Math.floor(come - HELD_BACK * Math.sqrt(come)));
  const share = (usual * usualRate + changed * rate) / come;
  const escalations = Math.floor(requests * share - HELD_BACK * Math.sqrt(requests * share * (1 - share)));
  return Object.assign({}, NO_SUMS, { requests, escalations: Math.max(0, escalations) });
}

/** Requests of the task that come on average. */
function volume({ task, requestsADay }: Change, fromMs: number, untilMs: number): number {
  const total = HOURLY.reduce((sum, weight) => sum + weight, 0);
  let days = 0;
  for (let atMs = fromMs; atMs < untilMs; atMs += EVERY_MS) {
    days += ((HOURLY[Math.floor(atMs / HOUR_MS) % 24] ?? 0) / total) * (EVERY_MS / HOUR_MS);
  }
  return days * requestsADay * HABITS[task].share;
}
