import { afterAll, describe, expect, it } from 'vitest';
import { answering, type HostReply } from '../fixtures/hosts/script';
import { type TierPlan, world } from './world';

const WHOLE = answering({ text: 'one two three' });
const BUSY: HostReply = { kind: 'error', error: 'rate-limited' };
const DOWN: HostReply = { kind: 'error', error: 'server-error' };
const LONG = { totalMs: 10_000 };

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

function worldOf(tiers: readonly TierPlan[], policy: Readonly<Record<string, unknown>> = {}) {
  return world({ tiers, policy }, { onTestFinished: (close) => void closing.push(close) });
}

/** Timers may fire a little early, and the host sees a call later than it was made. */
const EARLY_MS = 5;

function gapsOf(arrivals: readonly number[] = []): number[] {
  return arrivals.slice(1).map((at, index) => at - (arrivals[index] as number));
}

const asking = (headers: Readonly<Record<string, string>>): HostReply => ({ ...BUSY, headers });

describe.concurrent('a tier that says 429 and when to come back', () => {
  it.each([
    ['in milliseconds', () => ({ 'retry-after-ms': '400' }), 400],
    ['in seconds', () => ({ 'retry-after': '1' }), 1000],
    // A date has no fractions of a second, so it names a moment at least so far away.
    ['by a date', () => ({ 'retry-after': new Date(Date.now() + 2000).toUTCString() }), 1000],
  ] as const)('%s is asked again then, and not before', async (_name, headers, leastMs) => {
    const busyOnce = (_seen: unknown, index: number): HostReply => (index === 0 ? asking(headers()) : WHOLE);
    const { ask, arrivals } = await worldOf([{ script: busyOnce, tier: { retries: 1, timeouts: LONG } }]);
    const heard = await ask();
    expect(heard).toMatchObject({ status: 200, text: 'one two three' });
    expect(heard.attempts).toEqual(['first t0 rate-limited', 'retry t0 answered']);
    const [gapMs] = gapsOf(arrivals[0]);
    expect(gapMs).toBeGreaterThan(leastMs - EARLY_MS);
    expect(gapMs).toBeLessThan(leastMs + 6000);
  });

  it('of which it says none is not asked again at once all the same', async () => {
    const { ask, arrivals } = await worldOf([{ script: [asking({ 'retry-after': '0' })], tier: { retries: 2 } }]);
    expect((await ask()).attempts).toHaveLength(3);
    for (const gapMs of gapsOf(arrivals[0])) expect(gapMs).toBeGreaterThan(50 - EARLY_MS);
  });

  it('later than a request waits is left for the next tier, and left alone by the requests that follow', async () => {
    const { ask, arrivals } = await worldOf([
      { script: [asking({ 'retry-after': '30' })], tier: { retries: 3 } },
      { script: [WHOLE] },
    ]);
    expect((await ask()).attempts).toEqual(['first t0 rate-limited', 'fallback t1 answered']);
    for (let request = 0; request < 5; request += 1) {
      const next = await ask();
      expect(next.attempts).toEqual(['first t1 answered']);
      expect(next.record?.decision.excluded).toMatchObject([{ tier: 't0', reason: 'breaker-open' }]);
    }
    expect(arrivals[0]).toHaveLength(1);
  });

  it('is told to the caller where there is no other', async () => {
    const { ask } = await worldOf([{ script: [asking({ 'retry-after': '30' })], tier: { retries: 3 } }]);
    const heard = await ask();
    expect(heard).toMatchObject({ status: 503, error: { code: 'tiers_unavailable' } });
    expect(heard.headers.get('retry-after')).toBe('30');
    const again = await ask();
    expect(again).toMatchObject({ status: 503, error: { code: 'tiers_unavailable' }, attempts: [] });
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(25);
  });
});

describe.concurrent('a tier that fails and does not say for how long', () => {
  it.each([
    ['429', BUSY],
    ['500', DOWN],
  ])('(%s) is asked again after pauses that grow, are never none, and differ', async (_name, reply) => {
    const retries = { retries: { budget: 3 }, breaker: { failures: 100 } };
    const firsts: number[] = [];
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { ask, arrivals } = await worldOf([{ script: [reply], tier: { retries: 3, timeouts: LONG } }], retries);
        expect((await ask()).attempts).toHaveLength(4);
        const gaps = gapsOf(arrivals[0]);
        for (const [retry, gapMs] of gaps.entries()) {
          expect(gapMs).toBeGreaterThan(50 * 2 ** retry - EARLY_MS);
          expect(gapMs).toBeLessThan(100 * 2 ** retry + 5000);
        }
        firsts.push(Math.round(gaps[0] as number));
      }),
    );
    expect(new Set(firsts).size).toBeGreaterThan(1);
  });
});

describe.concurrent('the retries of one request', () => {
  const down = (retries: number): TierPlan => ({ script: [DOWN], tier: { retries } });

  it('are no more than the budget over the whole ladder: they do not multiply', async () => {
    const { ask, hosts } = await worldOf([down(3), down(3), down(3)]);
    const heard = await ask();
    expect(heard).toMatchObject({ status: 502, error: { code: 'upstream_error' } });
    expect(hosts.map(({ seen }) => seen.length)).toEqual([4, 1, 1]);
    expect(heard.record).toMatchObject({ retries: 3, fallbacks: 2 });
  });

  it('count those of a stream that is taken up', async () => {
    const cut: HostReply = { kind: 'cut', answer: { text: 'one two three four five six' }, after: 3 };
    const plan: TierPlan = { script: [cut], tier: { retries: 3 } };
    const { stream, hosts } = await worldOf([plan, plan, plan], { retries: { budget: 2 } });
    const heard = await stream();
    expect(heard).toMatchObject({ status: 200, isDone: false, error: { code: 'upstream_error' } });
    expect(hosts.map(({ seen }) => seen.length)).toEqual([3, 1, 1]);
  });
});
