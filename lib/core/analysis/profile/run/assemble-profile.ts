import type { Policy, Task, Tier } from '../../../types-policy';
import { type RouterBill, routerBills } from '../../project/router-bill';
import { hashShare } from '../../statistics/hash-share';
import { seededRandom } from '../../statistics/seeded-random';
import { isAdversarial, ordinaryRows } from '../answer-table';
import { taskAsProfiled, withTasks } from '../as-profiled';
import { calibrateMargins } from '../calibrate-margins';
import { certify, riskOf } from '../certify';
import { type JudgedTwice, judgeAgreement } from '../judge-agreement';
import { passRates } from '../pass-rates';
import { type PowerRow, powerTable } from '../power-table';
import type { Certification, Profile, TaskProfile, TaskRouting, TierProfile } from '../profile-document';
import type { TaskExtras } from '../report/report-extras';
import { ruleWarnings } from '../rule-warnings';
import type { RowGuide } from '../serve-corpus';
import { type Stability, stabilityOf } from '../stability';
import { taskBaseline } from '../task-baseline';
import { taskRouting } from '../task-routing';
import { type WorthReport, worthOf } from '../worth';
import type { AnswerColumns } from './answer-columns';
import { type CallMeans, callMeans } from './call-means';
import type { CorpusIndex, IndexedRow } from './corpus-index';
import { corpusMix } from './corpus-mix';
import type { Exclusions, RowFacts } from './row-facts';

/** A task of a profile with all that was found of it. */
export interface ProfiledTask extends TaskProfile, TaskExtras {
  readonly worth: WorthReport;
  readonly calls: Readonly<Record<string, CallMeans>>;
  readonly routing: TaskRouting;
  /** Rows needed for a chance of 80 % to be certified, by the true failure rate. */
  readonly power: readonly PowerRow[];
  /** Rows that a guard kept from a tier, by its word. */
  readonly exclusions?: Exclusions[string];
}

/** `profile.json` as it is written. */
export interface FullProfile extends Profile {
  /** Names the profile: the same for the same policy and corpus. */
  readonly profile: string;
  /** ISO 8601, UTC. */
  readonly profiledAt: string;
  readonly seed: number;
  readonly tasks: Readonly<Record<string, ProfiledTask>>;
  readonly warnings: readonly string[];
}

/** All that a profile is made of. */
export interface Findings {
  readonly policy: Policy;
  readonly corpus: CorpusIndex;
  /** By task: the tiers that its rows were asked of. */
  readonly tiers: ReadonlyMap<string, readonly string[]>;
  readonly answers: AnswerColumns;
  readonly facts: RowFacts;
  /** Requests a month of all tasks together; absent: the policy's, if it says. */
  readonly volume?: number;
  /** Answers that a judge model and a person have judged, by task. */
  readonly judgedTwice: ReadonlyMap<string, readonly JudgedTwice[]>;
  readonly profile: string;
  readonly profiledAt: string;
  readonly seed: number;
  readonly warnings: readonly string[];
}

type WithoutWorth = Omit<ProfiledTask, 'worth'> & { readonly stability: Stability };

/** What follows from the answers. The same for the same answers, whatever the order in which they came. */
export function assembleProfile(findings: Findings): FullProfile {
  const { policy, corpus, profile, profiledAt, seed, warnings } = findings;
  const tasks = [...corpus.tasks].filter(([id]) => findings.tiers.has(id));
  const asked = new Set(tasks.flatMap(([id]) => findings.tiers.get(id) ?? []));
  const measured = Object.fromEntries(
    tasks.map(([id, rows]) => [id, measureTask(policy.tasks[id] as Task, rows, findings)]),
  );
  const asProfiled = withTasks(
    policy,
    Object.entries(measured).map(([id, { certified }]) => taskAsProfiled(policy, policy.tasks[id] as Task, certified)),
  );
  const common = {
    schema: 1,
    policy: { id: policy.id, version: policy.version },
    profile,
    profiledAt,
    seed,
    corpus: {
      n: corpus.rows.length,
      byTask: Object.fromEntries(tasks.map(([id, rows]) => [id, rows.length])),
      mix: corpusMix(new Map(tasks)),
    },
    tiers: Object.fromEntries(
      Object.values(policy.tiers).flatMap((tier) => {
        const found = asked.has(tier.id) ? tierProfile(tier, findings) : undefined;
        return found === undefined ? [] : [[tier.id, found]];
      }),
    ),
    warnings: [...warnings, ...tasks.flatMap(([id]) => ruleWarnings(asProfiled, asProfiled.tasks[id] as Task))],
  } as const;
  const volume = volumeOf(findings);
  const traffic = { policy: asProfiled, atMs: Date.parse(profiledAt), ...(volume !== undefined && { volume }) };
  const routers = routerBills({ ...common, tasks: measured }, traffic);
  const withWorth = Object.entries(measured).map(([id, task]) => [
    id,
    { ...task, worth: taskWorth(policy.tasks[id] as Task, task, findings, routers.get(id)) },
  ]);
  return { ...common, tasks: Object.fromEntries(withWorth) };
}

function tierProfile(tier: Tier, { corpus, answers }: Findings): TierProfile | undefined {
  const means = callMeans(tier.id, ordinaryRows(corpus.rows), answers);
  if (means === undefined) return undefined;
  const { n: _, ...figures } = means;
  return { model: tier.model, price: tier.prices, ...figures };
}

