import { percent } from '../../figures';
import type { Policy, Task } from '../../types-policy';
import type { Assumptions } from './assumptions';
import { ImpossibleProjection } from './impossible';
import { mayTravel } from './may-travel';
import type { MeasuredCalls, MeasuredProfile, MeasuredTask } from './measured-profile';
import { type RoutedTask, routedTask } from './routed-task';
import { isCheckedOtherwise } from './routing-differences';
import { known } from './rungs-of';
import type { RoutedAs, ScenarioTask, ScenarioTier, Tokens } from './scenario';
import { choosingCallsOf, judgesOf } from './side-calls';

interface Tasks {
  readonly tasks: readonly ScenarioTask[];
  readonly notes: readonly string[];
  readonly routedAs: RoutedAs;
}

type TiersById = Readonly<Record<string, ScenarioTier>>;

interface Given {
  readonly profile: MeasuredProfile;
  readonly policy: Policy | undefined;
  readonly tiers: TiersById;
  readonly assumptions: Assumptions;
}

/** Pass rate that earns a tier the verdict `route`, where no policy says another. */
const ROUTE_PASS_RATE = 0.95;

/** The profiled tasks that the policy has, with their share of the traffic. */
export function tasksOf(given: Given): Tasks {
  const { profile, policy } = given;
  const shares = sharesOf(profile, policy);
  const ids = Object.keys(profile.tasks).filter((id) => shares.has(id));
  const routed = new Map(ids.map((id) => [id, routedOf(given, id)]));
  const tasks = ids.map((id) => taskOf(given, id, shares.get(id) as number, routed.get(id)?.rungs ?? []));
  const usable = tasks.filter(({ rungs }) => rungs.length > 0);
  if (usable.length === 0)
    throw new ImpossibleProjection(
      `no task of the profile (${Object.keys(profile.tasks).join(', ') || 'it has none'}) has traffic and a tier in the policy`,
    );
  if (!usable.some(isMeasured))
    throw new ImpossibleProjection(
      `no answer to ${usable.map(({ id }) => id).join(', ')} has a verdict, so there is nothing to project; profile again`,
    );
  if (!Object.values(profile.tiers).some(hasTokens))
    throw new ImpossibleProjection('the profile has no token counts, so no call can be priced');
  const total = usable.reduce((sum, { share }) => sum + share, 0);
  return {
    tasks: usable.map((task) => ({ ...task, share: task.share / total })),
    notes: [
      ...mixNotes(profile, policy, shares),
      ...tasks.filter(({ rungs }) => rungs.length === 0).map(({ id }) => `${id} has no tier it may use; left out`),
      ...usable.flatMap(({ id }) => baselineNote(id, profile, policy)),
      ...usable.flatMap((task) => ladderNotes(task, profile)),
      ...usable.flatMap(({ id }) => routed.get(id)?.notes ?? []),
    ],
    routedAs: policy === undefined || usable.some(({ id }) => routed.get(id)?.isAssumed) ? 'profile' : 'policy',
  };
}

/** With what is to be said of it. */
function routedOf(given: Given, id: string): RoutedTask {
  const { profile, policy, tiers } = given;
  const measured = profile.tasks[id] as MeasuredTask;
  const task = policy?.tasks[id];
  const allowed = allowedTiers(policy, task, tiers);
  const ladder = (task?.ladder ?? measured.ladder).filter((tier) => allowed.includes(tier));
  const routed = routedTask({ id, policy, measured, ladder, tellsClimbs: toldOf(profile) });
  if (routed.isAssumed && measured.routing === undefined)
    return {
      ...routed,
      notes: [`the profile does not say how ${id} was routed: taken as profiled, whatever the policy says`],
    };
  if (task === undefined || !isCheckedOtherwise(task, measured)) return routed;
  const note = `${id} is not checked as it was profiled: which answers go up is taken from the checks it was profiled with`;
  return { ...routed, notes: [...routed.notes, note], isAssumed: true };
}

/** By the declared weights; where no profiled task has one, by the corpus. */
function sharesOf(profile: MeasuredProfile, policy: Policy | undefined): Map<string, number> {
  const ids = Object.keys(profile.tasks).filter((id) => policy === undefined || policy.tasks[id] !== undefined);
  const declared = ids.filter((id) => (policy?.tasks[id]?.weight ?? 0) > 0);
  if (declared.length > 0) return new Map(declared.map((id) => [id, policy?.tasks[id]?.weight ?? 0]));
  const { mix, byTask } = profile.corpus;
  const rows = new Map(ids.map((id) => [id, (mix ?? byTask)[id] ?? 0]));
  return new Map([...rows].filter(([, count]) => count > 0));
}

