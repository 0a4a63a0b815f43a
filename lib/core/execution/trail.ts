import type { RouterError } from '../errors';
import type { Attempt, Chosen, Consultation, Reason, Trail, Usage, Verdict } from '../types';
import type { Tier } from '../types-policy';
import type { Leave } from './leave';

/** Why a call is made. */
export type Because = Attempt['because'];

export interface AttemptStart {
  readonly tier: Tier;
  readonly model: string;
  readonly because: Because;
  readonly startedAtMs: number;
  readonly leave: Leave;
  /** What the checks said of the call before it ended: of a stream that goes on after its beginning was judged. */
  readonly verdict?: Verdict | undefined;
}

export interface AttemptResult {
  readonly endedAtMs: number;
  readonly usage?: Usage | undefined;
  readonly firstContentAtMs?: number | undefined;
  readonly servedModel?: string;
  readonly error?: RouterError | undefined;
  readonly verdict?: Verdict | undefined;
  readonly repeatedCharacters?: number | undefined;
}

/** Keeps the account of one execution while it goes on; `read` gives it as a noun. */
export class TrailKeeper {
  private readonly attempts: Attempt[] = [];
  private readonly consultations: Consultation[] = [];
  private escalations = 0;
  private fallbacks = 0;
  private retries = 0;
  private begun = 0;
  private isUnmet = false;

  constructor(
    private readonly decision: Chosen,
    private readonly price: (tier: Tier, usage: Usage, atMs: number) => number,
  ) {}

  get retriesSpent(): number {
    return this.retries;
  }

  /** Calls made so far, those under way included. */
  get calls(): number {
    return this.begun;
  }

  /** A call is made: tier and budgets have given leave. What got none was no climb, no fallback and no retry. */
  began(because: Because): void {
    this.begun += 1;
    if (because === 'escalation') this.escalations += 1;
    if (because === 'fallback') this.fallbacks += 1;
    if (because === 'retry') this.retries += 1;
  }

  /** The answer leaves although it failed its checks: nobody is left to climb to. */
  unmet(): void {
    this.isUnmet = true;
  }

  /** Books a call that has ended. */
  ended(start: AttemptStart, result: AttemptResult): void {
    const attempt = this.attempt(start, result);
    this.attempts.push(attempt);
    start.leave.ended(attempt, result.error?.retryAfterMs);
  }

  /** Gives back what a call has held, where it is over and only judging keeps it from being booked. */
  release(start: AttemptStart, result: AttemptResult): void {
    start.leave.ended(this.attempt(start, result));
  }

  /** Books a call that served the routing itself. */
  consulted(consultation: Consultation): void {
    this.consultations.push(consultation);
  }

  /** The account so far; `current` is a call still under way, shown but not booked. */
  read(tier: string | null, model: string | null, reason: Reason, current?: Attempt): Trail {
    const { escalations, fallbacks, retries } = this;
    const attempts = current === undefined ? [...this.attempts] : [...this.attempts, current];
    const consultations = [...this.consultations];
    return { attempts, consultations, tier, model, reason, escalations, fallbacks, retries };
  }

  attempt({ tier, model, because, startedAtMs, verdict: known }: AttemptStart, result: AttemptResult): Attempt {
    const { usage, error, firstContentAtMs, repeatedCharacters } = result;
    const verdict = result.verdict ?? known;
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
      ...(repeatedCharacters !== undefined && { repeatedCharacters }),
    };
  }

  /** Why the answer that leaves is the one it is. */
  get reason(): Reason {
    if (this.isUnmet) return 'oracle-unmet';
    if (this.escalations > 0) return 'escalated';
    return this.fallbacks > 0 ? 'fallback' : this.decision.reason;
  }
}
