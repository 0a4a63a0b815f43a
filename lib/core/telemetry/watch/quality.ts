import { percent, signedPercent } from '../../figures';
import { totalOf } from '../histogram';
import { ownValue } from '../own-value';
import type { Sums } from '../rollup/sums';
import type { Finding } from './nouns';
import type { TaskView } from './task-view';
import { reading, type Told } from './told';
import { SPOKEN } from './two-running';
import { type Interval, STANDARD_ERRORS, wilson } from './wilson';

/** Served less reference: how much oftener the answers that left passed than those of the tier asked beside it. */
export interface QualityDelta extends Interval {
  /** Pairs of which both verdicts are known. */
  readonly n: number;
  readonly servedPassRate: number;
  readonly referencePassRate: number;
  readonly delta: number;
}

/** In two strata, so that routing does not confound the comparison: it sends the hard requests up. */
export interface Quality {
  /** Served by the first tier, compared with a higher one. */
  readonly first?: QualityDelta;
  /** Served higher up, compared with the first tier. */
  readonly up?: QualityDelta;
}

/** With fewer pairs nothing is said. */
const LEAST_PAIRS = 30;
/** There are many hours, and a few pairs of each differ by chance alone. */
const LEAST_PAIRS_OF_AN_HOUR = 100;
/** Pairs are few and come slowly, and what the target allows is a margin besides: three suffice. */
const JUDGED_STANDARD_ERRORS = 3;
/** Of the interval that people see: 95 %. */
const SHOWN_STANDARD_ERRORS = 1.96;

export function qualityOf(sums: Sums, standardErrors = SHOWN_STANDARD_ERRORS): Quality {
  const up = {
    n: sums.controlledUp,
    served: sums.controlUpServedPasses,
    reference: sums.controlUpReferencePasses,
    onlyServed: sums.controlUpOnlyServedPasses,
  };
  const first = {
    n: sums.controlled - up.n,
    served: sums.controlServedPasses - up.served,
    reference: sums.controlReferencePasses - up.reference,
    onlyServed: sums.controlOnlyServedPasses - up.onlyServed,
  };
  return {
    ...(first.n > 0 && { first: deltaOf(first, standardErrors) }),
    ...(up.n > 0 && { up: deltaOf(up, standardErrors) }),
  };
}

interface Pairs {
  readonly n: number;
  readonly served: number;
  readonly reference: number;
  readonly onlyServed: number;
}

/**
 * The difference of two paired rates, with the interval of Agresti and Min (2005): half a pair is added to each of the
 * four cells, so that pairs which never differed do not look certain.
 */
function deltaOf({ n, served, reference, onlyServed }: Pairs, standardErrors: number): QualityDelta {
  const onlyReference = onlyServed - (served - reference);
  const [more, less, pairs] = [onlyServed + 0.5, onlyReference + 0.5, n + 2];
  const middle = (more - less) / pairs;
  const error = Math.sqrt(Math.max(0, (more + less) / pairs - middle ** 2) / pairs);
  return {
    n,
    servedPassRate: served / n,
    referencePassRate: reference / n,
    delta: (served - reference) / n,
    low: Math.max(-1, middle - standardErrors * error),
    high: Math.min(1, middle + standardErrors * error),
  };
}

/** By how much fewer of the first tier's answers may pass than of a higher one's. */
function riskOf({ task }: TaskView): number | undefined {
  return task && 1 - task.target.passRate;
}

export interface QualityShortfall {
  /** How far the upper bound of the delta lies below what the target allows; 0 while it does not. */
  readonly shortfall: number;
  /** Of the pairs that say so. */
  readonly delta: QualityDelta;
  /** When they came, for people. */
  readonly spoken: string;
}

interface Span {
  readonly sums: Sums;
  readonly standardErrors: number;
  /** Pairs, with fewer of which nothing is said. */
  readonly least: number;
  readonly spoken: string;
}

/** An hour sees a fall at once and is another one every hour, a month sees a small one and is nearly the same tomorrow. */
function spansOf({ sums, monthSums }: TaskView): Span[] {
  const longer = { standardErrors: JUDGED_STANDARD_ERRORS, least: LEAST_PAIRS };
  return [
    { sums: sums.hour, standardErrors: STANDARD_ERRORS, least: LEAST_PAIRS_OF_AN_HOUR, spoken: SPOKEN.hour },
    { sums: sums.day, ...longer, spoken: SPOKEN.day },
    ...(monthSums === undefined ? [] : [{ sums: monthSums, ...longer, spoken: 'this month' }]),
  ];
}