function measureTask(task: Task, rows: readonly IndexedRow[], findings: Findings): WithoutWorth {
  const { policy, answers, facts } = findings;
  const asked = findings.tiers.get(task.id) ?? [];
  const rates = passRates(asked, rows, answers, task.target.confidence);
  const calls = callsOf(asked, rows, answers);
  const stability = stabilityOf(answers.repeats(task.id));
  const judge = agreementOf(task, findings);
  const certified = certify({
    task,
    rows,
    answers,
    costUsd: known(calls.meanCostUsd),
    confidenceRouting: stability.confidenceRouting,
    ...(judge && { judge }),
  });
  const guide = guideOf(task, certified, facts);
  const played = { task, certification: certified, rows, answers };
  const { profile, profiledAt } = findings;
  const dimensions = facts.dimensionsOf(rows);
  const exclusions = facts.exclusions[task.id];
  const calibration = byTier(asked, (tier) => calibrateMargins(tier, rows, answers));
  return {
    ladder: task.ladder,
    ...rates,
    certified,
    baseline: taskBaseline({ ...played, ...guide, dimensions, profiledAt, profile }),
    routing: taskRouting({
      ...played,
      policy,
      guideOf: (manner, tier) => ({ ...guide, startOf: facts.startOf(task, manner, tier) }),
      asProfiled: guide,
    }),
    owner: task.owner,
    target: task.target,
    ...calls,
    stability,
    power: powerTable(riskOf(task.target.passRate), task.target.confidence),
    ...(exclusions && { exclusions, excluded: countsOf(exclusions) }),
    ...(judge && { judge }),
    ...(Object.keys(calibration).length > 0 && { calibration }),
  };
}

/** What calls used, by tier; those for rows that try to break it apart. */
function callsOf(
  asked: readonly string[],
  rows: readonly IndexedRow[],
  answers: AnswerColumns,
): Pick<ProfiledTask, 'calls' | 'adversarialCalls'> & { readonly meanCostUsd: Record<string, number | null> } {
  const calls = byTier(asked, (tier) => callMeans(tier, ordinaryRows(rows), answers));
  const adversarialCalls = byTier(asked, (tier) => callMeans(tier, rows.filter(isAdversarial), answers));
  return {
    calls,
    ...(Object.keys(adversarialCalls).length > 0 && { adversarialCalls }),
    meanCostUsd: Object.fromEntries(Object.entries(calls).map(([tier, call]) => [tier, call.meanCostUsd])),
  };
}

function taskWorth(
  task: Task,
  measured: WithoutWorth,
  findings: Findings,
  router: RouterBill | undefined,
): WorthReport {
  const { corpus, answers, facts, seed } = findings;
  const { certified, stability } = measured;
  const monthlyRequests = monthlyRequestsOf(task, findings);
  return worthOf({
    task,
    certification: certified,
    rows: corpus.tasks.get(task.id) ?? [],
    answers,
    stability,
    ...guideOf(task, certified, facts),
    ...(router && { router }),
    ...(monthlyRequests !== undefined && { monthlyRequests }),
    random: seededRandom(hashShare(`${seed} ${task.id}`) * 2 ** 32),
  });
}

function guideOf(task: Task, certified: Certification, facts: RowFacts): RowGuide {
  return { startOf: facts.startAsProfiled(task, certified), excludedFrom: (row) => facts.excludedFrom(row) };
}

function known(costUsd: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(costUsd).flatMap(([tier, usd]) => (usd === null ? [] : [[tier, usd]])));
}

/** Only tiers of which there is something to say. */
function byTier<Said>(tiers: readonly string[], sayOf: (tier: string) => Said | undefined): Record<string, Said> {
  const all: Record<string, Said> = {};
  for (const tier of tiers) {
    const said = sayOf(tier);
    if (said !== undefined) all[tier] = said;
  }
  return all;
}

/** Of a task that a model judges, as far as people have judged the same answers. */
function agreementOf({ id, oracle }: Task, { judgedTwice }: Findings) {
  const pairs = judgedTwice.get(id) ?? [];
  return oracle.some(({ kind }) => kind === 'judge') && pairs.length > 0 ? judgeAgreement(pairs) : undefined;
}

/** A month without requests is one of which nobody has said anything. */
function volumeOf({ volume, policy }: Findings): number | undefined {
  return volume ?? (policy.traffic?.monthlyRequests || undefined);
}

/** The task's part of the traffic, by the declared weights; where no task has one, by the corpus. */
function monthlyRequestsOf({ id, weight = 0 }: Task, findings: Findings): number | undefined {
  const { policy, corpus } = findings;
  const volume = volumeOf(findings);
  if (volume === undefined) return undefined;
  const declared = Object.values(policy.tasks).reduce((sum, task) => sum + (task.weight ?? 0), 0);
  if (declared > 0) return weight === 0 ? undefined : (volume * weight) / declared;
  return volume * (corpusMix(corpus.tasks)[id] ?? 0);
}

function countsOf(exclusions: Exclusions[string]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(exclusions).map(([tier, reasons]) => [
      tier,
      Object.values(reasons).reduce((sum: number, count) => sum + (count ?? 0), 0),
    ]),
  );
}
