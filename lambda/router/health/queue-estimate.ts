import type { LoadReading } from './load-reading';

/** A reading, and how many calls this process had begun and ended there by then. */
export interface Reported {
  readonly reading: LoadReading;
  /** When it was asked for: the host answered no sooner. UTC milliseconds. */
  readonly atMs: number;
  readonly begun: number;
  readonly ended: number;
}

/** Requests as they stand now, by the last reading and the calls of this process since. */
export interface QueueEstimate {
  readonly waiting: number;
  readonly running: number;
  readonly ageMs: number;
}

/** An older reading tells nothing: the load counts as unknown. */
export const STALE_MS = 10_000;
/** A request that has just come in waits for the scheduler's next step, which is no queue. */
const STEP_MS = 50;
/** With its cache that full, a host starts nothing more. */
const CACHE_FULL = 0.95;
/** A host that has no queue though all its known places are taken may have more: so much is tried. */
const GROWTH = 1.05;
/** With so many of its places taken nobody can tell by a reading whether a request found one at once. */
const CROWDED = 0.8;

/** Weight of the newest reading in the share that this process has in the load. */
const SHARE_WEIGHT = 0.2;
const MOST_SHARERS = 20;

/**
 * Follows the load of one tier: what its host says, and how many requests it seems to work on at a time.
 *
 * Between two readings only the calls of this process are seen. Where it has a quarter of the load, three more are taken to
 * come with each of its calls, from other instances of the router; where the reading is of one of three replicas, so that
 * this process has three times the load, a third of each call goes there.
 */
export class QueueEstimator {
  private reported: Reported | undefined;
  private ownLoad = 0;
  private wholeLoad = 0;
  /** Undefined until it has been seen to make anybody wait. */
  private places: number | undefined;

  /** `holdMs`: how long a request keeps its place, where that is known. */
  report(reported: Reported, holdMs: number | undefined, concurrency: number | undefined): void {
    this.reported = reported;
    this.learnShare(reported);
    if (reported.reading.underWay !== undefined) {
      this.places = concurrency;
      return;
    }
    const { waiting = 0, running = 0, cacheUsage = 0 } = reported.reading;
    if (running === 0) return;
    const queued = waiting > 1 + (holdMs === undefined ? 0 : (running * STEP_MS) / holdMs);
    if (queued || cacheUsage >= CACHE_FULL) this.places = running;
    else if (this.places !== undefined && running >= this.places) this.places = Math.ceil(running * GROWTH);
  }

  /** Undefined where there is no reading, or only an old one. */
  estimate(begun: number, ended: number, nowMs: number): QueueEstimate | undefined {
    const reported = this.fresh(nowMs);
    if (reported === undefined) return undefined;
    const since = sinceThen(reported, begun, ended) * this.sharers();
    const { waiting, running } = this.spread(reported.reading, since);
    return { waiting, running, ageMs: nowMs - reported.atMs };
  }

  /**
   * How many wait at least, by the host's own word and this process's own calls, for a bound that refuses. Where the host
   * tells one number and nobody its places, all are taken to wait.
   */
  waiting(begun: number, ended: number, nowMs: number): number | undefined {
    const reported = this.fresh(nowMs);
    if (reported === undefined) return undefined;
    const { reading } = reported;
    const since = sinceThen(reported, begun, ended);
    const told = reading.waiting ?? (this.places === undefined ? reading.underWay : undefined) ?? 0;
    return Math.max(this.spread(reading, since).waiting, told + Math.min(0, since));
  }

  /** Whether a request that comes in now may have to wait; true where nobody knows. */
  makesWait(begun: number, ended: number, nowMs: number): boolean {
    const estimate = this.estimate(begun, ended, nowMs);
    if (estimate === undefined) return true;
    return estimate.waiting > 0 || (this.places !== undefined && estimate.running >= CROWDED * this.places);
  }

  private fresh(nowMs: number): Reported | undefined {
    return this.reported === undefined || nowMs - this.reported.atMs > STALE_MS ? undefined : this.reported;
  }

  /** A reading and so many requests more, over the places there are. */
  private spread(reading: LoadReading, more: number): { readonly waiting: number; readonly running: number } {
    const { waiting, running } = loadOf(reading);
    const all = Math.max(0, waiting + running + more);
    if (this.places !== undefined) {
      return { running: Math.min(all, this.places), waiting: Math.max(0, all - this.places) };
    }
    // Whoever waits though nobody runs is told by a host that tells nothing of its running.
    return running === 0 && waiting > 0 ? { running, waiting: all } : { running: all, waiting: 0 };
  }

  /** Calls that come to the host for each of this process's own. */
  private sharers(): number {
    const ratio = this.ownLoad > 0 ? this.wholeLoad / this.ownLoad : 1;
    return Math.min(MOST_SHARERS, Math.max(1 / MOST_SHARERS, ratio));
  }

  private learnShare({ reading, begun, ended }: Reported): void {
    const { waiting, running } = loadOf(reading);
    const own = Math.max(0, begun - ended);
    if (own === 0 && waiting + running === 0) return;
    const weight = this.wholeLoad === 0 && this.ownLoad === 0 ? 1 : SHARE_WEIGHT;
    this.ownLoad += weight * (own - this.ownLoad);
    this.wholeLoad += weight * (waiting + running - this.wholeLoad);
  }
}

/** This process's calls that have come since a reading, less those that have gone. */
function sinceThen(reported: Reported, begun: number, ended: number): number {
  return begun - reported.begun - (ended - reported.ended);
}

function loadOf({ waiting = 0, running = 0, underWay }: LoadReading): { waiting: number; running: number } {
  return { waiting, running: underWay ?? running };
}
