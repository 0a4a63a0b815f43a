import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/core/durations';
import { ASKED_AGAIN_MS, askedAgain, type Question } from '../../lib/core/telemetry/asked-again';
import { addAskedAgain, mergedRollups } from '../../lib/core/telemetry/rollup/rollup';
import { type MinuteCount, SETTLE_MS } from '../shared/store/attribution-port';
import { inBatches } from '../shared/store/in-batches';
import type { Store } from '../shared/store/port';
import type { Span } from '../shared/store/rollup-port';
import { stretchAt } from '../shared/store/stretch';
import { countMinute } from './count-minute';
import { ceilTo, floorTo } from './stretches';
import type { Progress, Turn } from './turn';

export interface RollUpPorts {
  readonly store: Pick<Store, 'attributions' | 'rollups'>;
  readonly nowMs: () => number;
  /** How far the very first run looks back for records that are older than itself. Default an hour. */
  readonly firstLookMs?: number;
}

export interface RollUp {
  /** Adds up every minute that is complete, or as many as there is time for. */
  run(turn: Turn, isTimeUp: () => boolean): Promise<Progress>;
}

const FIRST_LOOK_MS = HOUR_MS;
/** A day less than the store keeps the rollup of a minute. */
const LONG_OUTAGE_MS = 2 * DAY_MS;
/** Minutes that are read at once: nearly all of the time is spent waiting for the store. */
const READ_AT_ONCE = 4;
/** Arrivals among which the question is looked for that one asks again. */
const LOOKED_BACK_MS = ASKED_AGAIN_MS;

/**
 * Records into minutes, minutes into hours, hours into days. Every rollup is made anew from all of its parts and written
 * whole, and how far it got is remembered last: a run that ends anywhere changes no figure, the next one goes on from there.
 */
export function createRollUp({ store, nowMs, firstLookMs = FIRST_LOOK_MS }: RollUpPorts): RollUp {
  const { attributions, rollups } = store;
  /** Of the last minutes that were added up: a process that goes on need not read them again. */
  const questions = new Map<number, readonly Question[]>();

  async function count(minuteMs: number): Promise<MinuteCount> {
    const found = await countMinute(attributions, stretchAt('minute', minuteMs));
    questions.set(minuteMs, found.questions);
    return found;
  }

  function forgetQuestions(reachedMs: number): void {
    for (const minuteMs of questions.keys()) if (minuteMs < reachedMs - LOOKED_BACK_MS) questions.delete(minuteMs);
  }

  async function questionsBefore(minuteMs: number): Promise<Question[]> {
    const beginMs = minuteMs - LOOKED_BACK_MS;
    const missing = minutesFrom(beginMs, minuteMs).filter((earlierMs) => !questions.has(earlierMs));
    await inBatches(missing, READ_AT_ONCE, count);
    return minutesFrom(beginMs, minuteMs).flatMap((earlierMs) => questions.get(earlierMs) ?? []);
  }

  async function writeMinute(turn: Turn, minuteMs: number, { rollup, questions: asked }: MinuteCount): Promise<void> {
    const whole = mergedRollups([rollup]);
    if (asked.length > 0) {
      for (const { first } of askedAgain(asked, await questionsBefore(minuteMs))) addAskedAgain(whole, first);
    }
    await turn.hold();
    await rollups.write('minute', stretchAt('minute', minuteMs), whole);
  }

  /** A whole stretch of the parts that it has by now. */
  async function addUpParts(turn: Turn, span: Span, parts: Span, beginMs: number, lengthMs: number): Promise<void> {
    const found = await rollups.list(parts, stretchAt(parts, beginMs), stretchAt(parts, beginMs + lengthMs));
    await turn.hold();
    await rollups.write(span, stretchAt(span, beginMs), mergedRollups(found.map(({ rollup }) => rollup)));
  }

  /** Minutes of one hour, as many as there is time for, and then the hour and the day that they are part of. */
  async function addUp(turn: Turn, progress: Progress, endMs: number, isTimeUp: () => boolean): Promise<Progress> {
    const { throughMs, sinceMs } = progress;
    const filled: number[] = [];
    let reachedMs = throughMs;
    while (reachedMs < endMs && (reachedMs === throughMs || !isTimeUp())) {
      const minutes = minutesFrom(reachedMs, Math.min(endMs, reachedMs + READ_AT_ONCE * MINUTE_MS));
      const counts = await Promise.all(minutes.map(count));
      for (const [index, minuteMs] of minutes.entries()) {
        const counted = counts[index];
        // Nothing that comes is of no task; a minute in which nothing came needs no rollup.
        if (counted === undefined || Object.keys(counted.rollup.by.task).length === 0) continue;
        await writeMinute(turn, minuteMs, counted);
        filled.push(minuteMs);
      }
      reachedMs += minutes.length * MINUTE_MS;
      forgetQuestions(reachedMs);
    }
    if (filled.length > 0) {
      await addUpParts(turn, 'hour', 'minute', floorTo(HOUR_MS, throughMs), HOUR_MS);
      await addUpParts(turn, 'day', 'hour', floorTo(DAY_MS, throughMs), DAY_MS);
    }
    return Object.assign({}, progress, { throughMs: reachedMs, sinceMs: Math.min(sinceMs, ...filled) });
  }

  /** Minutes are not kept for ever: after a long outage those of the hour that was under way are added up once more. */
  function resume(progress: Progress): Progress {
    const { throughMs, sinceMs, resumedMs = throughMs } = progress;
    if (nowMs() - Math.max(throughMs, resumedMs) < LONG_OUTAGE_MS) return progress;
    return { throughMs: floorTo(HOUR_MS, throughMs), sinceMs, resumedMs: nowMs() };
  }

  async function begin(turn: Turn, untilMs: number): Promise<Progress> {
    const progress = { throughMs: untilMs - floorTo(MINUTE_MS, firstLookMs), sinceMs: untilMs };
    await turn.move(progress);
    return progress;
  }

  return {
    async run(turn, isTimeUp) {
      const settleMs = attributions.counted === undefined ? SETTLE_MS : 0;
      const untilMs = floorTo(MINUTE_MS, nowMs() - settleMs);
      let progress = turn.progress === undefined ? await begin(turn, untilMs) : resume(turn.progress);
      while (progress.throughMs < untilMs && !isTimeUp()) {
        const endMs = Math.min(untilMs, ceilTo(HOUR_MS, progress.throughMs + 1));
        progress = await addUp(turn, progress, endMs, isTimeUp);
        await turn.move(progress);
      }
      return progress;
    },
  };
}

function minutesFrom(beginMs: number, endMs: number): number[] {
  return Array.from({ length: (endMs - beginMs) / MINUTE_MS }, (_, index) => beginMs + index * MINUTE_MS);
}
