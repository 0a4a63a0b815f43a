import type { Bounds } from '../../exact-bounds';
import { bootstrapTotals } from '../statistics/bootstrap';
import { type AnswerTable, unitOf } from './answer-table';
import type { ServedCorpusRow } from './serve-corpus';

/** What a policy would make of a request of the task, on average, with 95 % intervals by bootstrap over groups. */
export interface PolicyFigures {
  readonly quality: number;
  /** Null where the cost of a row is not known. */
  readonly costUsd: number | null;
  readonly interval: { readonly quality: Bounds; readonly costUsd: Bounds | null };
}

/** What routing must beat to be worth anything. */
export interface ReferencePolicies {
  /** The profiled policy itself. */
  readonly routed: PolicyFigures;
  /** As many requests to each tier as the profiled policy sends there, drawn by lot. */
  readonly shareMatchedRandom: PolicyFigures;
  readonly bestSingle: PolicyFigures;
  readonly alwaysCheapest: PolicyFigures;
  /** The tier in the middle, of ladders of three and more. */
  readonly alwaysMid?: PolicyFigures;
  readonly alwaysFrontier: PolicyFigures;
  /** The cheapest tier that passes, as if known beforehand; where none does, the cheapest. */
  readonly oracle: PolicyFigures;
  /** The profiled policy less the best single tier, row by row. */
  readonly difference: PolicyFigures;
}

export interface ServedInput {
  /** Tiers with answers, in the ladder's order. */
  readonly ladder: readonly string[];
  /** Rows with a verdict of every tier, as the profiled policy serves them; at least one. */
  readonly served: readonly ServedCorpusRow[];
  readonly answers: AnswerTable;
  readonly random: () => number;
}

export interface ReferenceInput extends ServedInput {
  /** Of every tier of the ladder, as `eachAlone` has them. */
  readonly alone: Readonly<Record<string, PolicyFigures>>;
  readonly bestSingle: string;
  /** The cheapest first. */
  readonly byCost: readonly string[];
}

interface Outcome {
  readonly quality: number;
  /** NaN where it is not known, and so is every sum it enters. */
  readonly costUsd: number;
}

type Play = (served: ServedCorpusRow) => Outcome;

/** What each tier would make of all the rows by itself, on the same rows as the policies it is held against. */
export function eachAlone({ ladder, served, answers, random }: ServedInput): Record<string, PolicyFigures> {
  return Object.fromEntries(ladder.map((tier) => [tier, measured(served, always(tier, answers), random)]));
}

export function referencePolicies(input: ReferenceInput): ReferencePolicies {
  const { ladder, served, answers, alone, bestSingle, byCost, random } = input;
  const measure = (play: Play): PolicyFigures => measured(served, play, random);
  const routed: Play = outcome;
  const single = always(bestSingle, answers);
  const aloneOn = (tier: string): PolicyFigures => alone[tier] as PolicyFigures;
  const middle = ladder.length > 2 ? ladder[Math.floor((ladder.length - 1) / 2)] : undefined;
  return {
    routed: measure(routed),
    shareMatchedRandom: measure(byLot(ladder, served, answers)),
    bestSingle: aloneOn(bestSingle),
    alwaysCheapest: aloneOn(byCost[0] as string),
    ...(middle !== undefined && { alwaysMid: aloneOn(middle) }),
    alwaysFrontier: aloneOn(ladder.at(-1) as string),
    oracle: measure((one) => {
      const passing = byCost.find((tier) => answers.judged(tier, one.row.id)?.pass) ?? byCost[0];
      return always(passing as string, answers)(one);
    }),
    difference: measure((one) => {
      const [with_, without] = [routed(one), single(one)];
      return { quality: with_.quality - without.quality, costUsd: with_.costUsd - without.costUsd };
    }),
  };
}

function always(tier: string, answers: AnswerTable): Play {
  return ({ row }) => outcome(answers.judged(tier, row.id));
}

function outcome(answer: { readonly pass: boolean; readonly costUsd: number | null } | undefined): Outcome {
  return { quality: answer?.pass ? 1 : 0, costUsd: answer?.costUsd ?? Number.NaN };
}

/** What a lot with the router's own shares makes of a row, on average over all drawings. */
function byLot(ladder: readonly string[], served: readonly ServedCorpusRow[], answers: AnswerTable): Play {
  const weight = weightOf(served);
  const tiers = ladder.map((tier) => ({
    share: weightOf(served.filter((one) => one.tier === tier)) / weight,
    play: always(tier, answers),
  }));
  return (one) => {
    const outcomes = tiers.map(({ share, play }) => ({ share, ...play(one) }));
    return {
      quality: outcomes.reduce((sum, { share, quality }) => sum + share * quality, 0),
      // A tier to which nothing goes may cost what it will.
      costUsd: outcomes.reduce((sum, { share, costUsd }) => sum + (share === 0 ? 0 : share * costUsd), 0),
    };
  };
}

function weightOf(served: readonly ServedCorpusRow[]): number {
  return served.reduce((sum, { row }) => sum + row.weight, 0);
}

/** Draws of rows a figure may cost; with many groups fewer samples are as good. */
const MOST_DRAWS = 20_000_000;

function measured(served: readonly ServedCorpusRow[], play: Play, random: () => number): PolicyFigures {
  const groups = new Map<string, number[]>();
  const all = [0, 0, 0];
  for (const one of served) {
    const { quality, costUsd } = play(one);
    const sums = [one.row.weight, one.row.weight * quality, one.row.weight * costUsd];
    const group = groups.get(unitOf(one.row)) ?? [0, 0, 0];
    groups.set(unitOf(one.row), plus(group, sums));
    for (const [index, sum] of sums.entries()) all[index] = (all[index] as number) + sum;
  }
  const resamples = Math.max(200, Math.min(1000, Math.floor(MOST_DRAWS / groups.size)));
  const [quality, costUsd] = bootstrapTotals([...groups.values()], means, { random, resamples }) as [Bounds, Bounds];
  const [meanQuality, meanCostUsd] = means(all);
  if (Number.isNaN(meanCostUsd)) return { quality: meanQuality, costUsd: null, interval: { quality, costUsd: null } };
  return { quality: meanQuality, costUsd: meanCostUsd, interval: { quality, costUsd } };
}

function plus(left: readonly number[], right: readonly number[]): number[] {
  return left.map((value, index) => value + (right[index] as number));
}

function means(totals: readonly number[]): [number, number] {
  const [weight, quality, costUsd] = totals as [number, number, number];
  return [quality / weight, costUsd / weight];
}
