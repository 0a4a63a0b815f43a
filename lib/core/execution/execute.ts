import { RouterError } from '../errors';
import type { Execution, FailedOutcome, Reason, Verdict } from '../types';
import type { Exhausted } from '../types-live';
import type { Tier } from '../types-policy';
import { type AskedStream, type Asking, ask, LEAST_MS, movesOn, remainingMs } from './ask';
import type { Answered } from './call';
import { choiceText } from './choice-text';
import type { FailedDraft } from './hand-on';
import type { ExecutionPlan, ExecutionPorts } from './plan';
import { relay } from './relay';
import { replay } from './replay';
import { type Because, TrailKeeper } from './trail';
import { verdictOn } from './verdict-on';

interface Rejected {
  readonly tier: Tier;
  readonly answered: Answered;
  readonly draft: FailedDraft;
}

/**
 * Walks the decision's ladder from its first tier up: asks, judges, climbs when an answer fails its check, falls back
 * when a tier fails. Nobody outside that ladder is ever called, so the guards that made it bind every path.
 */
export async function execute(plan: ExecutionPlan, ports: ExecutionPorts): Promise<Execution> {
  const trail = new TrailKeeper(plan.decision, ports.price);
  let because: Because = 'first';
  let draft: FailedDraft | undefined;
  let rejected: Rejected | undefined;
  let lastError: RouterError | undefined;
  let exhausted: Exhausted | undefined;
  for (const id of plan.decision.ladder) {
    if (because !== 'first' && !mayGoOn(plan, ports)) break;
    const tier = plan.policy.tiers[id] as Tier;
    trail.began(because);
    const asking: Asking = { plan, tier, because, draft, trail };
    const result = await ask(asking, ports);
    if (result.kind === 'live') {
      const { beginning } = result.live;
      const verdict = beginning && (await verdictOn(beginning, asking, ports));
      const isLast = id === plan.decision.ladder.at(-1) || !mayGoOn(plan, ports);
      if (verdict?.pass !== false || isLast) return relay(signed(result, verdict), ports);
      draft = dismiss(result, verdict, ports);
      because = 'escalation';
      continue;
    }
    if (result.kind === 'failed') {
      exhausted = result.exhausted;
      // That a dearer tier is not affordable is no answer where a tier was asked and failed: asking again may help.
      if (exhausted === undefined || lastError === undefined) lastError = result.error;
      // A dearer tier is not affordable either, and a draft in hand is better than nothing.
      if (exhausted !== undefined) break;
      if (!movesOn(result.error)) break;
      because = 'fallback';
      continue;
    }
    trail.release(result.start, result.result);
    const verdict = await verdictOn(result.answered.answer, asking, ports);
    const filtered = verdict?.pass === false ? filterOf(result.answered, tier) : undefined;
    trail.ended(result.start, { verdict, error: filtered, ...result.result });
    if (verdict === undefined || verdict.pass) return deliver(result.answered, tier, trail, trail.reason, ports);
    if (filtered !== undefined) return failed(filtered, trail, plan);
    draft = { text: choiceText(result.answered.answer), verdict };
    rejected = { tier, answered: result.answered, draft };
    if (plan.task.route === 'static') break;
    because = 'escalation';
  }
  if (rejected !== undefined && isLeftWithDraft(lastError, plan)) return unmet(rejected, plan, trail, ports);
  const outcome = failed(lastError ?? outOfTime(), trail, plan);
  return exhausted === undefined ? outcome : Object.assign({}, outcome, { exhausted });
}

/**
 * Whether, after such an error, a draft in hand is what the caller is answered by. What a tier has said of the request itself
 * is told instead; and where no draft may leave, that budgets could not be asked, since that passes.
 */
function isLeftWithDraft(lastError: RouterError | undefined, { features }: ExecutionPlan): boolean {
  if (lastError === undefined || movesOn(lastError) || lastError.code === 'budget_exceeded') return true;
  return lastError.code === 'tiers_unavailable' && features.consequence !== 'high';
}

/** What a filter cut short cannot be mended by climbing: another tier would only route around it. */
function filterOf({ answer }: Answered, tier: Tier): RouterError | undefined {
  if (!answer.choices.some(({ finishReason }) => finishReason === 'content_filter')) return undefined;
  return RouterError.failure('content-filter', `Tier "${tier.id}" refused the content.`);
}

/** Where the last thing that happened is a beginning that failed. */
function outOfTime(): RouterError {
  return RouterError.failure('total-timeout', 'No tier gave a good answer in time.');
}

/** Whether another tier may be asked: there is time for it, and somebody to answer. */
function mayGoOn(plan: ExecutionPlan, ports: ExecutionPorts): boolean {
  return remainingMs(plan, ports) >= LEAST_MS && !ports.caller.aborted;
}

/** A stream that goes on after its beginning was judged; one that nobody is left to climb from goes on all the same. */
function signed(asked: AskedStream, verdict: Verdict | undefined): AskedStream {
  if (verdict === undefined) return asked;
  if (!verdict.pass) asked.asking.trail.unmet();
  return Object.assign({}, asked, { start: Object.assign({}, asked.start, { verdict }) });
}

/** Ends a stream whose beginning has failed, before anybody has seen it; what it has said so far is billed. */
function dismiss({ live, watch, start, asking }: AskedStream, verdict: Verdict, ports: ExecutionPorts): FailedDraft {
  watch.end();
  const { beginning, tally, account, firstContentAtMs } = live;
  asking.trail.ended(start, {
    endedAtMs: ports.nowMs(),
    usage: account.spent(tally.characters),
    firstContentAtMs,
    servedModel: tally.model || start.model,
    verdict,
  });
  return { text: beginning === undefined ? '' : choiceText(beginning), verdict };
}

function deliver(answered: Answered, tier: Tier, trail: TrailKeeper, reason: Reason, ports: ExecutionPorts): Execution {
  const account = trail.read(tier.id, answered.answer.model, reason);
  const { delivery } = answered;
  if (delivery.kind === 'completion')
    return { kind: 'whole', trail: account, completion: delivery.completion, text: delivery.text };
  return replay(delivery, answered, account, ports);
}

/** The ladder is at its end and the last answer still fails its check. */
function unmet(
  { tier, answered, draft }: Rejected,
  plan: ExecutionPlan,
  trail: TrailKeeper,
  ports: ExecutionPorts,
): Execution {
  if (plan.features.consequence !== 'high') return deliver(answered, tier, trail, 'oracle-unmet', ports);
  const message =
    `No tier gave an answer that passes the checks of task "${plan.task.id}" (${draft.verdict.oracle}: ${draft.verdict.detail}). ` +
    'A wrong answer is of high consequence there, so none is handed out.';
  return {
    kind: 'failed',
    trail: trail.read(null, null, 'oracle-unmet'),
    error: new RouterError('answer_rejected', message),
  };
}

/** Every tier that was allowed has failed; the last failure is what the caller is told. */
function failed(error: RouterError, trail: TrailKeeper, plan: ExecutionPlan): FailedOutcome {
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
