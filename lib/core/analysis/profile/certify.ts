import { shortPercent } from '../../figures';
import type { Task } from '../../types-policy';
import { type AnswerTable, isAdversarial, ordinaryRows, type SampleRow } from './answer-table';
import { findThreshold, type MarginRow } from './find-threshold';
import type { JudgeAgreement } from './judge-agreement';
import type { Certification } from './profile-document';
import { leastFailing, refusalOf } from './refusal';
import { countSample, rateBounds, type SampleCount } from './sample-count';
import { type TierTest, testTiers } from './test-tiers';

export interface CertifyInput {
  readonly task: Pick<Task, 'ladder' | 'route' | 'target' | 'oracle'>;
  /** The task's rows; adversarial ones are left out here. */
  readonly rows: readonly SampleRow[];
  readonly answers: AnswerTable;
  /** Mean cost of a call to a tier. */
  readonly costUsd: Readonly<Record<string, number>>;
  /** False where the task's answers are too unstable to be routed by confidence; see `stabilityOf`. */
  readonly confidenceRouting?: boolean;
  /** How the judge among the task's oracles agrees with people, where that was measured. */
  readonly judge?: JudgeAgreement;
}

type Certified = Exclude<Certification, { readonly refused: string }>;

interface Offer {
  readonly costUsd: number;
  readonly certified: Certified;
}

/** A threshold that keeps fewer answers than this on its tier is not worth its upkeep. */
const LEAST_ACCEPTED = 0.1;

/**
 * The cheapest tier, or the threshold on the ladder's first one, whose failure rate is at most 1 - `target.passRate`, or
 * why there is none. The chance that what is certified fails more often than that is at most 1 - `target.confidence` for
 * all tiers and thresholds together: `testTiers` and `findThreshold` say how. Whether a task's rows stand for its traffic
 * is the corpus's affair. Rows whose call failed have no verdict and do not count. Rows that share a group count as one
 * that fails if any of them does, and rows of unequal weight as if only the heaviest failed.
 */
export function certify(input: CertifyInput): Certification {
  const { target } = input.task;
  const risk = riskOf(target.passRate);
  if (risk <= 0) return refusalOf([], risk, target.confidence);
  const perRow = (tier?: string): number => corpusRowsPerRow(input, tier);
  const disowned = disownedTiers(input);
  const level = 1 - target.confidence;
  const tests = testTiers(samplesFromTheTop(input), risk, level);
  const common = { risk, confidence: target.confidence, ...noteOf(input, tests, disowned) };
  const offers = tests
    .filter(({ certified }) => certified)
    .map(({ tier, count }) => offer(costOf(input, tests, tier), tier, count, common));
  const partly = thresholdOffer(input, tests, common);
  if (partly) offers.push(partly);
  // The tests run from the top down, so of equal cost the last is the lowest.
  const cheapest = offers.reduce<Offer | undefined>(
    (best, next) => (best && best.costUsd < next.costUsd ? best : next),
    undefined,
  );
  if (cheapest === undefined) {
    const { refused, needed } = refusalOf(tests, risk, target.confidence, { perRow });
    return { refused: [...disowned, refused].join('; '), needed };
  }
  const cheaper = cheaperRefused(input, tests, cheapest);
  return { ...cheapest.certified, ...(cheaper && { cheaper }) };
}

/** What would be saved by more rows: tiers that cost less than the certified one and were refused. */
function cheaperRefused(input: CertifyInput, tests: readonly TierTest[], best: Offer): Certified['cheaper'] {
  const { tier: found, risk, confidence } = best.certified;
  const among = tests.filter(
    ({ tier, certified }) => !certified && tier !== found && costOf(input, tests, tier) < best.costUsd,
  );
  if (among.length === 0) return undefined;
  const { tier } = leastFailing(among);
  return { tier, ...refusalOf(tests, risk, confidence, { among, perRow: (of) => corpusRowsPerRow(input, of) }) };
}

/** Whether every answer of this tier may go: beside a threshold on the first tier, those above it are certified whole. */
export function certifiesWhole(certified: Certification, tier: string): boolean {
  if ('refused' in certified) return false;
  return certified.threshold === undefined ? certified.tier === tier : certified.tier !== tier;
}

/** Free of the dust of a subtraction. */
export function riskOf(passRate: number): number {
  return Number((1 - passRate).toFixed(12));
}

