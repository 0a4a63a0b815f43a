import type { BreakerState } from '../../../lib/core/types-live';
import type { Policy } from '../../../lib/core/types-policy';
import type { CallMeaning } from './call-meaning';

export type BreakerSettings = Policy['breaker'];

/** Leave to make one call; to be given back with `ended`. */
export interface BreakerLeave {
  readonly probe: boolean;
  readonly era: number;
}

/** Times in UTC milliseconds. */
export interface Opening {
  readonly openedAtMs: number;
  readonly untilMs: number;
}

/** A failure, and how many calls had been answered before it. */
interface Mark {
  readonly atMs: number;
  readonly answeredBefore: number;
}

/** A breaker that opens again and again stays open twice as long each time, up to so many times `openMs`. */
const LONGEST = 8;
/** A tier that is only busy is tried again sooner, and after `openMs` at the latest. */
const BUSY_MS = 1000;
/** A host that asks for more is asked again after that all the same. */
const LONGEST_ASKED_MS = 900_000;
/** The request that was asked to wait comes again at that very moment: timers and clocks differ by less. */
const SLACK_MS = 10;
/** While a probe is under way nobody knows for how long: look again. */
const LOOK_AGAIN_MS = 1000;

/**
 * The breaker of one tier: a state machine with the clock as an argument.
 *
 * closed -> open: as many failures as the policy says within its window, and at least as many as answers between them, so
 * that a busy tier with a few failures in a hundred stays in use. Or the tier said when to come back: then it is open until
 * that time and closed after it, for a host that names a time has not failed.
 *
 * open -> half-open: when the time is up. One probe at a time, and only with leave (`grant`), which all instances of a router
 * share. An answer closes it, a failure opens it again for longer.
 */
export class Breaker {
  /** The last failures, as many as it takes to open. */
  private marks: Mark[] = [];
  private answered = 0;
  /** Counts openings and closings: what was begun before one says nothing about what came after it. */
  private era = 0;
  private opening: (Opening & { readonly asked: boolean }) | undefined;
  private probe: BreakerLeave | undefined;
  private granted = false;
  /** How often it has opened again without having been closed for a while. */
  private relapses = 0;
  private closedAtMs = Number.NEGATIVE_INFINITY;
  private openForMs = 0;

  state(nowMs: number): BreakerState {
    if (this.opening === undefined) return 'closed';
    if (nowMs < this.opening.untilMs) return 'open';
    return this.opening.asked ? 'closed' : 'half-open';
  }

  /** While it is not closed. */
  opened(nowMs: number): Opening | undefined {
    return this.state(nowMs) === 'closed' ? undefined : this.opening;
  }

  mayProbe(nowMs: number): boolean {
    return this.granted && this.probe === undefined && this.state(nowMs) === 'half-open';
  }

  wantsLeave(nowMs: number): boolean {
    return !this.granted && this.probe === undefined && this.state(nowMs) === 'half-open';
  }

  /** Leave to make one probe. */
  grant(): void {
    this.granted = true;
  }

  retryAfterMs(nowMs: number): number {
    const { untilMs } = this.opening ?? { untilMs: nowMs };
    return nowMs < untilMs ? untilMs - nowMs : LOOK_AGAIN_MS;
  }

  admit(nowMs: number): BreakerLeave | undefined {
    if (this.state(nowMs) === 'closed') return { probe: false, era: this.era };
    if (!this.mayProbe(nowMs)) return undefined;
    this.granted = false;
    this.probe = { probe: true, era: this.era };
    return this.probe;
  }

  ended(leave: BreakerLeave, meaning: CallMeaning, nowMs: number, settings: BreakerSettings, askedMs = 0): void {
    if (leave === this.probe) this.probe = undefined;
    if (leave.era !== this.era) return;
    if (meaning === 'nothing') {
      if (leave.probe) this.granted = true;
    } else if (meaning === 'answers') {
      this.answered += 1;
      if (leave.probe) this.close(nowMs);
    } else if (meaning === 'busy' && askedMs > 0) this.leaveAlone(nowMs, askedMs);
    else if (leave.probe || this.hasFailedTooOften(nowMs, settings)) this.open(nowMs, meaning, settings, askedMs);
  }

  /** What another instance has found. */
  adopt(opening: Opening): void {
    if (this.opening !== undefined && !this.opening.asked && this.opening.untilMs >= opening.untilMs) return;
    this.turn({ ...opening, asked: false });
  }

  /** Another instance's probe was answered. */
  close(nowMs: number): void {
    this.closedAtMs = nowMs;
    this.turn(undefined);
  }

  private hasFailedTooOften(nowMs: number, { failures, windowMs }: BreakerSettings): boolean {
    this.marks.push({ atMs: nowMs, answeredBefore: this.answered });
    if (this.marks.length > failures) this.marks = this.marks.slice(-failures);
    const [first] = this.marks;
    if (first === undefined || this.marks.length < failures || nowMs - first.atMs > windowMs) return false;
    return this.answered - first.answeredBefore <= failures;
  }

  private open(nowMs: number, meaning: CallMeaning, { openMs, windowMs }: BreakerSettings, askedMs: number): void {
    const sinceClosedMs = nowMs - this.closedAtMs;
    const reopened = this.opening !== undefined && !this.opening.asked;
    const relapsed = reopened || sinceClosedMs < Math.max(windowMs, this.openForMs);
    this.relapses = relapsed ? this.relapses + 1 : 0;
    const [firstMs, longestMs] = meaning === 'busy' ? [Math.min(BUSY_MS, openMs), openMs] : [openMs, LONGEST * openMs];
    const ownMs = Math.min(longestMs, firstMs * 2 ** this.relapses);
    this.openForMs = Math.max(ownMs, Math.min(askedMs, LONGEST_ASKED_MS));
    this.turn({ openedAtMs: nowMs, untilMs: nowMs + this.openForMs, asked: false });
  }

  private leaveAlone(nowMs: number, askedMs: number): void {
    const untilMs = nowMs + Math.min(askedMs, LONGEST_ASKED_MS) - SLACK_MS;
    if (this.state(nowMs) === 'open' && this.retryAfterMs(nowMs) >= untilMs - nowMs) return;
    // Not a new era: other calls are under way, and what they find counts.
    this.opening = { openedAtMs: nowMs, untilMs, asked: true };
    this.granted = false;
  }

  /** A new era: what is under way was begun in another. */
  private turn(opening: (Opening & { readonly asked: boolean }) | undefined): void {
    this.opening = opening;
    this.marks = [];
    this.answered = 0;
    this.granted = false;
    this.era += 1;
  }
}
