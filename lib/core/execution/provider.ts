import type { StreamSlice, Usage } from '../types';
import type { ChatBody, ChatCompletion, ChatUsage } from '../types-chat';
import type { Tier } from '../types-policy';

/**
 * How far a call has come. `sent`: the whole request is on its way, so the tier may read it. `accepted`: the tier begins an
 * answer. `refused`: it has said that it gives none.
 */
export type CallStage = 'sent' | 'accepted' | 'refused';

/** Told while a call is under way, so that one which is cut short is booked for what the tier read and wrote. */
export interface CallProgress {
  reached(stage: CallStage): void;
  /** Usage told before the end; `prompt`: what it says of the output is not yet what will be billed. */
  tells(usage: Usage, of: 'prompt' | 'all'): void;
}

/** One call to one tier. */
export interface ProviderCall {
  readonly tier: Tier;
  /** Model or fine-tune to ask for. */
  readonly model: string;
  /** What to send, in Chat Completions; `model` in it is the caller's word and is replaced by `model` above. */
  readonly body: ChatBody;
  /** Aborted when the caller leaves or a deadline passes; the provider then closes its connection. */
  readonly signal: AbortSignal;
  readonly progress?: CallProgress;
}

/** A whole answer. `text` is the completion as JSON: the host's own bytes where it speaks Chat Completions. */
export interface ProviderAnswer {
  readonly completion: ChatCompletion;
  readonly text: string;
  /** Absent where the tier told none. */
  readonly usage?: Usage;
}

/** What a stream told at its end. */
export interface StreamTail {
  readonly usage?: Usage;
  /** Usage in the wire's words, where the host speaks Chat Completions. */
  readonly wireUsage?: ChatUsage;
}

/**
 * What speaks a tier's dialect. Every failure is thrown as `RouterError.failure(...)`, before or within the stream; one
 * provider serves all tiers of its kind, so it holds no state of a tier but connections and credentials.
 */
export interface TierProvider {
  /** Names of the body fields that this provider cannot honour for the tier: they make it ineligible. Pure and fast. */
  unsupported(body: ChatBody, tier: Tier): readonly string[];

  complete(call: ProviderCall): Promise<ProviderAnswer>;

  /**
   * Resolves once the tier has accepted the call. Slices hold whole events as `data: {chunk}\n\n` bytes, untouched where
   * the host speaks Chat Completions; events that carry only usage and the closing `[DONE]` are kept out, and usage is
   * asked for always. A stream that breaks off throws; one that ends without a finish reason just ends, and the
   * execution sees that it was not whole. Leaving the iteration early closes the connection.
   */
  stream(call: ProviderCall): Promise<AsyncGenerator<StreamSlice, StreamTail>>;
}

/** The providers by name, as a policy's `provider` names them. */
export type Providers = Readonly<Record<string, TierProvider>>;

/** A policy names no other providers than there are. */
export function providerOf({ provider }: Tier, providers: Providers): TierProvider {
  return providers[provider] as TierProvider;
}
