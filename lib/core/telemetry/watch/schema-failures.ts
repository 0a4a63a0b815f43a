import { percent } from '../../figures';
import type { Sums } from '../rollup/sums';
import { type Drifts, WINDOW_MS, WINDOWS, type WindowName } from './nouns';
import type { TaskView } from './task-view';
import type { Told } from './told';
import { driftsOf, type Excess, type Excesses, SPOKEN, twiceRunning } from './two-running';
import { isFarFrom, wilson } from './wilson';

export interface SchemaMemory {
  readonly drifts: Drifts;
  /** Since when the task is raised. */
  readonly raisedSinceMs?: number;
}

/**
 * Answers that break their schema, beyond the limit and beyond noise, over any window and two evaluations running. Where
 * the policy wants it they raise the task, until a person says that they are dealt with, at `dealtWithAtMs`, by word or by
 * publishing: what came before that is not held against the task again.
 */
export function schemaFailures(
  view: TaskView,
  before: SchemaMemory,
  dealtWithAtMs: number,
): Told & { readonly memory: SchemaMemory } {
  const { id: task, atMs } = view;
  const found = excessesOf(view, dealtWithAtMs);
  const [worst] = twiceRunning(found, before.drifts);
  const raises = view.task?.onSchemaFailures === 'raise';
  const stillRaised = before.raisedSinceMs !== undefined && before.raisedSinceMs > dealtWithAtMs;
  const raisedSinceMs = stillRaised ? before.raisedSinceMs : worst !== undefined ? atMs : undefined;
  const isRaised = raises && raisedSinceMs !== undefined;
  return {
    findings: worst ? [{ task, signal: 'SchemaFailures', kind: 'above', text: worst.text }] : [],
    raises: isRaised
      ? [{ task, rungs: 1, why: `its answers broke their schema at ${new Date(raisedSinceMs).toISOString()}` }]
      : [],
    memory: { drifts: driftsOf(found), ...(isRaised && { raisedSinceMs }) },
  };
}

function excessesOf({ sums, alarms, atMs }: TaskView, dealtWithAtMs: number): Excesses {
  const found: Partial<Record<WindowName, Excess>> = {};
  for (const window of WINDOWS) {
    const excess = atMs - WINDOW_MS[window] < dealtWithAtMs ? undefined : excessOf(sums[window], alarms);
    if (excess === undefined) continue;
    const { schemaFailures: failures, attempts } = sums[window];
    const text = `${percent(failures / attempts)} of ${attempts} answers broke their schema in ${SPOKEN[window]}`;
    found[window] = { direction: 'above', excess, text };
  }
  return found;
}

function excessOf(
  { requests, attempts, schemaFailures: failures }: Sums,
  { schemaFailureAbove, minRequests }: TaskView['alarms'],
): number | undefined {
  if (requests < minRequests || attempts === 0) return undefined;
  const isBeyond =
    wilson(failures, attempts).low > schemaFailureAbove && isFarFrom(failures, attempts, schemaFailureAbove);
  return isBeyond ? failures / attempts - schemaFailureAbove : undefined;
}
