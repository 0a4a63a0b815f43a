import type { Alarms, Baseline, Task } from '../../types-policy';
import { ownValue } from '../own-value';
import type { Rollup, TaskRollup } from '../rollup/rollup';
import { NO_SUMS, type Sums } from '../rollup/sums';
import { type ByWindow, type TaskState, type WatchInput, WINDOW_MS, WINDOWS, type WindowName } from './nouns';

/** What the signals of one task are made of. */
export interface TaskView {
  readonly id: string;
  /** Absent for a task that has left the policy and still has traffic. */
  readonly task: Task | undefined;
  readonly baseline: Baseline;
  readonly alarms: Alarms;
  readonly atMs: number;
  readonly sums: ByWindow<Sums>;
  readonly detail: ByWindow<TaskRollup | undefined>;
  readonly monthSums: Sums | undefined;
  /** Windows of which every minute lies under the baseline in force: in an older one two policies would be mixed. */
  readonly judged: readonly WindowName[];
}

function sumsOfTask(rollup: Rollup, task: string): Sums {
  return ownValue(rollup.by.task, task) ?? NO_SUMS;
}

/** Every task of the policy, and those that still have traffic. */
export function tasksOf({ policy, windows }: WatchInput): string[] {
  return [...new Set([...Object.keys(policy.tasks), ...Object.keys(windows.day.by.task)])].sort();
}

export function viewOf(input: WatchInput, id: string, state: Pick<TaskState, 'baselineSinceMs'>): TaskView {
  const { policy, windows, month, atMs } = input;
  const task = ownValue(policy.tasks, id);
  return {
    id,
    task,
    baseline: task?.baseline ?? {},
    alarms: policy.alarms,
    atMs,
    sums: byWindow((name) => sumsOfTask(windows[name], id)),
    detail: byWindow((name) => ownValue(windows[name].tasks, id)),
    monthSums: month && sumsOfTask(month.rollup, id),
    judged: WINDOWS.filter((name) => atMs - WINDOW_MS[name] >= state.baselineSinceMs),
  };
}

function byWindow<Value>(of: (name: WindowName) => Value): ByWindow<Value> {
  return { fiveMinutes: of('fiveMinutes'), hour: of('hour'), day: of('day') };
}

/** The youngest window that holds requests enough to speak of a rate. */
export function youngest({ sums, alarms }: TaskView): WindowName | undefined {
  return WINDOWS.find((name) => sums[name].requests >= Math.max(1, alarms.minRequests));
}
