import type { Baseline } from '../../types-policy';
import { ownValue } from '../own-value';
import { baselineAge } from './baseline-age';
import { bill } from './bill';
import { certificate } from './certificate';
import { escalation } from './escalation';
import { inputDrift } from './input-drift';
import { type TaskState, type WatchInput, type WatchOutcome, WINDOW_MS } from './nouns';
import { quality } from './quality';
import { routingFigures } from './routing-figures';
import { routerSaving, taskSaving } from './saving';
import { schemaFailures } from './schema-failures';
import { tasksOf, viewOf } from './task-view';
import { tierMix } from './tier-mix';
import { reading, type Told } from './told';
import { justBefore } from './two-running';

/** What the last five minutes, hour and day say of the router, and what is to be remembered of them. */
export function watch(input: WatchInput): WatchOutcome {
  const { policy, state, atMs } = input;
  const sinceMs = state.sinceMs ?? atMs - WINDOW_MS.fiveMinutes;
  const tasks = tasksOf(input).map((id) => ({ id, ...watchTask(input, id) }));
  const router: Told[] = [
    { readings: reading('EscalationExcess', highest(tasks.map(({ excess }) => excess))) },
    { readings: reading('QualityShortfall', highest(tasks.map(({ shortfall }) => shortfall))) },
    routerSaving(input, sinceMs),
    bill(input),
    { readings: reading('WatchHeartbeat', 1) },
  ];
  const all = [...tasks.flatMap(({ told }) => told), ...router];
  const kept = tasks.filter(({ id }) => Object.hasOwn(policy.tasks, id));
  return {
    readings: all.flatMap(({ readings = [] }) => readings),
    findings: all.flatMap(({ findings = [] }) => findings),
    raises: all.flatMap(({ raises = [] }) => raises),
    state: { schema: 1, sinceMs, atMs, tasks: Object.fromEntries(kept.map(({ id, memory }) => [id, memory])) },
  };
}

interface WatchedTask {
  readonly told: readonly Told[];
  readonly memory: TaskState;
  readonly excess: number | undefined;
  readonly shortfall: number | undefined;
}

/** Of those that are known; undefined where none is. */
function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function watchTask(input: WatchInput, id: string): WatchedTask {
  const { policy, state, atMs, publishedAtMs } = input;
  const before = ownValue(state.tasks, id);
  const inForce = baselineInForce(ownValue(policy.tasks, id)?.baseline ?? {}, before, publishedAtMs);
  const view = viewOf(input, id, inForce);
  const last = before?.baseline === inForce.baseline ? before : undefined;
  const escalated = escalation(view, {
    drifts: justBefore(last?.escalation, state.atMs, atMs),
    standing: justBefore(last?.standing, state.atMs, atMs),
  });
  const compared = quality(view);
  const schema = schemaFailures(
    view,
    { drifts: justBefore(before?.schema, state.atMs, atMs), ...raisedSince(before) },
    Math.max(publishedAtMs, ownValue(input.acknowledgedAtMs, id) ?? 0),
  );
  const certified = certificate({
    task: id,
    fault: ownValue(input.certificateFaults, id),
    voidSinceMs: before?.voidSinceMs,
    graceDays: policy.graceDays,
    atMs,
  });
  const told = [escalated, tierMix(view), compared, routingFigures(view), inputDrift(view), schema, certified];
  return {
    told: [...told, taskSaving(view), baselineAge(view)],
    excess: escalated.excess,
    shortfall: compared.shortfall,
    memory: {
      ...inForce,
      escalation: escalated.memory.drifts,
      standing: escalated.memory.standing,
      schema: schema.memory.drifts,
      ...raisedSince(schema.memory),
      ...(certified.voidSinceMs !== undefined && { voidSinceMs: certified.voidSinceMs }),
    },
  };
}

function raisedSince(memory: Pick<TaskState, 'raisedSinceMs'> | undefined): Pick<TaskState, 'raisedSinceMs'> {
  return memory?.raisedSinceMs === undefined ? {} : { raisedSinceMs: memory.raisedSinceMs };
}

/** A policy that keeps a task's baseline keeps what was judged by it. */
function baselineInForce(
  baseline: Baseline,
  before: TaskState | undefined,
  publishedAtMs: number,
): Pick<TaskState, 'baseline' | 'baselineSinceMs'> {
  const print = fingerprint(JSON.stringify(baseline));
  return { baseline: print, baselineSinceMs: before?.baseline === print ? before.baselineSinceMs : publishedAtMs };
}

/** FNV-1a, 32 bits: to see a change, not to withstand anybody. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
