import { DAY_MS } from '../../../lib/core/durations';
import type { BreakerStore, SharedBreaker } from './breaker-port';
import type { Tallies, Tally } from './tallies';

/** One tally for all tiers, so that pollers read one item. */
const ID = 'breakers';
const OPENED = 'opened:';
const UNTIL = 'until:';
const LEASE = 'lease:';
/** A breaker that nobody has probed or opened again for so long belongs to a tier that nobody asks for. */
const KEPT_MS = DAY_MS;

export function talliedBreakers(tallies: Tallies): BreakerStore {
  return {
    async list() {
      const tally = await tallies.read(ID);
      return Object.keys(tally)
        .filter((name) => name.startsWith(UNTIL))
        .map((name) => breakerOf(tally, name.slice(UNTIL.length)));
    },

    async open({ tier, openedAtMs, untilMs }) {
      await tallies.change(ID, {
        set: { [OPENED + tier]: openedAtMs, [UNTIL + tier]: untilMs },
        remove: [LEASE + tier],
        where: { [UNTIL + tier]: { atMost: untilMs - 1 } },
        lifetime: { nowMs: openedAtMs, expiresAtMs: untilMs + KEPT_MS },
      });
    },

    async claimProbe(tier, nowMs, leaseUntilMs) {
      const { done } = await tallies.change(ID, {
        set: { [LEASE + tier]: leaseUntilMs },
        where: { [UNTIL + tier]: { atMost: nowMs }, [LEASE + tier]: { atMost: nowMs } },
        lifetime: { nowMs, expiresAtMs: leaseUntilMs + KEPT_MS },
      });
      return done;
    },

    async close(tier) {
      await tallies.change(ID, { remove: [OPENED + tier, UNTIL + tier, LEASE + tier] });
    },
  };
}

function breakerOf(tally: Tally, tier: string): SharedBreaker {
  return { tier, openedAtMs: tally[OPENED + tier] ?? 0, untilMs: tally[UNTIL + tier] ?? 0 };
}
