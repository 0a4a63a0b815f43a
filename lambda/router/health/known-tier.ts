import type { Admission, CallEnded, TierState } from '../../../lib/core/types-live';
import type { Tier } from '../../../lib/core/types-policy';
import { Breaker, type BreakerLeave, type BreakerSettings } from './breaker';
import { meaningOf } from './call-meaning';
import { Limits, type Taken } from './limits';
import { type Begun, TierPace } from './tier-pace';

/** What a tier needs of the process around it. */
export interface Surroundings {
  /** UTC milliseconds. */
  readonly nowMs: () => number;
  readonly settings: () => BreakerSettings;
  /** Seeks leave to probe, which may be there at once. */
  readonly seekLeave: (one: KnownTier) => void;
  /** Told when its breaker has opened or closed. */
  readonly turned: (one: KnownTier) => void;
}

/** One tier as this process knows it. */
export class KnownTier {
  readonly breaker = new Breaker();
  readonly pace = new TierPace();
  private readonly limits = new Limits();

  constructor(
    /** As the policy in force has it. */
    public tier: Tier,
    private readonly around: Surroundings,
  ) {}

  state(): TierState {
    const nowMs = this.around.nowMs();
    const { breaker } = this;
    const pace = this.pace.pace(nowMs);
    if (breaker.wantsLeave(nowMs)) this.around.seekLeave(this);
    const standing = breaker.state(nowMs);
    if (standing !== 'closed' && !breaker.mayProbe(nowMs)) {
      return { breaker: 'open', retryAfterMs: breaker.retryAfterMs(nowMs), pace };
    }
    const full = this.full(nowMs);
    return full === undefined ? { breaker: standing, pace } : { breaker: standing, pace, full };
  }

  admit(tokens: number): Admission | undefined {
    const nowMs = this.around.nowMs();
    if (this.full(nowMs) !== undefined) return undefined;
    const taken = this.limits.take(this.tier, tokens, nowMs);
    if (taken === undefined) return undefined;
    const leave = this.breaker.admit(nowMs);
    if (leave === undefined) {
      this.limits.ended(taken, false);
      return undefined;
    }
    const begun = this.pace.began(this.tier, nowMs);
    let over = false;
    return {
      ended: (how) => {
        if (!over) this.ended(how, taken, leave, begun);
        over = true;
      },
    };
  }

  private ended(how: CallEnded, taken: Taken, leave: BreakerLeave, begun: Begun): void {
    const { around, breaker } = this;
    const nowMs = around.nowMs();
    this.limits.ended(taken, wasMade(how));
    this.pace.ended(begun, how, nowMs);
    const before = breaker.opened(nowMs);
    breaker.ended(leave, meaningOf(how, this.tier), nowMs, around.settings(), how.retryAfterMs);
    if (breaker.opened(nowMs) !== before) around.turned(this);
  }

  /** Why it takes nothing now although its breaker does not stand in the way. */
  private full(nowMs: number): TierState['full'] {
    const limited = this.limits.full(this.tier, nowMs);
    if (limited !== undefined) return limited.retryAfterMs === undefined ? this.inTurns(limited, 1, nowMs) : limited;
    const { maxWaiting } = this.tier.queue ?? {};
    const waiting = maxWaiting === undefined ? undefined : this.pace.waiting(nowMs);
    if (maxWaiting === undefined || waiting === undefined || waiting < Math.max(1, maxWaiting)) return undefined;
    const detail = `${Math.ceil(waiting)} requests wait there, and ${maxWaiting} may`;
    return this.inTurns({ reason: 'queue-full', detail }, waiting - maxWaiting + 1, nowMs);
  }

  /** With the time that so many requests take to leave their places. */
  private inTurns(full: NonNullable<TierState['full']>, turns: number, nowMs: number): TierState['full'] {
    const turnMs = this.pace.turnMs(nowMs);
    if (turnMs === undefined) return full;
    const { reason, detail } = full;
    return { reason, detail, retryAfterMs: turns * turnMs };
  }
}

/** Leave may be obtained and not used, for want of money. */
function wasMade({ cause, latencyMs }: CallEnded): boolean {
  return cause !== 'aborted' || latencyMs > 0;
}