function samplesFromTheTop({ task, rows, answers }: CertifyInput): { tier: string; count: SampleCount }[] {
  return [...task.ladder]
    .reverse()
    .map((tier) => ({
      tier,
      count: countSample(marginRows(tier, rows, answers).map(({ row, failed }) => ({ row, event: failed }))),
    }))
    .filter(({ count }) => count.units > 0);
}

function marginRows(tier: string, rows: readonly SampleRow[], answers: AnswerTable): MarginRow[] {
  return rows.flatMap((row) => {
    const answer = isAdversarial(row) ? undefined : answers.judged(tier, row.id);
    if (!answer || answers.disowned(tier, row.id) !== undefined) return [];
    return { row, failed: !answer.pass, ...(answer.margin !== undefined && { margin: answer.margin }) };
  });
}

/** Where not every cost is known, the ladder's order stands for them. */
function costOf({ task, costUsd }: CertifyInput, tests: readonly TierTest[], tier: string): number {
  const known = tests.every((test) => costUsd[test.tier] !== undefined);
  return known ? (costUsd[tier] as number) : task.ladder.indexOf(tier);
}

type Common = Pick<Certified, 'risk' | 'confidence' | 'note'>;

function offer(costUsd: number, tier: string, count: SampleCount, common: Common): Offer {
  const bound = rateBounds(count, common.confidence).high;
  return { costUsd, certified: { tier, ...common, n: count.rows, bound } };
}

/** What is left goes up, so it is asked only of the first tier of a ladder that climbs, with all tiers above certified. */
function thresholdOffer(input: CertifyInput, tests: readonly TierTest[], common: Common): Offer | undefined {
  const { ladder, route, target } = input.task;
  const first = tests.at(-1);
  const next = tests.at(-2);
  if (!first || !next || first.tier !== ladder[0] || first.certified || route === 'static') return undefined;
  if (input.confidenceRouting === false || !tests.slice(0, -1).every(({ certified }) => certified)) return undefined;
  const rows = marginRows(first.tier, input.rows, input.answers);
  const found = findThreshold(rows, common.risk, 1 - target.confidence);
  if (!found || found.accepted < LEAST_ACCEPTED) return undefined;
  const { costUsd, certified } = offer(costOf(input, tests, first.tier), first.tier, found.count, common);
  const above = costOf(input, tests, next.tier);
  return {
    costUsd: costUsd + (1 - found.accepted) * above,
    certified: { ...certified, threshold: found.threshold, accepted: found.accepted },
  };
}

/** A row can have a verdict of a tier where it is not adversarial and no guard kept it from there. */
function corpusRowsPerRow({ rows, answers }: CertifyInput, tier?: string): number {
  const ordinary = ordinaryRows(rows);
  const asked = tier === undefined ? ordinary : ordinary.filter(({ id }) => answers.call(tier, id) !== undefined);
  return asked.length === 0 ? 1 : rows.length / asked.length;
}

/** A line for each tier of which answers vouch for nothing, with why. */
function disownedTiers({ task, rows, answers }: CertifyInput): string[] {
  return task.ladder.flatMap((tier) => {
    const reasons = new Set(rows.flatMap(({ id }) => answers.disowned(tier, id) ?? []));
    return [...reasons].map((why) => `${tier} is not counted: ${why}`);
  });
}

function noteOf(
  { task, judge }: CertifyInput,
  tests: readonly TierTest[],
  disowned: readonly string[],
): Pick<Certified, 'note'> {
  const notes = [...disowned];
  if (task.oracle.some(({ kind }) => kind === 'judge') && !judge?.validated) notes.push(unvalidated(judge));
  if (tests.some(({ count }) => count.units < count.rows))
    notes.push('rows of one group count as one, which fails if any does');
  if (tests.some(({ count }) => count.heaviest > 1))
    notes.push('weights differ, so every failure counts as one of the heaviest');
  return notes.length === 0 ? {} : { note: notes.join('; ') };
}

function unvalidated(judge: JudgeAgreement | undefined): string {
  if (!judge || judge.n === 0) return 'passed by a judge model that no person has validated';
  return `passed by a judge model that agrees with people on ${judge.agreements} of ${judge.n} answers only, by at least ${shortPercent(judge.low, 1)}`;
}
