import { percent, signedPercent } from '../../figures';
import type { Alarms, Baseline } from '../../types-policy';
import { ofStrategy } from '../rollup/placed';
import type { Sums } from '../rollup/sums';
import type { Direction, Drifts, WindowName } from './nouns';
import type { TaskView } from './task-view';
import { reading, type Told } from './told';
import { driftsOf, type Excess, type Excesses, SPOKEN, twiceRunning } from './two-running';
import { isFarFrom, STANDARD_ERRORS, wilson } from './wilson';

/** A baseline below this counts as this: relative deviation from nearly nothing says little. */
const SMALLEST_BASELINE = 0.01;

/** Of what begins a drift, in standard errors and in requests, so much lets one that stands go on. */
const STANDING_SHARE = 1 / 2;

export type EscalationBaseline = Pick<Baseline, 'escalationRate' | 'low' | 'high'>;

export type EscalationLimits = Pick<Alarms, 'escalationAbove' | 'escalationBelow' | 'minRequests'>;

const DIRECTIONS: readonly Direction[] = ['above', 'below'];

type Counts = Pick<Sums, 'requests' | 'upRoutes' | 'escalations'>;

export function escalationRate({ requests, upRoutes, escalations }: Counts): number | undefined {
  return requests > 0 ? (upRoutes + escalations) / requests : undefined;
}

/** Relative to the baseline. */
export function escalationDeviation(rate: number, baseline: number): number {
  return rate / Math.max(baseline, SMALLEST_BASELINE) - 1;
}

type JudgedView = Pick<TaskView, 'baseline' | 'alarms' | 'sums' | 'detail'>;

/**
 * A request that the task's strategy did not place could not escalate: that it did not is no fall, and says nothing of an
 * oracle. A rise is one of the rate as it is published, which counts every request.
 */
function judgedFor(direction: Direction, window: WindowName, { sums, detail }: JudgedView): Counts {
  return direction === 'above' ? sums[window] : ofStrategy(sums[window], detail[window]?.placed);
}

/**
 * How far a window's rate lies beyond its limit; undefined where it does not count as drift. The alarms of the template
 * say the same in metric math, which has no square root: that Wilson's bound at z lies beyond b is there
 * n (rate - b)^2 > z^2 b (1 - b), which is the same statement. `share` is of the evidence that begins a drift.
 */
export function escalationExcess(
  counts: Counts,
  { escalationRate: baseline, low, high }: EscalationBaseline,
  { escalationAbove, escalationBelow, minRequests }: EscalationLimits,
  direction: Direction,
  share = 1,
): number | undefined {
  const { requests, upRoutes, escalations } = counts;
  const rate = escalationRate(counts);
  if (rate === undefined || baseline === undefined || requests < minRequests * share) return undefined;
  const bounds = wilson(upRoutes + escalations, requests, STANDARD_ERRORS * share);
  const deviation = escalationDeviation(rate, baseline);
  const isAbove = direction === 'above';
  const excess = isAbove ? deviation - escalationAbove : escalationBelow - deviation;
  const isBeyondNoise = isAbove ? high !== undefined && bounds.low > high : low !== undefined && bounds.high < low;
  return excess > 0 && isBeyondNoise ? excess : undefined;
}

/** Which way a window's rate counts as drift; undefined where it does not. */
export function escalationDrift(view: JudgedView, window: WindowName): Direction | undefined {
  const { baseline, alarms } = view;
  return DIRECTIONS.find(
    (direction) => escalationExcess(judgedFor(direction, window, view), baseline, alarms, direction) !== undefined,
  );
}

/** What is remembered of a task's escalation from one evaluation to the next. */
export interface EscalationMemory {
  /** What was found. */
  readonly drifts: Drifts;
  /** What counted as drift: two evaluations running had found it. */
  readonly standing: Drifts;
}

export interface EscalationTold extends Told {
  readonly memory: EscalationMemory;
  /** Undefined where there is no baseline to judge by. */
  readonly excess: number | undefined;
}

/**
 * Escalation by decision and by climb, against the published baseline. A drift that stands ends with half the evidence that
 * began it: at one edge for both chance alone would end it and begin it anew, a page each time.
 */
export function escalation(view: TaskView, before: EscalationMemory): EscalationTold {
  const { id: task, baseline, sums, judged } = view;
  const rate = judged.includes('fiveMinutes') ? escalationRate(sums.fiveMinutes) : undefined;
  const found = excessesOf(view, before.standing);
  const standing = twiceRunning(found, before.drifts);
  const [worst] = standing;
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
    memory: {
      drifts: driftsOf(found),
      standing: Object.fromEntries(standing.map(({ window, direction }) => [window, direction])),
    },
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

function excessesOf(view: TaskView, standing: Drifts): Excesses {
  const { judged, baseline, alarms } = view;
  const found: Partial<Record<WindowName, Excess>> = {};
  for (const window of judged) {
    for (const direction of DIRECTIONS) {
      const counts = judgedFor(direction, window, view);
      const stands = standing[window] === direction;
      const excess = escalationExcess(counts, baseline, alarms, direction, stands ? STANDING_SHARE : 1);
      if (excess === undefined || !(stands || isNoSkew(counts, baseline, direction))) continue;
      found[window] = { direction, excess, text: textOf(counts, baseline, direction) };
    }
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
  const said = `escalates ${percent(rate)} of ${counts.requests} requests, ${signedPercent(escalationDeviation(rate, baseline))} relative to its baseline of ${percent(baseline)}`;
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
