/** What goes wrong in the month, when, and what is to tell of it. */

import { DAY_MS, HOUR_MS } from '../../../lib/core/durations';
import { START_MS } from './calendar';
import type { Version } from './policies';
import { PRICES } from './policies';
import type { Shift, TaskId } from './traffic';

export interface Incident {
  readonly name: string;
  readonly fromMs: number;
  /** When a person has put it right. */
  readonly untilMs: number;
  /** The alarm that is to tell of it. */
  readonly signal: string;
  /** Within how many minutes. */
  readonly withinMinutes: number;
  /** Of a signal that is told by a rate of escalation: what it becomes. Where little comes, this takes longer to be evident. */
  readonly escalates?: { readonly task: TaskId; readonly rate: (usual: number) => number };
  /** Other alarms that it gives good reason for, until the windows have forgotten it. */
  readonly besides: readonly string[];
  /** Alarms on the month so far, which forgets nothing: what was spent stays on its bill. */
  readonly onTheBill?: readonly string[];
  /** What of the policy changes when it begins. */
  readonly changes?: Partial<Version>;
  /** What changes when it is over, if not back to what was. */
  readonly mends?: (projected: Readonly<Record<string, number>>) => Partial<Version>;
  readonly shift?: Shift;
}

/** The longest window of an alarm, and a while for it to be told. */
export const FORGOTTEN_MS = DAY_MS + 2 * HOUR_MS;

const at = (day: number, hour = 0): number => START_MS + day * DAY_MS + hour * HOUR_MS;
const PRICE_DAY = 14;
const MENDED_DAY = 18;
const DEARER = 2;

export const MONTH: readonly Incident[] = [
  {
    name: 'week 2: a rule sends 60 % of triage up',
    fromMs: at(7, 9),
    untilMs: at(7, 19),
    signal: 'EscalationExcess',
    withinMinutes: 60,
    escalates: { task: 'triage', rate: (usual) => 0.6 + 0.4 * usual },
    besides: ['triage EscalationAbove', 'TierMix'],
    changes: { upFeatures: ['portal', 'app'] },
  },
  {
    name: 'week 2: longer and harder questions',
    fromMs: at(10, 8),
    untilMs: at(11, 2),
    signal: 'InputDrift',
    withinMinutes: 12 * 60,
    besides: ['EscalationExcess', 'answers EscalationAbove', 'TierMix'],
    shift: { task: 'answers', longer: 2.5, reasoning: 3, harder: 0.12 },
  },
  {
    name: 'week 3: the middle tier costs twice as much',
    fromMs: at(PRICE_DAY),
    untilMs: at(MENDED_DAY, 9),
    signal: 'BillDeviation',
    withinMinutes: 72 * 60,
    besides: [],
    changes: {
      repriced: {
        effectiveFrom: new Date(at(PRICE_DAY)).toISOString().slice(0, 10),
        price: { input: PRICES.mid.input * DEARER, output: PRICES.mid.output * DEARER },
      },
    },
    mends: (projected) => {
      const factor = (PRICE_DAY + DEARER * (30 - PRICE_DAY)) / 30;
      return { projection: { ...projected, mid: (projected.mid as number) * factor } };
    },
  },
  {
    name: 'week 4: a threshold that the small tier nearly never meets',
    fromMs: at(21, 9),
    untilMs: at(22, 13),
    signal: 'NetSaving',
    withinMinutes: 24 * 60,
    besides: ['EscalationExcess', 'triage EscalationAbove', 'answers EscalationAbove', 'TierMix'],
    onTheBill: ['BillDeviation'],
    changes: { sureAbove: 0.97 },
  },
];
