import { afterEach, describe, expect, it } from 'vitest';
import { createTierHealth, type LiveTierHealth } from '../../../../lambda/router/health/tier-health';
import type { BreakerStore } from '../../../../lambda/shared/store/breaker-port';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import type { CallEnded } from '../../../../lib/core/types-live';
import { aPolicy, aTask, aTier } from '../../../builders';

const TIER = aTier({ id: 'tier' });
const POLICY = aPolicy({
  tiers: [TIER],
  tasks: [aTask({ id: 'task', ladder: ['tier'] })],
  breaker: { failures: 3, windowMs: 10_000, openMs: 20_000 },
});
const ENDED: CallEnded = { inputTokens: 1, outputTokens: 1, latencyMs: 100 };
const REFRESH_MS = 5000;

class Fleet {
  nowMs = Date.UTC(2026, 10, 2);
  readonly warnings: string[] = [];
  readonly instances: readonly LiveTierHealth[];

  constructor(size: number, breakers: BreakerStore) {
    this.instances = Array.from({ length: size }, () =>
      createTierHealth({
        policy: () => POLICY,
        breakers,
        nowMs: () => this.nowMs,
        random: () => 0.5,
        warn: (message) => this.warnings.push(message),
        refreshMs: REFRESH_MS,
      }),
    );
  }

  at(index: number): LiveTierHealth {
    return this.instances[index] as LiveTierHealth;
  }

