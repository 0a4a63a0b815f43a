import type { Sums } from '../rollup/sums';
import type { TaskView } from './task-view';
import { NOTHING, percent, reading, signed, type Told } from './told';
import type { Interval } from './wilson';

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

/**
 * What routing down costs in quality, and whether routing up is worth it. Worse by more than the target's risk: the task
 * should begin higher. As good, to within that risk, on what was sent up: its threshold is too careful.
 */
export function quality(view: TaskView): Told {
  const { id: task, sums, monthSums } = view;
  if (view.task === undefined) return NOTHING;
  const risk = 1 - view.task.target.passRate;
  const spans = [sums.day, ...(monthSums ? [monthSums] : [])];
  const judged = spans.map((span) => qualityOf(span, JUDGED_STANDARD_ERRORS));
  const first = judged.flatMap((one) => enough(one.first));
  const worse = first.find(({ high }) => high < -risk);
  const careful = judged.flatMap((one) => enough(one.up)).find(({ high }) => high < risk);
  return {
    readings: reading('QualityDelta', first[0]?.delta, { task }),
    findings: [
      ...(worse === undefined
        ? []
        : [{ task, signal: 'QualityDelta' as const, kind: 'worse' as const, text: worseText(worse) }]),
      ...(careful === undefined
        ? []
        : [{ task, signal: 'QualityDelta' as const, kind: 'too-careful' as const, text: carefulText(careful) }]),
    ],
  };
}

function enough(delta: QualityDelta | undefined): QualityDelta[] {
  return delta !== undefined && delta.n >= LEAST_PAIRS ? [delta] : [];
}

function worseText({ n, servedPassRate, referencePassRate, delta }: QualityDelta): string {
  return `the first tier's answers pass ${percent(servedPassRate)}, a higher tier's to the same ${n} requests ${percent(referencePassRate)} (${signed(delta)}): raise its threshold or its start`;
}

function carefulText({ n, servedPassRate, referencePassRate }: QualityDelta): string {
  return `of ${n} requests sent up the first tier's answers pass ${percent(referencePassRate)}, those that left ${percent(servedPassRate)}: the threshold is too careful`;
}
