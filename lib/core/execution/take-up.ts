import type { RouterError } from '../errors';
import type { Exhausted } from '../types-live';
import type { Tier } from '../types-policy';
import { type AskedStream, type Asking, askOnce, LEAST_MS, movesOn, pauseBeforeRetry, remainingMs } from './ask';
import type { Failed } from './call';
import { prefixFor } from './continuation';
import { notAffordable } from './in-vain';
import type { ExecutionPorts } from './plan';
import type { Sent } from './sent';
import { callerLeft } from './stream-end';

/** Nobody takes the answer up. `final`: where it is not for want of tiers, the word that reaches the caller. */
export interface GivenUp {
  readonly kind: 'given-up';
  readonly final?: RouterError;
  /** Why nobody further was asked, where that is for want of money. */
  readonly unasked?: string;
}

/**
 * Asks again for an answer that broke off: the same tier as often as its retries and the retry budget allow, then the
 * ladder's next ones, each with leave of tier and budgets and within the request's time. What it finds has only begun: it
 * still has to repeat what was sent.
 */
export async function askAgain(
  broken: Asking,
  failure: RouterError,
  sent: Sent,
  ports: ExecutionPorts,
): Promise<AskedStream | GivenUp> {
  let next = await nextAsking(broken, true, failure, sent, ports);
  for (;;) {
    if (ports.caller.aborted) return { kind: 'given-up', final: callerLeft() };
    if (next === undefined) return { kind: 'given-up' };
    const asking: Asking = next;
    // What is taken up is never held back, so it is never a whole answer.
    const result = (await askOnce(asking, ports)) as AskedStream | Failed;
    if (result.kind === 'live') return result;
    const { error, withheld, exhausted } = result;
    const goesOn = exhausted === undefined && (movesOn(error) || refusesPrefix(asking, error));
    next = goesOn ? await nextAsking(asking, withheld === undefined, error, sent, ports) : undefined;
    if (withheld !== undefined && next?.tier !== asking.tier) ports.passedOver?.(withheld);
    if (exhausted !== undefined) return { kind: 'given-up', unasked: unaffordable(asking, exhausted) };
    if (!goesOn) return { kind: 'given-up', final: error };
  }
}

function unaffordable({ tier, because }: Asking, { budget }: Exhausted): string {
  return notAffordable(tier, budget.id, because === 'retry');
}

/** The fault is with the beginning that the tier was given, not with what the caller sent. */
function refusesPrefix({ takeUp }: Asking, { failure }: RouterError): boolean {
  return failure === 'invalid-request' && takeUp?.prefix !== undefined;
}

/**
 * Whom to ask next, once the pause before a retry is over; undefined where there is nobody left, or no time. `wasCalled`:
 * whether what failed was a call; for want of leave there may have been none.
 */
async function nextAsking(
  asking: Asking,
  wasCalled: boolean,
  error: RouterError,
  sent: Sent,
  ports: ExecutionPorts,
): Promise<Asking | undefined> {
  const { plan, tier, draft, trail, retry = 0 } = asking;
  if (remainingMs(plan, ports) < LEAST_MS) return undefined;
  const pauseMs = pauseBeforeRetry(asking, error, ports);
  if (pauseMs !== undefined) {
    await ports.pause(pauseMs);
    const takeUp = { prefix: prefixFor(sent, tier, plan) };
    return { plan, tier, draft, trail, because: wasCalled ? 'retry' : asking.because, retry: retry + 1, takeUp };
  }
  const { ladder } = plan.decision;
  const id = ladder[ladder.indexOf(tier.id) + 1];
  if (id === undefined) return undefined;
  const above = plan.policy.tiers[id] as Tier;
  const takeUp = { prefix: prefixFor(sent, above, plan) };
  return { plan, tier: above, draft, trail, because: 'fallback', takeUp };
}
