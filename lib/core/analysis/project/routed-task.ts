import { oracleBuilder } from '../../oracle/registry';
import type { Policy, Task } from '../../types-policy';
import { choosesAlike, choosingOf } from '../choosing';
import type { TaskRouting, Way } from '../profile/profile-document';
import type { MeasuredTask } from './measured-profile';
import { differencesOf } from './routing-differences';
import { rungsAlong } from './rungs-along';
import { known, rungsOf, type Spread } from './rungs-of';
import type { Rung } from './scenario';

export interface RoutedTask {
  readonly rungs: readonly Rung[];
  /** What is to be said of how it is projected. */
  readonly notes: readonly string[];
  /** Whether something stands as it was profiled, since nobody knows what the policy would make of it. */
  readonly isAssumed: boolean;
}

/** A task, and the tiers of its ladder that its prompts may reach. */
export interface RoutedInput {
  readonly id: string;
  readonly policy: Policy | undefined;
  readonly measured: MeasuredTask;
  readonly ladder: readonly string[];
  /** Whether the profile tells how many answers a check in production sends up. */
  readonly tellsClimbs: boolean;
}

/**
 * How the policy would route the task. What profiling recorded is played for every start and, as far as rules and strategies
 * are those that were profiled, with them; what is beyond that is taken as profiled, and said.
 */
export function routedTask(input: RoutedInput): RoutedTask {
  const { id, policy, measured } = input;
  const { routing } = measured;
  const task = policy?.tasks[id];
  if (policy === undefined || task === undefined || routing === undefined) return unasked(input, task);
  const differences = differencesOf(policy, task, measured, routing);
  if (differences.length === 0) return { rungs: along(input, routing.profiled, task), notes: [], isAssumed: false };
  const said = `${id} is not routed as it was profiled (${differences.join('; ')})`;
  if (!isSameLadder(task, measured) && choosingOf(policy, task) === undefined) {
    const rungs = rungsOf({ ...spreadOf(input, task), baseline: {}, profile: { ...measured, certified: NONE } });
    return { rungs, notes: [`${said}: reckoned from its tiers, one by one`], isAssumed: false };
  }
  const way = isSameLadder(task, measured) ? wayOf(policy, task, routing) : undefined;
  if (way === undefined) {
    const note = `${said}, and where its requests would go was not recorded: taken as profiled; profile this policy to know`;
    return { rungs: along(input, routing.profiled, task), notes: [note], isAssumed: true };
  }
  const doubt = climbDoubt(id, task, measured, routing, way);
  const notes = [`${said}: projected as the policy has it, by the recorded answers`, ...doubt];
  return { rungs: along(input, way, task), notes, isAssumed: doubt.length > 0 };
}

const NONE = { refused: '', needed: null };

/** Without a policy, or with a profile that does not tell how it was routed. */
function unasked(input: RoutedInput, task: Task | undefined): RoutedTask {
  const { measured } = input;
  const isAssumed = task !== undefined && known(measured.baseline);
  return { rungs: along(input, measured.routing?.profiled, task), notes: [], isAssumed };
}

/** On the recorded way, where there is one. */
function along(input: RoutedInput, way: Way | undefined, task: Task | undefined): readonly Rung[] {
  const { measured } = input;
  if (input.ladder.length === 0) return [];
  if (way === undefined) return rungsOf(spreadOf(input, task));
  const ladder = walkable(input);
  const climbs = task?.route === 'static' ? 'none' : goesByFailures(task, measured.routing) ? 'failures' : 'played';
  return rungsAlong({ way, measured, ladder, climbs });
}

/** Of the way's tiers those that are left, in the order they had then; the last of now in place of a last that is gone. */
function walkable({ measured, ladder }: RoutedInput): readonly string[] {
  const left = measured.ladder.filter((tier) => ladder.includes(tier));
  const last = ladder.at(-1) as string;
  return left.includes(measured.ladder.at(-1) as string) || left.includes(last) ? left : [...left, last];
}

function spreadOf({ measured, ladder, tellsClimbs }: RoutedInput, task: Task | undefined): Spread {
  return {
    ladder,
    route: task?.route ?? measured.routing?.route ?? 'direct',
    start: task?.start ?? measured.routing?.start ?? ladder[0] ?? '',
    baseline: known(measured.baseline) ? measured.baseline : (task?.baseline ?? {}),
    profile: measured,
    tellsClimbs,
  };
}

function isSameLadder({ ladder }: Task, measured: MeasuredTask): boolean {
  return ladder.join() === measured.ladder.join();
}

/** What was played for a policy that begins like this one; undefined where nothing was. */
function wayOf(policy: Policy, task: Task, routing: TaskRouting): Way | undefined {
  const { start, ladder } = task;
  const choosing = choosingOf(policy, task);
  const isProfiled = start === routing.start && task.certificate?.threshold === routing.threshold;
  if (choosing === undefined)
    return isProfiled && routing.choosing === undefined ? routing.profiled : routing.byStart[start];
  if (!choosesAlike(choosing, routing.choosing)) return undefined;
  const certified = ladder.find((tier) => tier === task.certificate?.tier);
  if (isProfiled && certified === routing.certified) return routing.profiled;
  if (certified === undefined) return routing.byStrategy?.[start];
  return certified === start ? routing.byCertificate?.[start] : undefined;
}

/** A static route gates nothing, and only a cascade lets models judge: what those would have sent up was not recorded. */
function goesByFailures(task: Task | undefined, routing: TaskRouting | undefined): boolean {
  if (task === undefined || routing === undefined || task.route === 'static') return false;
  return routing.route === 'static' || (task.route === 'cascade' && routing.route !== 'cascade' && callsModels(task));
}

function callsModels({ oracle }: Task): boolean {
  return oracle.some(({ kind }) => oracleBuilder(kind)?.callsModels === true);
}

/** Of its climbs along the way that was found for it. */
function climbDoubt(id: string, task: Task, measured: MeasuredTask, routing: TaskRouting, way: Way): string[] {
  if (task.route === 'static') return [];
  // Only the profiled way was played with a margin that sends answers up.
  const isMarginPlayed = task.certificate?.threshold === undefined || way === routing.profiled;
  const margin = `${id}: which answers go up for their margin was not recorded: none is taken to`;
  return [...routeDoubt(id, task, measured, routing), ...(isMarginPlayed ? [] : [margin])];
}

function routeDoubt(id: string, task: Task, measured: MeasuredTask, routing: TaskRouting): string[] {
  const before = `${id}: which answers go up on route ${task.route} was not recorded on route ${routing.route}`;
  if (goesByFailures(task, measured.routing)) return [`${before}: every one that failed is taken to`];
  const loses = routing.route === 'cascade' && task.route !== 'cascade' && callsModels(task);
  return loses ? [`${before}: taken as there`] : [];
}
