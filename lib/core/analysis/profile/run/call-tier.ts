import { priceUsage } from '../../../attribution/price';
import { FAILURES, type FailureCause, type RouterError } from '../../../errors';
import { type Answered, completeCall, type Failed } from '../../../execution/call';
import type { Providers, TierProvider } from '../../../execution/provider';
import { createWatch } from '../../../execution/watch';
import type { Usage } from '../../../types';
import type { ChatBody } from '../../../types-chat';
import type { Estimate } from '../../../types-live';
import type { Tier } from '../../../types-policy';
import { Slots } from './slots';
import type { Spending } from './spending';
import { TierPace } from './tier-pace';

/** What the world gives to calls. */
export interface CallPorts {
  readonly providers: Providers;
  readonly nowMs: () => number;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  /** Resolves early once the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborted: no call is begun any more. */
  readonly stopped: AbortSignal;
  /** Aborted: calls under way are given up. */
  readonly aborted: AbortSignal;
  /** The tier as it is reached through a deployed router; absent: the tier itself is called. */
  readonly via?: (tier: Tier, task: string) => Tier;
  /** Told of each call before it is made; what it returns is called where the call came to nothing and costs nothing. */
  readonly begun?: (order: CallOrder) => () => void;
}

/** One row on one tier, for the first time (0) or again. */
export interface RowSample {
  readonly row: string;
  readonly tier: string;
  readonly sample: number;
}

/** One call to make. */
export interface CallOrder {
  /** The answer for whose sake it is made: that of a tier, also where a judge is asked. */
  readonly about: RowSample;
  /** As the policy has it: its limits and prices hold however it is reached. */
  readonly tier: Tier;
  readonly task: string;
  readonly model: string;
  readonly body: ChatBody;
  /** Calls of one kind cost much alike. */
  readonly kind: string;
  readonly inputTokens: number;
  readonly expectedOutputTokens: number;
  readonly estimate: Estimate;
}

interface Tried {
  /** What failed tries before were billed. */
  readonly lostUsd: number;
}

export type Called =
  | (Tried & {
      readonly kind: 'answered';
      readonly answered: Answered;
      readonly costUsd: number;
      readonly latencyMs: number;
    })
  | (Tried & {
      readonly kind: 'failed';
      readonly cause: FailureCause;
      readonly message: string;
      readonly latencyMs: number;
    })
  /** The cap is reached, or the run was stopped. */
  | { readonly kind: 'not-made' };

/** A failure that may pass is waited out longer than a caller would wait. */
const LEAST_RETRIES = 3;
/** A host that is busy is only busy. */
const BUSY_RETRIES = 10;
const BUSY: ReadonlySet<FailureCause> = new Set(['rate-limited', 'overloaded']);
/** First pause without a Retry-After; doubled each time, with full jitter. */
const BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 30_000;
const LONGEST_ASKED_MS = 300_000;

/** Calls tiers: each within its own limits, all within the run's concurrency and cap. */
export class TierCaller {
  private readonly paces = new Map<string, TierPace>();
  private readonly slots: Slots;

  constructor(
    private readonly ports: CallPorts,
    concurrency: number,
    private readonly spending: Spending,
  ) {
    this.slots = new Slots(concurrency);
  }

  /** Asks, and again after a failure that may pass. */
  async call(order: CallOrder): Promise<Called> {
    let lostUsd = 0;
    for (let retry = 0; ; retry += 1) {
      const once = await this.callOnce(order);
      if (once === undefined) return { kind: 'not-made' };
      const { called, costUsd, latencyMs } = once;
      if (called.kind === 'answered') return { kind: 'answered', answered: called, costUsd, latencyMs, lostUsd };
      lostUsd += costUsd;
      const cause = called.error.failure ?? 'server-error';
      if (cause === 'aborted' && (this.ports.aborted.aborted || this.ports.stopped.aborted))
        return { kind: 'not-made' };
      if (!mayRetry(order.tier, called.error, retry) || this.ports.stopped.aborted)
        return { kind: 'failed', cause, message: called.error.message, latencyMs, lostUsd };
      await this.waitOut(order.tier, called.error, retry);
    }
  }

  private async callOnce(
    order: CallOrder,
  ): Promise<{ called: Answered | Failed; costUsd: number; latencyMs: number } | undefined> {
    const { tier, inputTokens, expectedOutputTokens, estimate, kind } = order;
    const pace = this.paceOf(tier);
    if (!(await pace.begin(inputTokens + expectedOutputTokens))) return undefined;
    await this.slots.take();
    try {
      const reserve = this.ports.stopped.aborted ? undefined : await this.spending.reserve(kind, estimate);
      if (reserve === undefined) return undefined;
      let costUsd = 0;
      try {
        const startedAtMs = this.ports.nowMs();
        const forget = this.ports.begun?.(order);
        const called = await this.make(order);
        costUsd = called.usage === undefined ? 0 : priceUsage(tier, called.usage as Usage, startedAtMs);
        if (called.kind === 'failed' && costUsd === 0 && called.error.failure !== 'aborted') forget?.();
        return { called, costUsd, latencyMs: this.ports.nowMs() - startedAtMs };
      } finally {
        reserve.settle(costUsd);
      }
    } finally {
      this.slots.give();
      pace.ended();
    }
  }

  private make({ tier: own, task, model, body, inputTokens }: CallOrder): Promise<Answered | Failed> {
    const { providers, aborted, via } = this.ports;
    const tier = via === undefined ? own : via(own, task);
    const watch = createWatch(own.id, own.timeouts.totalMs, aborted);
    return completeCall({
      provider: providers[tier.provider] as TierProvider,
      call: { tier, model: via === undefined ? model : tier.model, body, signal: watch.signal },
      watch,
      choices: 1,
      inputTokens,
    });
  }

  /** A host that is busy is left alone by all calls, not by this one only. */
  private async waitOut(tier: Tier, { failure, retryAfterMs }: RouterError, retry: number): Promise<void> {
    const { random, pause, stopped } = this.ports;
    const ownMs = random() * Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** retry);
    const waitMs = Math.max(ownMs, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS));
    if (retryAfterMs !== undefined || (failure !== undefined && BUSY.has(failure)))
      this.paceOf(tier).leaveAlone(waitMs);
    else await pause(waitMs, stopped);
  }

  private paceOf(tier: Tier): TierPace {
    const known = this.paces.get(tier.id);
    if (known) return known;
    const { nowMs, pause, stopped } = this.ports;
    const fresh = new TierPace(tier, nowMs, async (ms) => {
      if (!stopped.aborted) await pause(ms, stopped);
      return !stopped.aborted;
    });
    this.paces.set(tier.id, fresh);
    return fresh;
  }
}

function mayRetry({ retries }: Tier, { failure }: RouterError, retry: number): boolean {
  if (failure === undefined || !FAILURES[failure].retry) return false;
  return retry < Math.max(retries, BUSY.has(failure) ? BUSY_RETRIES : LEAST_RETRIES);
}
