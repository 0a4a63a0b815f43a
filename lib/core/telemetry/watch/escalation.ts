import type { Alarms, Baseline } from '../../types-policy';
import type { Sums } from '../rollup/sums';
import type { Direction, Drifts, WindowName } from './nouns';
import type { TaskView } from './task-view';
import { percent, reading, signed, type Told } from './told';
import { driftsOf, type Excess, type Excesses, SPOKEN, twiceRunning } from './two-running';
import { isFarFrom, STANDARD_ERRORS, wilson } from './wilson';

/** A baseline below this counts as this: relative deviation from nearly nothing says little. */
const SMALLEST_BASELINE = 0.01;

export type EscalationBaseline = Pick<Baseline, 'escalationRate' | 'low' | 'high'>;

export type EscalationLimits = Pick<Alarms, 'escalationAbove' | 'escalationBelow' | 'minRequests'>;

type Counts = Pick<Sums, 'requests' | 'upRoutes' | 'escalations'>;

export function escalationRate({ requests, upRoutes, escalations }: Counts): number | undefined {
  return requests > 0 ? (upRoutes + escalations) / requests : undefined;
}

/** Relative to the baseline. */
export function escalationDeviation(rate: number, baseline: number): number {
  return rate / Math.max(baseline, SMALLEST_BASELINE) - 1;
}

/**
 * How far a window's rate lies beyond its limit; undefined where it does not count as drift. The alarms of the template
 * say the same in metric math, which has no square root: that Wilson's bound at z lies beyond b is there
 * n (rate - b)^2 > z^2 b (1 - b), which is the same statement.
 */
export function escalationExcess(
  counts: Counts,
  { escalationRate: baseline, low, high }: EscalationBaseline,
  limits: EscalationLimits,
): Omit<Excess, 'text'> | undefined {
  const rate = escalationRate(counts);
  if (rate === undefined || baseline === undefined || counts.requests < limits.minRequests) return undefined;
  const deviation = escalationDeviation(rate, baseline);
  const bounds = wilson(counts.upRoutes + counts.escalations, counts.requests, STANDARD_ERRORS);
  if (high !== undefined && deviation > limits.escalationAbove && bounds.low > high)
    return { direction: 'above', excess: deviation - limits.escalationAbove };
  if (low !== undefined && deviation < limits.escalationBelow && bounds.high < low)
    return { direction: 'below', excess: limits.escalationBelow - deviation };
  return undefined;
}

export interface EscalationTold extends Told {
  readonly drifts: Drifts;
  /** Undefined where there is no baseline to judge by. */
  readonly excess: number | undefined;
}

/** Escalation by decision and by climb, against the published baseline. */
export function escalation(view: TaskView, before: Drifts): EscalationTold {
  const { id: task, baseline, sums } = view;
  const rate = escalationRate(sums.fiveMinutes);
  const found = excessesOf(view);
  const [worst] = twiceRunning(found, before);
  const isJudged = baseline.escalationRate !== undefined && sums.day.requests > 0;
  const excess = isJudged ? (worst?.excess ?? 0) : undefined;
  return {
    readings: [
      ...ratesOf(view),
      ...(rate === undefined || baseline.escalationRate === undefined
        ? []
        : reading('EscalationDeviation', escalationDeviation(rate, baseline.escalationRate), { task })),
      ...reading('EscalationExcess', excess, { task }),
    ],
    findings: worst
      ? [{ task, signal: 'EscalationExcess', kind: worst.direction, text: `${worst.text} in ${SPOKEN[worst.window]}` }]
      : [],
    drifts: driftsOf(found),
    excess,
  };
}

function ratesOf({ id: task, sums }: TaskView): ReturnType<typeof reading> {
  const { requests, upRoutes, escalations } = sums.fiveMinutes;
  if (requests === 0) return [];
  return [
    ...reading('EscalationRate', (upRoutes + escalations) / requests, { task }),
    ...reading('UpRouteRate', upRoutes / requests, { task }),
    ...reading('ClimbRate', escalations / requests, { task }),
  ];
}

function excessesOf({ judged, sums, baseline, alarms }: TaskView): Excesses {
  const found: Partial<Record<WindowName, Excess>> = {};
  for (const window of judged) {
    const excess = escalationExcess(sums[window], baseline, alarms);
    if (excess !== undefined && isNoSkew(sums[window], baseline, excess.direction))
      found[window] = { ...excess, text: textOf(sums[window], baseline, excess.direction) };
  }
  return found;
}

/** More than the template's alarms ask, whose two periods of five minutes do not overlap; with many requests it says nothing. */
function isNoSkew({ requests, upRoutes, escalations }: Counts, { low, high }: Baseline, direction: Direction): boolean {
  const bound = direction === 'above' ? high : low;
  return bound !== undefined && isFarFrom(upRoutes + escalations, requests, bound);
}

function textOf(counts: Counts, { escalationRate: baseline = 0 }: Baseline, direction: Direction): string {
  const rate = escalationRate(counts) ?? 0;
  const said = `escalates ${percent(rate)} of ${counts.requests} requests, ${signed(escalationDeviation(rate, baseline))} relative to its baseline of ${percent(baseline)}`;
  return direction === 'above' ? said : `${said}: its oracle may pass everything`;
}

export interface EscalationBand {
  readonly baseline: number;
  /** The rates between which nothing counts as drift, however many requests there are. */
  readonly low: number;
  readonly high: number;
}

/** What a chart draws around the baseline; undefined without one. */
export function escalationBand(
  { escalationRate: baseline, low, high }: EscalationBaseline,
  limits: Pick<EscalationLimits, 'escalationAbove' | 'escalationBelow'>,
): EscalationBand | undefined {
  if (baseline === undefined) return undefined;
  const least = Math.max(baseline, SMALLEST_BASELINE);
  return {
    baseline,
    low: Math.max(0, Math.min(low ?? 0, least * (1 + limits.escalationBelow))),
    high: Math.min(1, Math.max(high ?? 1, least * (1 + limits.escalationAbove))),
  };
}
