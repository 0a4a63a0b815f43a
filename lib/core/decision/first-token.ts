import type { Pace } from '../types-live';

/**
 * Completions at a tier with many places come as good as independently of one another, so the time until the n-th of them
 * spreads by the root of n. A wait is reckoned so long that 19 of 20 stay under it (the one-sided 95 % of a normal curve):
 * a budget that only the mean keeps is missed every other time.
 */
const SURE = 1.645;

/** When the first token of a request would come, in milliseconds. */
export interface FirstToken {
  /** Until a place is free. */
  readonly waitMs: number;
  /** From then on: the tier's own time, and the reading of the prompt. */
  readonly ownMs: number;
}

/** Undefined where the tier's pace is not known well enough to say. What is known of it alone is a lower bound. */
export function firstTokenOf(pace: Pace | undefined, inputTokens: number): FirstToken | undefined {
  if (pace === undefined) return undefined;
  const ownMs = ownTime(pace, inputTokens);
  const { waiting = 0 } = pace;
  if (waiting <= 0) return ownMs === undefined ? undefined : { waitMs: 0, ownMs };
  const turnMs = turnOf(pace);
  if (turnMs === undefined) return undefined;
  return { waitMs: waitFor(waiting + 1, turnMs), ownMs: ownMs ?? 0 };
}

/** Milliseconds until so many fewer wait that a request which then comes in would keep its budget; 0 where it does now. */
export function untilInTimeMs(pace: Pace | undefined, inputTokens: number, budgetMs: number): number {
  const turnMs = pace && turnOf(pace);
  const { waiting = 0 } = pace ?? {};
  if (pace === undefined || turnMs === undefined || waiting <= 0) return 0;
  const roomMs = Math.max(0, budgetMs - (ownTime(pace, inputTokens) ?? 0));
  return Math.max(0, (waiting + 1 - turnsWithin(roomMs / turnMs)) * turnMs);
}

/** Milliseconds between two requests that leave a place free. */
function turnOf({ running = 0, holdMs }: Pace): number | undefined {
  return running > 0 && holdMs !== undefined ? holdMs / running : undefined;
}

function ownTime({ firstTokenMs, prefillTokensPerSecond }: Pace, inputTokens: number): number | undefined {
  if (firstTokenMs === undefined) return undefined;
  return firstTokenMs + (prefillTokensPerSecond === undefined ? 0 : (1000 * inputTokens) / prefillTokensPerSecond);
}

function waitFor(turns: number, turnMs: number): number {
  return (turns + SURE * Math.sqrt(turns)) * turnMs;
}

/** Solves n + SURE * sqrt(n) = turns for n. */
function turnsWithin(turns: number): number {
  const root = (Math.sqrt(SURE * SURE + 4 * turns) - SURE) / 2;
  return root * root;
}
