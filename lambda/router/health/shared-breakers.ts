import { messageOf } from '../../../lib/core/message-of';
import { type Outage, tellOutages } from '../../shared/outage';
import { createPoller, type Poller } from '../../shared/poller';
import type { BreakerStore, SharedBreaker } from '../../shared/store/breaker-port';
import type { Breaker } from './breaker';

export interface SharedBreakersOptions {
  readonly store: BreakerStore;
  /** The breaker of a tier; undefined for one that the policy does not have. */
  readonly breakerOf: (tier: string) => Breaker | undefined;
  /** UTC milliseconds. */
  readonly nowMs: () => number;
  readonly refreshMs: number;
  readonly warn: (message: string) => void;
}

/** What the store is known to hold of a tier. */
interface Told {
  readonly untilMs: number;
  /** When it was written or read. */
  readonly atMs: number;
}

interface Dealing {
  told: Told | undefined;
  writing: boolean;
  claiming: boolean;
  /** When the last write came back. */
  wroteAtMs: number;
  /** A claim that another instance had is not asked for again before. */
  claimAtMs: number;
}

/** An instance that has leave makes its probe within this time, or another gets leave. */
const LEASE_MS = 10_000;
/**
 * Nobody has probed for so long: the instances with leave have no requests, as may be where each has few. Then each probes
 * by itself, one at a time.
 */
const PATIENCE_MS = 15_000;
const CLAIM_AGAIN_MS = 1000;

/**
 * Shares breakers among all instances of a router, in the background and as well as the store allows: one that opens is
 * written, others learn of it at their next look, and probes need leave, so that hundreds of instances do not all probe.
 * A store that fails changes nothing about the breakers of the process itself.
 */
export class SharedBreakers {
  private readonly dealings = new Map<string, Dealing>();
  /** Of looks, writes and claims alike. */
  private readonly outage: Outage;
  private readonly looks: Poller<void>;

  constructor(private readonly options: SharedBreakersOptions) {
    const { nowMs, refreshMs, warn } = options;
    this.outage = tellOutages((error) =>
      warn(`breakers are not shared, for the store cannot be reached: ${messageOf(error)}`),
    );
    this.looks = createPoller({ look: () => this.look(), intervalMs: refreshMs, nowMs, outage: this.outage });
  }

  /** Looks at the store where the last look is too old. Never waits and never throws. */
  follow(): void {
    this.looks.poke();
  }

  /** Tells the store what has become of a breaker, and asks for leave to probe. Never waits and never throws. */
  settle(tier: string): void {
    const breaker = this.options.breakerOf(tier);
    if (breaker === undefined) return;
    const dealing = this.dealingOf(tier);
    if (!dealing.writing) void this.write(tier, breaker, dealing);
    if (breaker.wantsLeave(this.options.nowMs())) void this.claim(tier, breaker, dealing);
  }

  private dealingOf(tier: string): Dealing {
    const known = this.dealings.get(tier);
    if (known !== undefined) return known;
    const never = Number.NEGATIVE_INFINITY;
    const dealing = { told: undefined, writing: false, claiming: false, wroteAtMs: never, claimAtMs: never };
    this.dealings.set(tier, dealing);
    return dealing;
  }

  private async write(tier: string, breaker: Breaker, dealing: Dealing): Promise<void> {
    const { store, nowMs, refreshMs } = this.options;
    const opened = breaker.opened(nowMs());
    // What is over before others would look need not be told them.
    const news = opened !== undefined && opened.untilMs - opened.openedAtMs > Math.min(refreshMs, LEASE_MS);
    const open = news && opened.untilMs > (dealing.told?.untilMs ?? Number.NEGATIVE_INFINITY) ? opened : undefined;
    const close = opened === undefined && dealing.told !== undefined;
    if (open === undefined && !close) return;
    dealing.writing = true;
    const done = await this.attempt(async () => {
      await (open === undefined ? store.close(tier) : store.open({ tier, ...open }));
      return true;
    });
    dealing.writing = false;
    dealing.wroteAtMs = nowMs();
    if (done === undefined) return;
    dealing.told = open && { untilMs: open.untilMs, atMs: nowMs() };
    this.settle(tier);
  }

  private async claim(tier: string, breaker: Breaker, dealing: Dealing): Promise<void> {
    const { store, nowMs } = this.options;
    const atMs = nowMs();
    const untilMs = breaker.opened(atMs)?.untilMs ?? atMs;
    if (dealing.told === undefined || atMs - untilMs >= PATIENCE_MS) {
      breaker.grant();
      return;
    }
    if (dealing.claiming || atMs < dealing.claimAtMs) return;
    dealing.claiming = true;
    dealing.claimAtMs = atMs + CLAIM_AGAIN_MS;
    const mine = await store.claimProbe(tier, atMs, atMs + LEASE_MS).catch((error: unknown) => {
      this.outage.met(error);
      return true;
    });
    dealing.claiming = false;
    if (mine && breaker.wantsLeave(nowMs())) breaker.grant();
  }

  private async look(): Promise<void> {
    const { store, nowMs } = this.options;
    const startedAtMs = nowMs();
    const listed = await store.list();
    for (const shared of listed) this.learn(shared, startedAtMs);
    const open = new Set(listed.map(({ tier }) => tier));
    for (const [tier, dealing] of this.dealings) {
      if (!open.has(tier)) this.learnClosed(tier, dealing, startedAtMs);
    }
  }

  private learn({ tier, openedAtMs, untilMs }: SharedBreaker, startedAtMs: number): void {
    const breaker = this.options.breakerOf(tier);
    if (breaker === undefined) return;
    const dealing = this.dealingOf(tier);
    if (dealing.writing || dealing.wroteAtMs >= startedAtMs) return;
    if (dealing.told !== undefined && dealing.told.untilMs >= untilMs) return;
    breaker.adopt({ openedAtMs, untilMs });
    dealing.told = { untilMs, atMs: this.options.nowMs() };
  }

  /** What the store held when the look began and does not now, another instance has closed. */
  private learnClosed(tier: string, dealing: Dealing, startedAtMs: number): void {
    if (dealing.told === undefined || dealing.writing || dealing.told.atMs >= startedAtMs) return;
    dealing.told = undefined;
    const { breakerOf, nowMs } = this.options;
    const breaker = breakerOf(tier);
    if (breaker?.opened(nowMs()) !== undefined) breaker.close(nowMs());
  }

  /** Undefined where the store could not be reached. */
  private async attempt<Got>(dealing: () => Promise<Got>): Promise<Got | undefined> {
    try {
      const got = await dealing();
      this.outage.over();
      return got;
    } catch (error) {
      this.outage.met(error);
      return undefined;
    }
  }
}
