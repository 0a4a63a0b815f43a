import { MINUTE_MS } from '../../../durations';
import type { Tier } from '../../../types-policy';
import { Slots } from './slots';

/** How calls to one tier follow one another: so many at a time, and spread evenly over the minute. */
export class TierPace {
  private readonly slots: Slots;
  private nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly limits: Pick<Tier, 'concurrency' | 'requestsPerMinute' | 'tokensPerMinute'>,
    private readonly nowMs: () => number,
    /** Waits, unless the run is stopped; true where it was waited out. */
    private readonly pause: (ms: number) => Promise<boolean>,
  ) {
    this.slots = new Slots(limits.concurrency ?? Number.POSITIVE_INFINITY);
  }

  /** Resolves when a call of so many tokens may begin: true, and `ended` must be told; false where the run is stopped. */
  async begin(tokens: number): Promise<boolean> {
    await this.slots.take();
    for (;;) {
      const waitMs = this.nextAtMs - this.nowMs();
      if (waitMs <= 0) break;
      if (await this.pause(waitMs)) continue;
      this.slots.give();
      return false;
    }
    this.nextAtMs = this.nowMs() + this.spacingMs(tokens);
    return true;
  }

  ended(): void {
    this.slots.give();
  }

  /** The host asks to be left alone. */
  leaveAlone(ms: number): void {
    this.nextAtMs = Math.max(this.nextAtMs, this.nowMs() + ms);
  }

  private spacingMs(tokens: number): number {
    const { requestsPerMinute, tokensPerMinute } = this.limits;
    const byRequests = requestsPerMinute === undefined ? 0 : MINUTE_MS / requestsPerMinute;
    const byTokens = tokensPerMinute === undefined ? 0 : (tokens * MINUTE_MS) / tokensPerMinute;
    return Math.max(byRequests, byTokens);
  }
}
