import { MINUTE_MS } from '../../../lib/core/durations';
import type { TierState } from '../../../lib/core/types-live';
import type { Tier } from '../../../lib/core/types-policy';

export type TierLimits = Pick<Tier, 'concurrency' | 'requestsPerMinute' | 'tokensPerMinute'>;

/** A call that counts against the limits. */
export interface Taken {
  readonly atMs: number;
  readonly tokens: number;
  /** Whether it stands in the sums of the last minute. */
  counts: boolean;
}

/** Entries that have left the window are cut off the list when there are so many. */
const CUT_AFTER = 1024;

/**
 * What one process sends to one tier: calls at a time, calls and tokens in any 60 seconds. Tokens count as they were
 * estimated when the call began. The limits are the process's own: with several workers or function instances each keeps
 * them for itself, so a policy divides what the host allows by their number.
 */
export class Limits {
  private taken: Taken[] = [];
  private first = 0;
  private requests = 0;
  private tokens = 0;
  private underWay = 0;

  /** Why no call may begin now, not even a small one; undefined where one may. */
  full(limits: TierLimits, nowMs: number): TierState['full'] {
    const { concurrency, requestsPerMinute, tokensPerMinute } = limits;
    if (concurrency !== undefined && this.underWay >= concurrency) {
      return { reason: 'rate-limit', detail: `${concurrency} calls at a time may be made to it, and so many are` };
    }
    if (requestsPerMinute === undefined && tokensPerMinute === undefined) return undefined;
    this.forget(nowMs);
    if (requestsPerMinute !== undefined && this.requests >= requestsPerMinute) {
      return this.until(nowMs, `${requestsPerMinute} calls a minute may be made to it, and so many were`);
    }
    if (tokensPerMinute !== undefined && this.tokens >= tokensPerMinute) {
      return this.until(nowMs, `${tokensPerMinute} tokens a minute may be sent to it, and so many were`);
    }
    return undefined;
  }

  /** Undefined where the call would pass a limit. */
  take(limits: TierLimits, tokens: number, nowMs: number): Taken | undefined {
    if (this.full(limits, nowMs) !== undefined) return undefined;
    const { requestsPerMinute, tokensPerMinute } = limits;
    if (tokensPerMinute !== undefined && this.tokens + tokens > tokensPerMinute) return undefined;
    const counts = requestsPerMinute !== undefined || tokensPerMinute !== undefined;
    const taken: Taken = { atMs: nowMs, tokens, counts };
    this.underWay += 1;
    if (counts) {
      this.taken.push(taken);
      this.requests += 1;
      this.tokens += tokens;
    }
    return taken;
  }

  /** `made`: whether the call was made at all. */
  ended(taken: Taken, made: boolean): void {
    this.underWay -= 1;
    if (!made) this.discount(taken);
  }

  private until(nowMs: number, detail: string): TierState['full'] {
    const retryAfterMs = (this.taken[this.first]?.atMs ?? nowMs) + MINUTE_MS - nowMs;
    return { reason: 'rate-limit', detail, retryAfterMs };
  }

  private forget(nowMs: number): void {
    for (let oldest = this.taken[this.first]; oldest !== undefined; oldest = this.taken[this.first]) {
      if (nowMs - oldest.atMs < MINUTE_MS) break;
      this.discount(oldest);
      this.first += 1;
    }
    if (this.first < CUT_AFTER) return;
    this.taken = this.taken.slice(this.first);
    this.first = 0;
  }

  private discount(taken: Taken): void {
    if (!taken.counts) return;
    taken.counts = false;
    this.requests -= 1;
    this.tokens -= taken.tokens;
  }
}
