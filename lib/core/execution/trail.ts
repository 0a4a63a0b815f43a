import type { RouterError } from '../errors';
import type { Attempt, Chosen, Reason, Trail, Usage, Verdict } from '../types';
import type { Tier } from '../types-policy';

/** Why a call is made. */
export type Because = Attempt['because'];

export interface AttemptStart {
  readonly tier: Tier;
  readonly model: string;
  readonly because: Because;
  readonly startedAtMs: number;
}

export interface AttemptResult {
  readonly endedAtMs: number;
  readonly usage?: Usage | undefined;
  readonly firstContentAtMs?: number | undefined;
  readonly servedModel?: string;
  readonly error?: RouterError | undefined;
  readonly verdict?: Verdict | undefined;
}

/** Keeps the account of one execution while it goes on; `read` gives it as a noun. */
export class TrailKeeper {
  private readonly attempts: Attempt[] = [];
  private escalations = 0;
  private fallbacks = 0;
  private retries = 0;

  constructor(
    private readonly decision: Chosen,
    private readonly price: (tier: Tier, usage: Usage, atMs: number) => number,
  ) {}

  get retriesSpent(): number {
    return this.retries;
  }

  began(because: Because): void {
    if (because === 'escalation') this.escalations += 1;
    if (because === 'fallback') this.fallbacks += 1;
    if (because === 'retry') this.retries += 1;
  }

  /** Books a call that has ended. */
  ended(start: AttemptStart, result: AttemptResult): void {
    this.attempts.push(this.attempt(start, result));
  }

  /** The account so far; `current` is a call still under way, shown but not booked. */
  read(tier: string | null, model: string | null, reason: Reason, current?: Attempt): Trail {
    const { escalations, fallbacks, retries } = this;
    const attempts = current === undefined ? [...this.attempts] : [...this.attempts, current];
    return { attempts, tier, model, reason, escalations, fallbacks, retries };
  }

  attempt({ tier, model, because, startedAtMs }: AttemptStart, result: AttemptResult): Attempt {
    const { usage, error, verdict, firstContentAtMs } = result;
    const outcome = error !== undefined ? 'failed' : verdict?.pass === false ? 'rejected' : 'answered';
    return {
      tier: tier.id,
      model: result.servedModel || model,
      outcome,
      because,
      costUsd: usage === undefined ? 0 : this.price(tier, usage, startedAtMs),
      startedAtMs,
      latencyMs: result.endedAtMs - startedAtMs,
      ...(error?.failure !== undefined && { cause: error.failure }),
      ...(usage !== undefined && { usage }),
      ...(firstContentAtMs !== undefined && { timeToFirstTokenMs: firstContentAtMs - startedAtMs }),
      ...(verdict !== undefined && { verdict }),
    };
  }

  /** Why the answer that leaves is the one it is. */
  get reason(): Reason {
    if (this.escalations > 0) return 'escalated';
    return this.fallbacks > 0 ? 'fallback' : this.decision.reason;
  }
}
