import type { Task } from '../../types-policy';
import type { RouterBill } from '../project/router-bill';
import { type AnswerTable, ordinaryRows, type SampleRow } from './answer-table';
import {
  balanceCascade,
  breakEvenVolume,
  type CascadeBalance,
  classifierOverhead,
  type Overhead,
  type RuleOfThumb,
  rulesOfThumb,
} from './break-even';
import { certifiesWhole } from './certify';
import type { Certification, Worth } from './profile-document';
import { recommend } from './recommend';
import { eachAlone, type PolicyFigures, type ReferencePolicies, referencePolicies } from './reference-policies';
import { type RowGuide, type ServedCorpusRow, serveCorpus } from './serve-corpus';
import type { Stability } from './stability';
import { planOf } from './task-baseline';
import { bestSingle, cheapestFirst, type TierMeans, tierMeans } from './tier-means';

export interface WorthInput extends RowGuide {
  readonly task: Pick<Task, 'ladder' | 'route' | 'start' | 'target'>;
  readonly certification: Certification;
  /** The task's rows; adversarial ones are left out. */
  readonly rows: readonly SampleRow[];
  readonly answers: AnswerTable;
  readonly stability: Stability;
  /** What choosing a tier costs for each request. Default 0. */
  readonly classifierUsd?: number;
  /** The task's part of what the router itself costs; absent where it is not known. */
  readonly router?: RouterBill;
  /** Requests of the task a month, where they are known. */
  readonly monthlyRequests?: number;
  /** For the intervals; seeded, so that a profile can be made again. */
  readonly random: () => number;
}

/** `Worth` with all it was judged by. */
export interface WorthReport extends Worth {
  /** Rows with a verdict of every tier. */
  readonly n: number;
  readonly references?: ReferencePolicies;
  /** Each tier by itself, on the rows of the references. */
  readonly alone?: Readonly<Record<string, PolicyFigures>>;
  /** Of plans that begin on the ladder's first tier. */
  readonly cascade?: CascadeBalance;
  readonly classifier?: Overhead;
  /** Absent where the router's own bill or what is saved is not known. */
  readonly breakEven?: BreakEven;
}

export interface BreakEven extends RouterBill {
  /** Requests of the task a month from which what is saved covers the router; null where no number does. */
  readonly requests: number | null;
  readonly rules: readonly RuleOfThumb[];
}

/** With fewer rows nothing is recommended. */
export const LEAST_ROWS = 30;

/** Whether routing a task is worth it, against the policies that need no router. */
export function worthOf(input: WorthInput): WorthReport {
  const { task, answers } = input;
  const rows = ordinaryRows(input.rows);
  const ladder = task.ladder.filter((tier) => rows.some(({ id }) => answers.judged(tier, id)));
  const complete = rows.filter(({ id }) => ladder.every((tier) => answers.judged(tier, id)));
  const served = serveCorpus(planOf(task, input.certification, input), complete, answers);
  const difficulty = { ...spread(ladder, complete, answers), stability: input.stability.stability };
  const means = ladder.map((tier) => tierMeans(tier, complete, answers));
  const byCost = cheapestFirst(means);
  const single = bestSingle(byCost, task.target.passRate);
  const common = { ...difficulty, n: served.length, bestSingle: single?.tier ?? task.start };
  if (served.length < LEAST_ROWS || !single)
    return { ...common, recommendation: 'not-enough-rows', why: tooFew(served.length) };

  const play = { ladder, served, answers, random: input.random };
  const alone = eachAlone(play);
  const order = byCost.map(({ tier }) => tier);
  const references = referencePolicies({ ...play, alone, bestSingle: single.tier, byCost: order });
  const classifierUsd = input.classifierUsd ?? 0;
  const { costUsd } = references.difference;
  const savingUsd = costUsd === null ? null : -costUsd;
  const breakEven = breakEvenOf(input, savingUsd, meanTokens(served, answers));
  const cascade = cascadeOf(served, means, classifierUsd, task.route);
  return {
    ...common,
    ...recommend({
      references,
      single,
      singleIsCertified: certifiesWhole(input.certification, single.tier),
      target: task.target.passRate,
      used: [...new Set(served.map(({ tier }) => tier))],
      unpriced: means.filter((tier) => tier.costUsd === null).map(({ tier }) => tier),
      classifierUsd,
      ...(breakEven && { breakEven: breakEven.requests }),
      ...(input.monthlyRequests !== undefined && { monthlyRequests: input.monthlyRequests }),
    }),
    references,
    alone,
    ...(cascade && { cascade }),
    ...(savingUsd !== null && { classifier: classifierOverhead(classifierUsd, savingUsd) }),
    ...(breakEven && { breakEven }),
  };
}

function breakEvenOf(
  { router, classifierUsd = 0 }: WorthInput,
  savingUsd: number | null,
  tokens: number,
): BreakEven | undefined {
  if (router === undefined || savingUsd === null) return undefined;
  const requests = breakEvenVolume(router.fixedMonthlyUsd, savingUsd - classifierUsd - router.requestUsd);
  return {
    requests,
    fixedMonthlyUsd: router.fixedMonthlyUsd,
    requestUsd: router.requestUsd,
    rules: rulesOfThumb(tokens),
  };
}

function tooFew(n: number): string {
  return `${n} ${n === 1 ? 'row has' : 'rows have'} a verdict of every tier; below ${LEAST_ROWS} nothing can be said`;
}

/** Shares of the rows on which all tiers agree, and on which they do not. */
function spread(
  ladder: readonly string[],
  complete: readonly SampleRow[],
  answers: AnswerTable,
): Pick<Worth, 'bimodality' | 'borderline'> {
  const alike = complete.filter(({ id }) => new Set(ladder.map((tier) => answers.judged(tier, id)?.pass)).size === 1);
  const bimodality = complete.length === 0 ? 0 : weightOf(alike) / weightOf(complete);
  return { bimodality, borderline: complete.length === 0 ? 0 : 1 - bimodality };
}

function weightOf(rows: readonly SampleRow[]): number {
  return rows.reduce((sum, { weight }) => sum + weight, 0);
}

function cascadeOf(
  served: readonly ServedCorpusRow[],
  means: readonly TierMeans[],
  classifierUsd: number,
  route: Task['route'],
): CascadeBalance | undefined {
  const begun = served.filter(({ upRouted }) => !upRouted);
  const [cheap, frontier] = [means[0], means.at(-1)];
  if (begun.length === 0 || !cheap || !frontier || cheap === frontier) return undefined;
  const [cheapUsd, frontierUsd] = [cheap.costUsd, frontier.costUsd];
  if (cheapUsd === null || frontierUsd === null || frontierUsd <= 0) return undefined;
  const climbed = begun.filter(({ escalated }) => escalated);
  const escalation = weightOf(climbed.map(({ row }) => row)) / weightOf(begun.map(({ row }) => row));
  const verifierUsd = route === 'cascade' ? cheap.judgeUsd : 0;
  return balanceCascade({ classifierUsd, cheapUsd, verifierUsd, frontierUsd }, escalation);
}

function meanTokens(served: readonly ServedCorpusRow[], answers: AnswerTable): number {
  const tokens = served.map(({ row, tier }) => {
    const answer = answers.judged(tier, row.id);
    return answer ? answer.inputTokens + answer.outputTokens : 0;
  });
  return tokens.reduce((sum, count) => sum + count, 0) / tokens.length;
}
