import { DEFAULTS } from '../../../lib/core/policy/defaults';
import type { TierHealth } from '../../../lib/core/types-live';
import type { Policy, Tier } from '../../../lib/core/types-policy';
import type { BreakerStore } from '../../shared/store/breaker-port';
import type { Breaker } from './breaker';
import { KnownTier, type Surroundings } from './known-tier';
import { LoadPoller } from './load-poller';
import { type ReadMetrics, readMetrics } from './read-metrics';
import { SharedBreakers } from './shared-breakers';

export interface TierHealthOptions {
  /** The policy in force. */
  readonly policy: () => Policy | undefined;
  /** Where instances of the router share their breakers; absent: this one keeps its own. */
  readonly breakers?: BreakerStore;
  /** UTC milliseconds. */
  readonly nowMs: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Takes what the person on call should read. */
  readonly warn: (message: string) => void;
  /** Between two looks at the shared breakers. */
  readonly refreshMs: number;
  /** Reads the load of a host; by HTTP where nothing is given. */
  readonly read?: ReadMetrics;
}

/** Live state of the tiers in one process. */
export interface LiveTierHealth extends TierHealth {
  /** Begins to look at hosts and store in the background. */
  start(): void;
  /** To be told of every request: timers stand still on Lambda between requests, and without requests nobody is asked. */
  poke(): void;
  close(): void;
}

const TICK_MS = 1000;
/** Requests come more often than anything is due. */
const LEAST_TICK_MS = 100;
/** Without a request for so long, hosts and store are left in peace. */
const IDLE_MS = 120_000;

export function createTierHealth(options: TierHealthOptions): LiveTierHealth {
  const { policy, breakers, nowMs, random, warn, refreshMs, read = readMetrics } = options;
  const known = new Map<string, KnownTier>();
  const timers = new Set<NodeJS.Timeout>();
  let ticking: NodeJS.Timeout | undefined;
  let requestedAtMs = Number.NEGATIVE_INFINITY;
  let tickedAtMs = Number.NEGATIVE_INFINITY;

  const shared = breakers && new SharedBreakers({ store: breakers, breakerOf, nowMs, refreshMs, warn });
  const poller = new LoadPoller({
    read,
    nowMs,
    random,
    warn,
    count: (tier, atMs) => knownOf(tier).pace.count(atMs),
    deliver: (tier, reading, count) => knownOf(tier).pace.read(reading, count, tier),
  });
  const around: Surroundings = {
    nowMs,
    settings: () => policy()?.breaker ?? DEFAULTS.breaker,
    seekLeave,
    turned(one) {
      seekLeave(one);
      seekLeaveWhenDue(one);
    },
  };

  function knownOf(tier: Tier): KnownTier {
    const found = known.get(tier.id);
    if (found?.tier === tier) return found;
    if (found !== undefined && isSameHost(found.tier, tier)) {
      found.tier = tier;
      return found;
    }
    const fresh = new KnownTier(tier, around);
    known.set(tier.id, fresh);
    return fresh;
  }

  function breakerOf(id: string): Breaker | undefined {
    const tiers = policy()?.tiers ?? {};
    const tier = Object.hasOwn(tiers, id) ? tiers[id] : undefined;
    return tier && knownOf(tier).breaker;
  }

  /** Of the store, which hears of what is new by the same; or at once where nothing is shared. */
  function seekLeave({ tier, breaker }: KnownTier): void {
    if (shared !== undefined) shared.settle(tier.id);
    else if (breaker.wantsLeave(nowMs())) breaker.grant();
  }

  /** So that leave is there when the next request comes. */
  function seekLeaveWhenDue(one: KnownTier): void {
    const opened = one.breaker.opened(nowMs());
    if (ticking === undefined || opened === undefined) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        seekLeave(one);
      },
      Math.ceil(opened.untilMs - nowMs()),
    );
    timer.unref();
    timers.add(timer);
  }

  function tick(): void {
    const inForce = policy();
    tickedAtMs = nowMs();
    if (inForce === undefined || tickedAtMs - requestedAtMs > IDLE_MS) return;
    poller.poll(Object.values(inForce.tiers));
    shared?.follow();
    for (const one of known.values()) seekLeave(one);
  }

  return {
    state: (tier) => knownOf(tier).state(),

    admit: (tier, tokens) => knownOf(tier).admit(tokens),

    start() {
      ticking ??= setInterval(tick, TICK_MS);
      ticking.unref();
    },

    poke() {
      requestedAtMs = nowMs();
      if (requestedAtMs - tickedAtMs >= LEAST_TICK_MS) tick();
    },

    close() {
      clearInterval(ticking);
      ticking = undefined;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** A tier of the same name on another host, or with another model, begins anew. */
function isSameHost(one: Tier, other: Tier): boolean {
  const { provider, baseUrl, region, model } = one;
  return other.provider === provider && other.baseUrl === baseUrl && other.region === region && other.model === model;
}