  /** Time passes, a request comes to every instance, and the background does its work. */
  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    for (const one of this.instances) one.poke();
    await settled();
  }

  fail(index: number): void {
    for (let failure = 0; failure < 3; failure++) {
      this.at(index)
        .admit(TIER, 1)
        ?.ended({ ...ENDED, cause: 'server-error' });
    }
  }

  states(): string[] {
    return this.instances.map((one) => one.state(TIER).breaker);
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

const stores: ReturnType<typeof openMemoryStore>[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

/** Counts what is asked of it. */
function countingStore(fails: () => boolean = () => false) {
  const store = openMemoryStore();
  stores.push(store);
  const asked = { list: 0, open: 0, claimProbe: 0, close: 0 };
  const count = (name: keyof typeof asked): BreakerStore => {
    asked[name] += 1;
    if (fails()) throw new Error('the store is down');
    return store.breakers;
  };
  const breakers: BreakerStore = {
    list: async () => count('list').list(),
    open: async (breaker) => count('open').open(breaker),
    claimProbe: async (tier, nowMs, untilMs) => count('claimProbe').claimProbe(tier, nowMs, untilMs),
    close: async (tier) => count('close').close(tier),
  };
  return { breakers, asked };
}

describe('breakers shared by the instances of a router', () => {
  it('open everywhere once one has opened, at the next look', async () => {
    const { breakers, asked } = countingStore();
    const fleet = new Fleet(5, breakers);
    await fleet.pass(0);
    fleet.fail(0);
    await settled();
    expect(fleet.states()).toEqual(['open', 'closed', 'closed', 'closed', 'closed']);
    await fleet.pass(REFRESH_MS);
    expect(fleet.states()).toEqual(Array(5).fill('open'));
    expect(asked.open).toBe(1);
  });

  it('let one of five hundred instances probe, and close everywhere once that is answered', async () => {
    const { breakers } = countingStore();
    const fleet = new Fleet(500, breakers);
    await fleet.pass(0);
    fleet.fail(7);
    await settled();
    await fleet.pass(REFRESH_MS);
    await fleet.pass(20_000 - REFRESH_MS);
    await fleet.pass(100);
    const able = fleet.states().flatMap((state, index) => (state === 'half-open' ? [index] : []));
    expect(able).toHaveLength(1);
    fleet
      .at(able[0] as number)
      .admit(TIER, 1)
      ?.ended(ENDED);
    await settled();
    await fleet.pass(REFRESH_MS);
    await fleet.pass(100);
    expect(new Set(fleet.states())).toEqual(new Set(['closed']));
  });

  it('open for longer everywhere where the probe fails', async () => {
    const { breakers } = countingStore();
    const fleet = new Fleet(3, breakers);
    await fleet.pass(0);
    fleet.fail(0);
    await settled();
    await fleet.pass(REFRESH_MS);
    await fleet.pass(20_000 - REFRESH_MS);
    await fleet.pass(100);
    for (const one of fleet.instances) one.admit(TIER, 1)?.ended({ ...ENDED, cause: 'server-error' });
    await settled();
    await fleet.pass(REFRESH_MS);
    expect(fleet.states()).toEqual(['open', 'open', 'open']);
    expect(fleet.at(2).state(TIER).retryAfterMs).toBeGreaterThan(30_000);
  });

  it('let each instance probe by itself where the one with leave has no requests', async () => {
    const { breakers } = countingStore();
    const fleet = new Fleet(2, breakers);
    await fleet.pass(0);
    fleet.fail(0);
    await settled();
    await fleet.pass(REFRESH_MS);
    await fleet.pass(20_000 - REFRESH_MS);
    await fleet.pass(100);
    expect(fleet.states().filter((state) => state === 'half-open')).toHaveLength(1);
    await fleet.pass(16_000);
    expect(fleet.states()).toEqual(['half-open', 'half-open']);
  });

  it('are known to an instance that starts while a tier is out', async () => {
    const { breakers } = countingStore();
    const fleet = new Fleet(1, breakers);
    fleet.fail(0);
    await settled();
    const late = new Fleet(1, breakers);
    await late.pass(10);
    expect(late.states()).toEqual(['open']);
  });

  it('share a pause that a host asked for where it is longer than a look, and end with it', async () => {
    const { breakers, asked } = countingStore();
    const fleet = new Fleet(2, breakers);
    await fleet.pass(0);
    fleet
      .at(0)
      .admit(TIER, 1)
      ?.ended({ ...ENDED, cause: 'rate-limited', retryAfterMs: 1000 });
    await fleet.pass(1000);
    expect(asked.open).toBe(0);
    fleet
      .at(0)
      .admit(TIER, 1)
      ?.ended({ ...ENDED, cause: 'rate-limited', retryAfterMs: 60_000 });
    await settled();
    await fleet.pass(REFRESH_MS);
    expect(fleet.states()).toEqual(['open', 'open']);
    await fleet.pass(60_000);
    await fleet.pass(REFRESH_MS);
    expect(fleet.states()).toEqual(['closed', 'closed']);
  });

  it('are looked at once in a while, whatever the number of requests', async () => {
    const { breakers, asked } = countingStore();
    const fleet = new Fleet(1, breakers);
    for (let request = 0; request < 1000; request++) await fleet.pass(20);
    expect(asked.list).toBeGreaterThanOrEqual(4);
    expect(asked.list).toBeLessThanOrEqual(5);
  });
});

describe('a look at the store that takes long', () => {
  /** Looks see the store as it was when they began, and come back when they are let. */
  function slowStore() {
    const store = openMemoryStore();
    stores.push(store);
    const waiting: (() => void)[] = [];
    const breakers: BreakerStore = {
      ...store.breakers,
      async list() {
        const seen = await store.breakers.list();
        await new Promise<void>((resolve) => waiting.push(resolve));
        return seen;
      },
    };
    return { breakers, arrive: () => waiting.splice(0).forEach((resolve) => void resolve()) };
  }

  it('closes no breaker that opened after it had begun', async () => {
    const { breakers, arrive } = slowStore();
    const fleet = new Fleet(1, breakers);
    await fleet.pass(0);
    fleet.fail(0);
    await settled();
    arrive();
    await settled();
    expect(fleet.states()).toEqual(['open']);
  });

  it('opens no breaker that a probe has closed after it had begun', async () => {
    const { breakers, arrive } = slowStore();
    const fleet = new Fleet(1, breakers);
    await fleet.pass(0);
    fleet.fail(0);
    await settled();
    arrive();
    await fleet.pass(20_000);
    await fleet.pass(100);
    expect(fleet.states()).toEqual(['half-open']);
    fleet.at(0).admit(TIER, 1)?.ended(ENDED);
    await settled();
    arrive();
    await settled();
    expect(fleet.states()).toEqual(['closed']);
  });
});

describe('a store of breakers that fails', () => {
  it('leaves each instance its own, and is told of once', async () => {
    const { breakers } = countingStore(() => true);
    const fleet = new Fleet(2, breakers);
    await fleet.pass(0);
    fleet.fail(0);
    await fleet.pass(REFRESH_MS);
    expect(fleet.states()).toEqual(['open', 'closed']);
    await fleet.pass(20_000 - REFRESH_MS);
    await fleet.pass(100);
    expect(fleet.states()).toEqual(['half-open', 'closed']);
    fleet.at(0).admit(TIER, 1)?.ended(ENDED);
    expect(fleet.states()).toEqual(['closed', 'closed']);
    expect(new Set(fleet.warnings).size).toBe(1);
    expect(fleet.warnings).toHaveLength(2);
  });

  it('is told what has happened once it is back', async () => {
    let down = true;
    const { breakers } = countingStore(() => down);
    const fleet = new Fleet(2, breakers);
    await fleet.pass(0);
    fleet.fail(0);
    await settled();
    down = false;
    await fleet.pass(REFRESH_MS);
    await fleet.pass(REFRESH_MS);
    expect(fleet.states()).toEqual(['open', 'open']);
  });
});
