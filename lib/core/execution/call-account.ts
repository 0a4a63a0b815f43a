import type { FailureCause, RouterError } from '../errors';
import type { Usage } from '../types';
import type { CallProgress, CallStage } from './provider';
import { countedTokens, estimatedUsage } from './usage';

/** The router gave the call up, or its caller did; of the tier this says nothing. */
const GIVEN_UP: ReadonlySet<FailureCause> = new Set([
  'aborted',
  'first-token-timeout',
  'stall-timeout',
  'total-timeout',
]);

/** What the tier says instead of an answer, be it with its status or in the first event of a stream. */
const REFUSALS: ReadonlySet<FailureCause> = new Set([
  'rate-limited',
  'overloaded',
  'server-error',
  'auth',
  'unknown-model',
  'context-length',
  'content-filter',
  'invalid-request',
]);

/**
 * What one call is booked at where the tier tells no usage at its end. Hosts bill a prompt as soon as a model reads it, also
 * where nobody waits for the answer, and bill none that they turn away or fail at: one of them says so status by status
 * (novita.ai/docs/guides/llm-billing: 200 and 499 charged; 400, 401, 403, 429 and 5xx not). A caller who always hangs up
 * before the first word would else spend what no budget sees. So, the tier's own count before ours:
 *
 * - sent whole, then given up by the caller or by a deadline: the prompt
 * - an answer begun that broke off, stood still or made no sense: the prompt, and what had come of it by count
 * - never sent whole, refused before any content, or cut off before any answer: nothing
 */
export class CallAccount implements CallProgress {
  private stage: CallStage | undefined;
  private told: Usage | undefined;
  private isToldWhole = false;

  /** `inputTokens`: of the prompt, as they were estimated when money was set aside for it. */
  constructor(private readonly inputTokens: number) {}

  reached(stage: CallStage): void {
    this.stage = stage;
  }

  tells(usage: Usage, of: 'prompt' | 'all'): void {
    this.told = usage;
    this.isToldWhole = of === 'all';
  }

  /** Of an answer that had begun, with so many characters of it. */
  spent(characters: number): Usage {
    const { told, isToldWhole } = this;
    if (told === undefined) return estimatedUsage(this.inputTokens, characters);
    if (isToldWhole) return told;
    return Object.assign({}, told, { outputTokens: countedTokens(characters), reasoningTokens: 0, estimated: true });
  }

  /** Of a call that failed before its answer had any content; undefined where nothing is billed. */
  spentInVain({ failure }: RouterError): Usage | undefined {
    return this.isToldWhole || this.isTakenForRead(failure) ? this.spent(0) : undefined;
  }

  private isTakenForRead(failure: FailureCause | undefined): boolean {
    if (this.stage === 'accepted') return failure === undefined || !REFUSALS.has(failure);
    return this.stage === 'sent' && failure !== undefined && GIVEN_UP.has(failure);
  }
}
