import { asRouterError, FAILURES, RouterError } from '../errors';
import type { Execution, Gate, Reason, Request, Verdict } from '../types';
import type { Tier } from '../types-policy';
import { ask, remainingMs } from './ask';
import type { Answered } from './call';
import { choiceText } from './choice-text';
import type { FailedDraft } from './hand-on';
import { relay, replay } from './outcome';
import type { ExecutionPlan, ExecutionPorts } from './plan';
import { type Because, TrailKeeper } from './trail';

/** With less than this left of the deadline a call could only be begun and billed. More than timers and clocks differ by. */
const LEAST_MS = 10;

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
  let rejected: Rejected | undefined;
  let lastError: RouterError | undefined;
  for (const id of plan.decision.ladder) {
    if (because !== 'first' && remainingMs(plan, ports) < LEAST_MS) break;
    const tier = plan.policy.tiers[id] as Tier;
    trail.began(because);
    const result = await ask({ plan, tier, because, draft: rejected?.draft, trail }, ports);
    if (result.kind === 'live') return relay(result, plan, trail, ports);
    if (result.kind === 'failed') {
      lastError = result.error;
      if (!movesOn(result.error)) break;
      because = 'fallback';
      continue;
    }
    const verdict = plan.gate && (await judge(plan.gate, result.answered, plan.request));
    const filtered = verdict?.pass === false ? filterOf(result.answered, tier) : undefined;
    trail.ended(result.start, { verdict, error: filtered, ...result.result });
    if (verdict === undefined || verdict.pass) return deliver(result.answered, tier, trail, trail.reason, ports);
    if (filtered !== undefined) return failed(filtered, trail, plan);
    rejected = { tier, answered: result.answered, draft: { text: choiceText(result.answered.answer), verdict } };
    if (plan.task.route === 'static') break;
    because = 'escalation';
  }
  if (rejected !== undefined && (lastError === undefined || movesOn(lastError)))
    return unmet(rejected, plan, trail, ports);
  return failed(lastError ?? asRouterError(undefined), trail, plan);
}

function movesOn(error: RouterError): boolean {
  return error.failure !== undefined && FAILURES[error.failure].next;
}

/** What a filter cut short cannot be mended by climbing: another tier would only route around it. */
function filterOf({ answer }: Answered, tier: Tier): RouterError | undefined {
  if (!answer.choices.some(({ finishReason }) => finishReason === 'content_filter')) return undefined;
  return RouterError.failure('content-filter', `Tier "${tier.id}" refused the content.`);
}

async function judge(gate: Gate, { answer }: Answered, request: Request): Promise<Verdict> {
  try {
    return await gate(answer, request.body.tools ?? []);
  } catch {
    // A check that breaks proves nothing about the answer, so the answer does not pass.
    return { pass: false, oracle: 'gate', detail: 'the check itself failed' };
  }
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
function failed(error: RouterError, trail: TrailKeeper, plan: ExecutionPlan): Execution {
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
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(failure !== undefined && { failure }),
    cause: error,
  };
  return { kind: 'failed', trail: account, error: new RouterError('residency_unavailable', message, options) };
}
