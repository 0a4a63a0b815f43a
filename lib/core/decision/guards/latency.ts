import type { Exclusion } from '../../types';
import { type FirstToken, firstTokenOf } from '../first-token';
import { type Candidate, exclude, type Guard } from './candidate';

/** Why a tier would begin its answer too late, of a task that is dispatched by a latency budget. Undefined: it would not. */
function lateness({ state, features, latencyBudgetMs }: Candidate): FirstToken | undefined {
  if (latencyBudgetMs === undefined) return undefined;
  const expected = firstTokenOf(state?.pace, features.inputTokens);
  return expected !== undefined && expected.waitMs + expected.ownMs > latencyBudgetMs ? expected : undefined;
}

/** Whether nothing says that the tier would begin its answer too late. A tier nobody has observed may be in time. */
export function isInTime(candidate: Candidate): boolean {
  return lateness(candidate) === undefined;
}

/** A queue that is too long for the budget: it passes, so the request goes elsewhere or comes again. */
export const latency: Guard = (candidate) => {
  const late = lateness(candidate);
  if (late === undefined || late.ownMs > (candidate.latencyBudgetMs ?? 0)) return undefined;
  return exclude(candidate, 'latency', spell(late, candidate));
};

/**
 * A tier too slow for the budget by itself is excluded only while another is in time: to wait would not make it faster,
 * and a late answer is better than none.
 */
export function slowness(candidate: Candidate, another: boolean): Exclusion | undefined {
  const late = another ? lateness(candidate) : undefined;
  return late && exclude(candidate, 'latency', spell(late, candidate));
}

function spell({ waitMs, ownMs }: FirstToken, { state, latencyBudgetMs }: Candidate): string {
  const waiting = Math.ceil(state?.pace?.waiting ?? 0);
  const behind = waitMs > 0 ? `, ${Math.ceil(waitMs)} of them behind ${waiting} that wait` : '';
  const expected = `its first token is expected within ${Math.ceil(waitMs + ownMs)} ms${behind}`;
  return `${expected}; the budget is ${latencyBudgetMs} ms`;
}
