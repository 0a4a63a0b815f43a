import type { CallEnded, Pace } from '../../../lib/core/types-live';
import type { Tier } from '../../../lib/core/types-policy';
import type { LoadReading } from './load-reading';
import { QueueEstimator } from './queue-estimate';
import { ResistantLine } from './resistant-line';
import { SteadyMean } from './steady-mean';

/** A call under way. */
export interface Begun {
  /** Whether it may have waited at the tier, so that its first token tells nothing of the tier's own pace. */
  readonly waited: boolean;
}

/** Own calls by the time a reading was asked for. */
export interface CallCount {
  readonly begun: number;
  readonly atMs: number;
}

/**
 * A first token that nobody has observed for so long is no reason to leave a tier aside: the next call finds out. While
 * that is under way the old observation stands, so that it stays one call.
 */
const OBSERVED_MS = 60_000;
/** Shorter answers tell nothing of the rate they were written at. */
const LEAST_TOKENS = 8;

type Draft = { -readonly [Key in keyof Pace]: Pace[Key] };

/**
 * The pace of one tier: what its host says of its queue, and what this process's own calls show of its speed. Behind a load
 * balancer a reading is that of one replica, and so is `maxWaiting`: requests that wait and run are those of the same one.
 */
export class TierPace {
  private readonly queue = new QueueEstimator();
  private readonly firstToken = new ResistantLine();
  private readonly holdMs = new SteadyMean();
  private readonly decodeRate = new SteadyMean();
  private observedAtMs = Number.NEGATIVE_INFINITY;
  private begun = 0;
  private endedCalls = 0;

  began(tier: Tier, nowMs: number): Begun {
    const waited = tier.queue !== undefined && this.queue.makesWait(this.begun, this.endedCalls, nowMs);
    this.begun += 1;
    return { waited };
  }

  ended({ waited }: Begun, how: CallEnded, nowMs: number): void {
    this.endedCalls += 1;
    // How long a failure took says nothing of how long an answer takes.
    if (how.cause !== undefined) return;
    const { timeToFirstTokenMs: firstMs, latencyMs, inputTokens, outputTokens } = how;
    if (!waited) this.holdMs.add(latencyMs);
    if (firstMs === undefined) return;
    if (waited) this.holdMs.add(latencyMs - firstMs + Math.min(firstMs, this.ownTimeMs(inputTokens)));
    else this.observe(inputTokens, firstMs, nowMs);
    if (outputTokens >= LEAST_TOKENS) this.decodeRate.add((1000 * (outputTokens - 1)) / (latencyMs - firstMs));
  }

  /** To be taken when a reading is asked for, and handed to `read` with it. */
  count(nowMs: number): CallCount {
    return { begun: this.begun, atMs: nowMs };
  }

  read(reading: LoadReading, { begun, atMs }: CallCount, { concurrency }: Tier): void {
    this.queue.report({ reading, atMs, begun, ended: this.endedCalls }, this.holdMs.value, concurrency);
  }

  /** Requests that wait at the tier at least; undefined where nobody knows. */
  waiting(nowMs: number): number | undefined {
    return this.queue.waiting(this.begun, this.endedCalls, nowMs);
  }

  /** Milliseconds between two requests that leave their places. */
  turnMs(nowMs: number): number | undefined {
    const { value: holdMs } = this.holdMs;
    const running = this.queue.estimate(this.begun, this.endedCalls, nowMs)?.running ?? this.ownCalls;
    return holdMs === undefined || running <= 0 ? undefined : holdMs / running;
  }

  pace(nowMs: number): Pace {
    const pace: Draft = { ownCalls: this.ownCalls };
    const queue = this.queue.estimate(this.begun, this.endedCalls, nowMs);
    if (queue !== undefined) {
      pace.waiting = queue.waiting;
      pace.running = queue.running;
      pace.ageMs = queue.ageMs;
    }
    const { line } = this.firstToken;
    if (line !== undefined && (nowMs - this.observedAtMs < OBSERVED_MS || this.ownCalls > 0)) {
      pace.firstTokenMs = line.base;
      if (line.slope > 0) pace.prefillTokensPerSecond = 1000 / line.slope;
    }
    if (this.decodeRate.value !== undefined) pace.decodeTokensPerSecond = this.decodeRate.value;
    if (this.holdMs.value !== undefined) pace.holdMs = this.holdMs.value;
    return pace;
  }

  private get ownCalls(): number {
    return this.begun - this.endedCalls;
  }

  private ownTimeMs(inputTokens: number): number {
    const { line } = this.firstToken;
    return line === undefined ? 0 : line.base + line.slope * inputTokens;
  }

  private observe(inputTokens: number, firstMs: number, nowMs: number): void {
    if (nowMs - this.observedAtMs >= OBSERVED_MS) this.firstToken.loosen();
    this.firstToken.add(inputTokens, firstMs);
    this.observedAtMs = nowMs;
  }
}