function mixNotes(
  profile: MeasuredProfile,
  policy: Policy | undefined,
  shares: ReadonlyMap<string, number>,
): readonly string[] {
  if (policy === undefined) return [];
  const absent = Object.keys(profile.tasks).filter((id) => policy.tasks[id] === undefined);
  const unweighted = Object.keys(profile.tasks).filter((id) => policy.tasks[id] !== undefined && !shares.has(id));
  const unprofiled = Object.values(policy.tasks).filter((task) => (task.weight ?? 0) > 0 && !profile.tasks[task.id]);
  const weight = unprofiled.reduce((sum, task) => sum + (task.weight ?? 0), 0);
  const all = weight + [...shares.values()].reduce((sum, each) => sum + each, 0);
  const part = percent(weight / all);
  return [
    ...absent.map((id) => `${id} was profiled and is not in the policy; left out`),
    ...unweighted.map((id) => `${id} has no share of the traffic (weight); left out`),
    ...(unprofiled.length === 0
      ? []
      : [`${unprofiled.map(({ id }) => id).join(', ')}: ${part} of the declared traffic has no profile; left out`]),
  ];
}

function isMeasured({ passRates }: ScenarioTask): boolean {
  return Object.keys(passRates).length > 0;
}

function baselineNote(id: string, profile: MeasuredProfile, policy: Policy | undefined): string[] {
  if (known(profile.tasks[id]?.baseline ?? {}) || known(policy?.tasks[id]?.baseline ?? {})) return [];
  return [`${id} has no baseline: its escalations are taken from single tiers in profiling`];
}

function ladderNotes({ id, rungs }: ScenarioTask, profile: MeasuredProfile): string[] {
  const { tiers, baseline } = profile.tasks[id] as MeasuredTask;
  const ladder = rungs.map(({ tier }) => tier);
  const unmeasured = ladder.slice(0, -1).filter((tier) => tiers[tier] === undefined);
  const isBlank = Object.keys(tiers).length === 0;
  const gone = Object.entries(baseline.mix ?? {}).filter(([tier, part]) => part > 0 && !ladder.includes(tier));
  return [
    ...(isBlank ? [`no answer to ${id} has a verdict: whether a tier is good enough for it is not known`] : []),
    ...unmeasured.map((tier) => `${tier} was not profiled on ${id}: its answers are taken to pass`),
    ...gone.map(([tier]) => `${tier} is in the baseline of ${id} and not in its ladder: its share goes to the others`),
  ];
}

function taskOf(given: Given, id: string, share: number, rungs: ScenarioTask['rungs']): ScenarioTask {
  const { profile, policy, tiers, assumptions } = given;
  const measured = profile.tasks[id] as MeasuredTask;
  const task = policy?.tasks[id];
  const tokens = Object.fromEntries(Object.keys(tiers).map((tier) => [tier, tokensFor(profile, measured, tier)]));
  const first = tokens[rungs[0]?.tier ?? ''] ?? { input: 0, output: 0 };
  return {
    id,
    share,
    rungs,
    tokens,
    passRates: Object.fromEntries(Object.entries(measured.tiers).map(([tier, { passRate }]) => [tier, passRate])),
    target: task?.target.passRate ?? ROUTE_PASS_RATE,
    allowed: allowedTiers(policy, task, tiers),
    choosing: task === undefined ? [] : choosingCallsOf(task, first, assumptions),
    judges: task === undefined ? [] : judgesOf(task, assumptions),
    cached: task?.cache !== undefined,
  };
}

/** Recorded answers need not tell of their tokens; none at all is what no call uses. */
function hasTokens({ inputTokens, outputTokens }: MeasuredCalls): boolean {
  return inputTokens + outputTokens > 0;
}

function toldOf({ tasks }: MeasuredProfile): boolean {
  return Object.values(tasks).some(({ tiers }) => Object.values(tiers).some(({ climb }) => climb !== undefined));
}

function allowedTiers(policy: Policy | undefined, task: Task | undefined, tiers: TiersById): readonly string[] {
  const ids = Object.keys(tiers);
  if (policy === undefined || task === undefined) return ids;
  return ids.filter((id) => {
    const tier = policy.tiers[id];
    return tier?.enabled === true && mayTravel(policy, task, tier);
  });
}

/** The task's own means on the tier, else the tier's over all tasks, else the task's over the tiers that were measured. */
function tokensFor(profile: MeasuredProfile, { calls = {} }: MeasuredTask, tier: string): Tokens {
  const own = [calls[tier], profile.tiers[tier]].find((call) => call !== undefined && hasTokens(call));
  if (own !== undefined) return { input: own.inputTokens, output: own.outputTokens };
  const ofTask = Object.values(calls).filter(hasTokens);
  const others = ofTask.length > 0 ? ofTask : Object.values(profile.tiers).filter(hasTokens);
  const mean = (pick: (call: (typeof others)[number]) => number): number =>
    others.length === 0 ? 0 : others.reduce((sum, call) => sum + pick(call), 0) / others.length;
  return { input: mean((call) => call.inputTokens), output: mean((call) => call.outputTokens) };
}
