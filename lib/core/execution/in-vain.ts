import { RouterError, type RouterErrorOptions } from '../errors';
import type { FailedOutcome } from '../types';
import type { Tier } from '../types-policy';
import { movesOn } from './ask';
import type { Answered } from './call';
import type { FailedDraft } from './hand-on';
import type { ExecutionPlan } from './plan';
import type { TrailKeeper } from './trail';

/**
 * Whether, after such an error, a draft in hand is what the caller is answered by. What a tier has said of the request itself
 * is told instead; and where no draft may leave, that budgets could not be asked, since that passes.
 */
export function isLeftWithDraft(lastError: RouterError | undefined, { features }: ExecutionPlan): boolean {
  if (lastError === undefined || movesOn(lastError) || lastError.code === 'budget_exceeded') return true;
  return lastError.code === 'tiers_unavailable' && features.consequence !== 'high';
}

/** What a filter cut short cannot be mended by climbing: another tier would only route around it. */
export function filterOf({ answer }: Answered, tier: Tier): RouterError | undefined {
  if (!answer.choices.some(({ finishReason }) => finishReason === 'content_filter')) return undefined;
  return RouterError.failure('content-filter', `Tier "${tier.id}" refused the content.`);
}

/** Where the last thing that happened is a beginning that failed. */
export function outOfTime(): RouterError {
  return RouterError.failure('total-timeout', 'No tier gave a good answer in time.');
}

/** Why a tier that would have come next was not asked. */
export function notAffordable(tier: Tier, budget: string, wasCalled: boolean): string {
  return `Tier "${tier.id}" was not asked${wasCalled ? ' again' : ''}: budget "${budget}" has no room for it.`;
}

/** The same error with something else about it. */
export function retold(
  error: RouterError,
  told: Pick<RouterErrorOptions, 'retryAfterMs'> & { readonly message?: string },
): RouterError {
  const { code, failure, param } = error;
  const retryAfterMs = told.retryAfterMs ?? error.retryAfterMs;
  return new RouterError(code, told.message ?? error.message, {
    cause: error.cause ?? error,
    ...(failure !== undefined && { failure }),
    ...(param !== undefined && { param }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The same error, with why nobody further was asked. */
export function withReason(error: RouterError, unasked: string | undefined): RouterError {
  return unasked === undefined ? error : retold(error, { message: `${error.message} ${unasked}` });
}

/** No draft of high consequence leaves. `unasked`: why nobody further was asked. */
export function answerRejected(
  { verdict }: FailedDraft,
  plan: ExecutionPlan,
  trail: TrailKeeper,
  unasked: string | undefined,
): FailedOutcome {
  const message =
    `No tier gave an answer that passes the checks of task "${plan.task.id}" (${verdict.oracle}: ${verdict.detail}). ` +
    'A wrong answer is of high consequence there, so none is handed out.';
  const error = new RouterError('answer_rejected', unasked === undefined ? message : `${message} ${unasked}`);
  return { kind: 'failed', trail: trail.read(null, null, 'oracle-unmet'), error };
}

/** Every tier that was allowed has failed; the last failure is what the caller is told. */
export function failed(error: RouterError, trail: TrailKeeper, plan: ExecutionPlan): FailedOutcome {
  const account = trail.read(null, null, trail.reason);
  const heldBack = plan.decision.excluded.filter(({ reason }) => reason === 'residency' || reason === 'retention');
  if (!movesOn(error) || error.failure === 'context-length' || heldBack.length === 0) {
    return { kind: 'failed', trail: account, error };
  }
  const message =
    `Every tier that may see this prompt has failed (${error.message}) and residency or retention keeps it from ` +
    `${heldBack.map(({ tier }) => `"${tier}"`).join(', ')}.`;
  const { retryAfterMs, failure } = error;
  const options = {
    cause: error,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(failure !== undefined && { failure }),
  };
  return { kind: 'failed', trail: account, error: new RouterError('residency_unavailable', message, options) };
}