/**
 * Whether what the first tier serves falls short of a higher tier by more than the target's risk: the farthest of all
 * spans, of those that have pairs enough. Undefined where none has. What is well again, beyond noise too, is not held against
 * the task by a longer span that still remembers: one alarm watches all tasks, and one that keeps it raised hides the others.
 */
export function qualityShortfall(view: TaskView): QualityShortfall | undefined {
  const risk = riskOf(view);
  if (risk === undefined) return undefined;
  let worst: QualityShortfall | undefined;
  let isWell = servesHigherAlone(view);
  for (const { sums, standardErrors, least, spoken } of spansOf(view)) {
    const delta = qualityOf(sums, standardErrors).first;
    if (delta === undefined || delta.n < least) continue;
    const shortfall = isWell ? 0 : Math.max(0, -risk - delta.high);
    if (worst === undefined || shortfall > worst.shortfall) worst = { shortfall, delta, spoken };
    isWell ||= delta.low > -risk;
  }
  return worst;
}

/** A task that was made to begin higher gets no more pairs that could outweigh the old ones. */
function servesHigherAlone({ task, detail }: TaskView): boolean {
  const mixes = Object.values(detail.day?.mix ?? {});
  const [first = ''] = task?.ladder ?? [];
  return mixes.some((mix) => totalOf(mix) > 0) && mixes.every((mix) => (ownValue(mix, first) ?? 0) === 0);
}

export interface QualityTold extends Told {
  /** Undefined where there are too few pairs to judge. */
  readonly shortfall: number | undefined;
}

/**
 * What routing down costs in quality, and whether routing up is worth it. Worse by more than the target's risk: the task
 * should begin higher. As good, to within that risk, on what was sent up, and good enough: its threshold is too careful.
 */
export function quality(view: TaskView): QualityTold {
  const { id: task, sums, monthSums } = view;
  const risk = riskOf(view);
  if (risk === undefined) return { shortfall: undefined };
  const judged = [sums.day, ...(monthSums ? [monthSums] : [])].map((span) => qualityOf(span, JUDGED_STANDARD_ERRORS));
  const known = judged.flatMap((one) => enough(one.first))[0];
  const careful = judged.flatMap((one) => enough(one.up)).find((up) => up.high < risk && meetsTarget(up, 1 - risk));
  const short = qualityShortfall(view);
  const found = (kind: Finding['kind'], text: string): Finding => ({ task, signal: 'QualityDelta', kind, text });
  return {
    readings: [
      ...reading('QualityDelta', known?.delta, { task }),
      ...reading('QualityShortfall', short?.shortfall, { task }),
    ],
    findings: [
      ...(short === undefined || short.shortfall === 0 ? [] : [found('worse', worseText(short))]),
      ...(careful === undefined ? [] : [found('too-careful', carefulText(careful))]),
    ],
    shortfall: short?.shortfall,
  };
}

/** Two tiers that fail alike are alike too: what would begin lower has to meet the target by the interval that people see. */
function meetsTarget({ n, referencePassRate }: QualityDelta, target: number): boolean {
  return wilson(referencePassRate * n, n, SHOWN_STANDARD_ERRORS).low >= target;
}

function enough(delta: QualityDelta | undefined): QualityDelta[] {
  return delta !== undefined && delta.n >= LEAST_PAIRS ? [delta] : [];
}

function worseText({ delta: { n, servedPassRate, referencePassRate, delta }, spoken }: QualityShortfall): string {
  return `the first tier's answers pass ${percent(servedPassRate)}, a higher tier's to the same ${n} requests ${percent(referencePassRate)} (${signedPercent(delta)}) in ${spoken}: raise its threshold or its start`;
}

function carefulText({ n, servedPassRate, referencePassRate }: QualityDelta): string {
  return `of ${n} requests sent up the first tier's answers pass ${percent(referencePassRate)}, those that left ${percent(servedPassRate)}: the threshold is too careful`;
}
