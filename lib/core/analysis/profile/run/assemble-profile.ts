import type { Policy, Task, Tier } from '../../../types-policy';
import { hashShare } from '../../statistics/hash-share';
import { seededRandom } from '../../statistics/seeded-random';
import { calibrateMargins, type MarginCalibration } from '../calibrate-margins';
import { certify, riskOf } from '../certify';
import { type JudgedTwice, judgeAgreement } from '../judge-agreement';
import { passRates } from '../pass-rates';
import { type PowerRow, powerTable } from '../power-table';
import type { Profile, TaskProfile, TierProfile } from '../profile-document';
import type { TaskExtras } from '../report/report-extras';
import { stabilityOf } from '../stability';
import { planOf, taskBaseline } from '../task-baseline';
import { type WorthReport, worthOf } from '../worth';
import type { AnswerColumns } from './answer-columns';
import { type CallMeans, callMeans } from './call-means';
import type { CorpusIndex, IndexedRow } from './corpus-index';
import type { Exclusions, RowFacts } from './row-facts';

/** A task of a profile with all that was found of it. */
export interface ProfiledTask extends TaskProfile, TaskExtras {
  readonly worth: WorthReport;
  readonly calls: Readonly<Record<string, CallMeans>>;
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
  /** Answers that a judge model and a person have judged, by task. */
  readonly judgedTwice: ReadonlyMap<string, readonly JudgedTwice[]>;
  readonly profile: string;
  readonly profiledAt: string;
  readonly seed: number;
  readonly warnings: readonly string[];
}

/** What follows from the answers. The same for the same answers, whatever the order in which they came. */
export function assembleProfile(findings: Findings): FullProfile {
  const { policy, corpus, profile, profiledAt, seed, warnings } = findings;
  const tasks = [...corpus.tasks].filter(([id]) => findings.tiers.has(id));
  const asked = new Set(tasks.flatMap(([id]) => findings.tiers.get(id) ?? []));
  return {
    schema: 1,
    policy: { id: policy.id, version: policy.version },
    profile,
    profiledAt,
    seed,
    corpus: {
      n: corpus.rows.length,
      byTask: Object.fromEntries(tasks.map(([id, rows]) => [id, rows.length])),
    },
    tiers: Object.fromEntries(
      Object.values(policy.tiers).flatMap((tier) => {
        const measured = asked.has(tier.id) ? tierProfile(tier, findings) : undefined;
        return measured === undefined ? [] : [[tier.id, measured]];
      }),
    ),
    tasks: Object.fromEntries(tasks.map(([id, rows]) => [id, profileTask(policy.tasks[id] as Task, rows, findings)])),
    warnings,
  };
}

function tierProfile(tier: Tier, { corpus, answers }: Findings): TierProfile | undefined {
  const means = callMeans(tier.id, corpus.rows, answers);
  if (means === undefined) return undefined;
  const { n: _, ...figures } = means;
  return { model: tier.model, price: tier.prices, ...figures };
}

function profileTask(task: Task, rows: readonly IndexedRow[], findings: Findings): ProfiledTask {
  const { answers, facts, seed } = findings;
  const asked = findings.tiers.get(task.id) ?? [];
  const rates = passRates(asked, rows, answers, task.target.confidence);
  const calls = callsOf(asked, rows, answers);
  const meanCostUsd = Object.fromEntries(Object.entries(calls).map(([tier, call]) => [tier, call.meanCostUsd]));
  const stability = stabilityOf(answers.repeats(task.id));
  const judge = agreementOf(task, findings);
  const certified = certify({
    task,
    rows,
    answers,
    costUsd: meanCostUsd,
    confidenceRouting: stability.confidenceRouting,
    ...(judge && { judge }),
  });
  const startOf = facts.startOf(task, planOf(task, certified).start);
  const monthlyRequests = monthlyRequestsOf(task, findings);
  const worth = worthOf({
    task,
    certification: certified,
    rows,
    answers,
    stability,
    startOf,
    ...(monthlyRequests !== undefined && { monthlyRequests }),
    random: seededRandom(hashShare(`${seed} ${task.id}`) * 2 ** 32),
  });
  const { profile, profiledAt } = findings;
  const dimensions = facts.dimensionsOf(rows);
  const exclusions = facts.exclusions[task.id];
  const calibration = calibrationsOf(asked, rows, answers);
  return {
    ladder: task.ladder,
    ...rates,
    certified,
    worth,
    baseline: taskBaseline({ task, certification: certified, rows, answers, startOf, dimensions, profiledAt, profile }),
    owner: task.owner,
    target: task.target,
    calls,
    meanCostUsd,
    stability,
    power: powerTable(riskOf(task.target.passRate), task.target.confidence),
    ...(exclusions && { exclusions, excluded: countsOf(exclusions) }),
    ...(judge && { judge }),
    ...(Object.keys(calibration).length > 0 && { calibration }),
  };
}

function callsOf(tiers: readonly string[], rows: readonly IndexedRow[], answers: AnswerColumns) {
  const calls: Record<string, CallMeans> = {};
  for (const tier of tiers) {
    const means = callMeans(tier, rows, answers);
    if (means !== undefined) calls[tier] = means;
  }
  return calls;
}

function calibrationsOf(tiers: readonly string[], rows: readonly IndexedRow[], answers: AnswerColumns) {
  const calibrations: Record<string, MarginCalibration> = {};
  for (const tier of tiers) {
    const calibration = calibrateMargins(tier, rows, answers);
    if (calibration !== undefined) calibrations[tier] = calibration;
  }
  return calibrations;
}

/** Of a task that a model judges, as far as people have judged the same answers. */
function agreementOf({ id, oracle }: Task, { judgedTwice }: Findings) {
  const pairs = judgedTwice.get(id) ?? [];
  return oracle.some(({ kind }) => kind === 'judge') && pairs.length > 0 ? judgeAgreement(pairs) : undefined;
}

/** The task's part of the declared traffic. */
function monthlyRequestsOf({ weight }: Task, { policy }: Findings): number | undefined {
  const total = Object.values(policy.tasks).reduce((sum, task) => sum + (task.weight ?? 0), 0);
  const requests = policy.traffic?.monthlyRequests;
  return requests === undefined || weight === undefined || total === 0 ? undefined : (requests * weight) / total;
}

function countsOf(exclusions: Exclusions[string]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(exclusions).map(([tier, reasons]) => [
      tier,
      Object.values(reasons).reduce((sum: number, count) => sum + (count ?? 0), 0),
    ]),
  );
}
