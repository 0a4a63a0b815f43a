import type { Consultation } from '../types';
import type { ChatBody } from '../types-chat';
import type { Estimate } from '../types-live';
import type { Tier } from '../types-policy';
import { LEAST_MS } from './ask';
import { type Answered, completeCall, type Failed } from './call';
import { isWithheld, obtainLeave } from './leave';
import type { ExecutionPorts } from './plan';
import { providerOf } from './provider';
import { createWatch } from './watch';

/** One call to make that gives no answer to the caller. */
export interface Question {
  readonly purpose: Consultation['purpose'];
  readonly tier: Tier;
  readonly model: string;
  readonly body: ChatBody;
  /** Answers asked for. */
  readonly choices: number;
  readonly inputTokens: number;
  readonly expectedOutputTokens: number;
  readonly estimate: Estimate;
}

/** What came of it, and its line in the record. */
export interface Put {
  readonly called: Answered | Failed;
  readonly consultation: Consultation;
}

/** Makes the call within so many milliseconds; undefined where there is no leave to make it, or nobody left to. */
export async function putQuestion(question: Question, leftMs: number, ports: ExecutionPorts): Promise<Put | undefined> {
  const { tier, model, body, choices, inputTokens, expectedOutputTokens, estimate } = question;
  if (leftMs < LEAST_MS || ports.caller.aborted) return undefined;
  const watch = createWatch(tier.id, Math.min(tier.timeouts.totalMs, leftMs), ports.caller);
  const intent = { tier, tokens: inputTokens + expectedOutputTokens, estimate: () => estimate };
  const leave = await obtainLeave(intent, watch, ports);
  if (isWithheld(leave)) {
    watch.end();
    return undefined;
  }
  const startedAtMs = ports.nowMs();
  const called = await completeCall({
    provider: providerOf(tier, ports.providers),
    call: { tier, model, body, signal: watch.signal },
    watch,
    choices,
    inputTokens,
  });
  const consultation = consultationOf(question, called, startedAtMs, ports);
  leave.ended(consultation, called.kind === 'failed' ? called.error.retryAfterMs : undefined);
  return { called, consultation };
}

function consultationOf(
  { purpose, tier, model }: Question,
  called: Answered | Failed,
  startedAtMs: number,
  ports: ExecutionPorts,
): Consultation {
  const { usage } = called;
  const cause = called.kind === 'failed' ? called.error.failure : undefined;
  return {
    purpose,
    tier: tier.id,
    model: called.kind === 'failed' ? model : called.answer.model,
    outcome: called.kind,
    costUsd: usage === undefined ? 0 : ports.price(tier, usage, startedAtMs),
    startedAtMs,
    latencyMs: ports.nowMs() - startedAtMs,
    ...(cause !== undefined && { cause }),
    ...(usage !== undefined && { usage }),
  };
}
