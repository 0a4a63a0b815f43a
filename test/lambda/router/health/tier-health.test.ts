import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTierHealth, type LiveTierHealth } from '../../../../lambda/router/health/tier-health';
import type { Admission, CallEnded } from '../../../../lib/core/types-live';
import type { Policy, Tier } from '../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../builders';

interface Scene {
  readonly health: LiveTierHealth;
  readonly tier: Tier;
  readonly warnings: readonly string[];
  /** Takes the place of the policy in force. */
  publish(policy: Policy): void;
  /** Lets time pass. */
  pass(ms: number): void;
  /** Lets time pass and what was asked for in the background arrive. */
  look(ms?: number): Promise<void>;
  begin(tokens?: number): Admission;
  /** Begins a call and ends it. */
  call(how?: Partial<CallEnded>): boolean;
}

const ENDED: CallEnded = { inputTokens: 100, outputTokens: 50, latencyMs: 2000, timeToFirstTokenMs: 300 };

function policyOf(tier: Tier): Policy {
  return aPolicy({
    tiers: [tier],
    tasks: [aTask({ id: 'task', ladder: [tier.id] })],
    breaker: { failures: 3, windowMs: 10_000, openMs: 5000 },
  });
}

/** One process, a clock that is moved by hand, and a host whose load is what `load` says. */
function scene(tierParts: Partial<Tier> = {}, load: () => string = () => '{"server_load": 0}'): Scene {
  const tier = aTier({ id: 'tier', ...tierParts });
  const warnings: string[] = [];
  let policy = policyOf(tier);
  let nowMs = Date.UTC(2026, 10, 2);
  const health = createTierHealth({
    policy: () => policy,
    nowMs: () => nowMs,
    random: () => 1,
    warn: (message) => warnings.push(message),
    refreshMs: 10_000,
    read: async () => load(),
  });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  const begin = (tokens = 150): Admission => {
    const admission = health.admit(tier, tokens);
    if (admission === undefined) throw new Error('the tier took no call');
    return admission;
  };
  return {
    health,
    tier,
    warnings,
    publish(next) {
      policy = next;
    },
    pass,
    async look(ms = 0) {
      pass(ms);
      health.poke();
      await new Promise(setImmediate);
    },
    begin,
    call(how = {}) {
      const admission = health.admit(tier, 150);
      admission?.ended({ ...ENDED, ...how });
      return admission !== undefined;
    },
  };
}

const metrics = (waiting: number, running: number) =>
  `vllm:num_requests_waiting ${waiting}\nvllm:num_requests_running ${running}\n`;

describe('the state of a tier', () => {
  it('is calm, and nothing is known of its pace, before the first call', () => {
    const { health, tier } = scene();
    expect(health.state(tier)).toEqual({ breaker: 'closed', pace: { ownCalls: 0 } });
  });

  it('goes from closed to open, half-open and closed again', () => {
    const { health, tier, call, pass } = scene();
    for (let failure = 0; failure < 3; failure++) call({ cause: 'server-error' });
    expect(health.state(tier)).toMatchObject({ breaker: 'open', retryAfterMs: 5000 });
    expect(call()).toBe(false);
    pass(5000);
    expect(health.state(tier).breaker).toBe('half-open');
    expect(call()).toBe(true);
    expect(health.state(tier).breaker).toBe('closed');
  });

  it('is open for all others while the one probe is under way', () => {
    const { health, tier, call, pass, begin } = scene();
    for (let failure = 0; failure < 3; failure++) call({ cause: 'unreachable' });
    pass(5000);
    health.state(tier);
    const probe = begin();
    expect([health.state(tier).breaker, call()]).toEqual(['open', false]);
    probe.ended({ ...ENDED, cause: 'unreachable' });
    expect(health.state(tier)).toMatchObject({ breaker: 'open', retryAfterMs: 10_000 });
  });

  it('is not changed by empty answers: a caller’s own limit makes as many of them as it likes', () => {
    const { health, tier, call, pass } = scene();
    for (let time = 0; time < 20; time++) call({ cause: 'empty' });
    expect(health.state(tier).breaker).toBe('closed');
    for (let failure = 0; failure < 3; failure++) call({ cause: 'server-error' });
    pass(5000);
    expect(health.state(tier).breaker).toBe('half-open');
    expect([call({ cause: 'empty' }), health.state(tier).breaker]).toEqual([true, 'half-open']);
  });

  it('is open until the time that a 429 named, and closed after it', () => {
    const { health, tier, call, pass } = scene();
    call({ cause: 'rate-limited', retryAfterMs: 3000 });
    expect([health.state(tier).breaker, call()]).toEqual(['open', false]);
    pass(3000);
    expect([health.state(tier).breaker, call(), call()]).toEqual(['closed', true, true]);
  });

  it('hears once of each call that ended, however often it is told', () => {
    const { health, tier, begin } = scene({ concurrency: 2 });
    const [one, other] = [begin(), begin()];
    for (let times = 0; times < 3; times++) one.ended({ ...ENDED, cause: 'server-error' });
    expect(health.state(tier)).toMatchObject({ breaker: 'closed', pace: { ownCalls: 1 } });
    other.ended(ENDED);
    expect(health.state(tier).pace?.ownCalls).toBe(0);
  });

  it('begins anew where a policy gives its name to another host, and stays where it changes something else', () => {
    const { health, tier, call, publish } = scene();
    for (let failure = 0; failure < 3; failure++) call({ cause: 'server-error' });
    const dearer = { ...tier, retries: 2 };
    publish(policyOf(dearer));
    expect(health.state(dearer).breaker).toBe('open');
    const moved = { ...tier, baseUrl: 'http://127.0.0.1:10/v1' };
    publish(policyOf(moved));
    expect(health.state(moved).breaker).toBe('closed');
  });
});

describe('the limits of a tier', () => {
  it('show in its state, and bind admission', () => {
    const { health, tier, begin, pass } = scene({ concurrency: 2, requestsPerMinute: 3 });
    const first = begin();
    begin();
    expect(health.state(tier).full).toMatchObject({ reason: 'rate-limit' });
    expect(health.admit(tier, 1)).toBeUndefined();
    first.ended(ENDED);
    pass(1000);
    begin().ended(ENDED);
    expect(health.state(tier).full).toMatchObject({ reason: 'rate-limit', retryAfterMs: 59_000 });
  });

  it('say when a place is likely to be free, once it is known how long places are held', () => {
    const { health, tier, call, begin } = scene({ concurrency: 4 });
    for (let known = 0; known < 3; known++) call();
    for (let held = 0; held < 4; held++) begin();
    expect(health.state(tier).full?.retryAfterMs).toBe(500);
  });

  it('do not count calls that the breaker turned away', () => {
    const { health, tier, call, pass } = scene({ concurrency: 2, requestsPerMinute: 10 });
    for (let failure = 0; failure < 3; failure++) call({ cause: 'server-error' });
    for (let denied = 0; denied < 50; denied++) expect(call()).toBe(false);
    pass(5000);
    expect(health.state(tier)).toMatchObject({ breaker: 'half-open' });
    for (let left = 0; left < 7; left++) expect(call()).toBe(true);
    expect(call()).toBe(false);
  });

  it('do not count a call that had leave and was never made', () => {
    const { health, tier, begin } = scene({ requestsPerMinute: 1 });
    begin().ended({ cause: 'aborted', inputTokens: 0, outputTokens: 0, latencyMs: 0 });
    expect(health.admit(tier, 1)).toBeDefined();
  });
});

describe('the queue of a tier', () => {
  it('is read in the background, counts own calls on top, and fills up', async () => {
    let load = metrics(0, 0);
    const { health, tier, look, call, begin } = scene({ queue: { metrics: '/metrics', maxWaiting: 4 } }, () => load);
    await look();
    for (let known = 0; known < 3; known++) call();
    for (let held = 0; held < 13; held++) begin();
    load = metrics(3, 10);
    await look(1000);
    expect(health.state(tier)).toMatchObject({ pace: { waiting: 3, running: 10, holdMs: 2000, ageMs: 0 } });
    expect(health.state(tier)).not.toHaveProperty('full');
    begin();
    expect(health.state(tier).full).toEqual({
      reason: 'queue-full',
      detail: '4 requests wait there, and 4 may',
      retryAfterMs: 200,
    });
    expect(health.admit(tier, 1)).toBeUndefined();
  });

  it('counts as unknown once the reading is old, and is read again when requests come', async () => {
    const { health, tier, look, pass } = scene({ queue: { metrics: '/metrics', maxWaiting: 4 } }, () => metrics(9, 10));
    await look();
    expect(health.state(tier).full).toMatchObject({ reason: 'queue-full' });
    pass(60_000);
    expect(health.state(tier)).toEqual({ breaker: 'closed', pace: { ownCalls: 0 } });
    await look();
    expect(health.state(tier).full).toMatchObject({ reason: 'queue-full' });
  });

  it('is asked for at most once a second, however many requests come', async () => {
    let asked = 0;
    const { look } = scene({ queue: { metrics: '/metrics' } }, () => {
      asked += 1;
      return metrics(0, 1);
    });
    for (let request = 0; request < 1000; request++) await look(10);
    expect(asked).toBeGreaterThanOrEqual(9);
    expect(asked).toBeLessThanOrEqual(11);
  });

  it('is asked for less and less often where it cannot be read, and the tier stays in use', async () => {
    let asked = 0;
    const { health, tier, look, call, warnings } = scene({ queue: { metrics: '/metrics', maxWaiting: 1 } }, () => {
      asked += 1;
      throw new Error('HTTP 404');
    });
    for (let second = 0; second < 60; second++) await look(1000);
    expect(asked).toBeLessThan(8);
    expect(warnings).toEqual(['the load of tier tier cannot be read at http://127.0.0.1:9/metrics: HTTP 404']);
    expect([health.state(tier).breaker, call()]).toEqual(['closed', true]);
  });
});

describe('the pace of a tier', () => {
  it('is learnt from calls that did not wait', () => {
    const { health, tier, call } = scene();
    for (let known = 0; known < 20; known++) {
      const inputTokens = 100 * (1 + known);
      call({ inputTokens, timeToFirstTokenMs: 80 + inputTokens / 5, latencyMs: 3000, outputTokens: 101 });
    }
    const { firstTokenMs = 0, prefillTokensPerSecond = 0, holdMs = 0 } = health.state(tier).pace ?? {};
    expect(firstTokenMs).toBeCloseTo(80);
    expect(prefillTokensPerSecond).toBeCloseTo(5000);
    expect(holdMs).toBe(3000);
  });

  it('learns nothing of its own time, and the rest without the wait, from calls that waited', async () => {
    const { health, tier, look, call } = scene({ queue: { metrics: '/metrics' } }, () => metrics(9, 10));
    await look();
    for (let known = 0; known < 5; known++) call({ latencyMs: 9000, timeToFirstTokenMs: 7000 });
    const { pace } = health.state(tier);
    expect(pace).toMatchObject({ holdMs: 2000 });
    expect(pace).not.toHaveProperty('firstTokenMs');
  });

  it('learns nothing from failures', () => {
    const { health, tier, call } = scene();
    for (let known = 0; known < 2; known++) call({ cause: 'invalid-request', latencyMs: 5 });
    expect(health.state(tier).pace).toEqual({ ownCalls: 0 });
  });

  it('is forgotten after a minute, so that one call at a time finds out', () => {
    const { health, tier, call, pass, begin } = scene();
    for (let known = 0; known < 3; known++) call({ timeToFirstTokenMs: 9000, latencyMs: 9500 });
    expect(health.state(tier).pace?.firstTokenMs).toBe(9000);
    pass(60_000);
    expect(health.state(tier).pace).not.toHaveProperty('firstTokenMs');
    const trial = begin();
    expect(health.state(tier).pace?.firstTokenMs).toBe(9000);
    trial.ended({ ...ENDED, timeToFirstTokenMs: 200 });
    pass(60_000);
    begin().ended({ ...ENDED, timeToFirstTokenMs: 200 });
    expect(health.state(tier).pace?.firstTokenMs).toBe(200);
  });
});

describe('for any course of calls', () => {
  it('what the state shows as full or open takes no call, and what takes a call was neither', () => {
    const cause = fc.constantFrom(undefined, 'server-error', 'rate-limited', 'aborted', 'overloaded');
    const event = fc.record({
      passMs: fc.nat(4000),
      ends: fc.boolean(),
      cause,
      waiting: fc.nat(6),
      looks: fc.boolean(),
    });
    return fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40, size: 'max' }), async (course) => {
        let waiting = 0;
        const queue = { metrics: '/metrics', maxWaiting: 3 };
        const limits = { concurrency: 4, requestsPerMinute: 12, queue };
        const { health, tier, look, pass } = scene(limits, () => metrics(waiting, 2));
        const underWay: Admission[] = [];
        for (const one of course) {
          waiting = one.waiting;
          if (one.looks) await look(one.passMs);
          else pass(one.passMs);
          if (one.ends) {
            const { cause: why } = one;
            underWay.shift()?.ended(why === undefined ? ENDED : { ...ENDED, cause: why });
          }
          const state = health.state(tier);
          const admission = health.admit(tier, 10);
          expect(admission !== undefined).toBe(state.breaker !== 'open' && state.full === undefined);
          if (admission !== undefined) underWay.push(admission);
          expect(underWay.length).toBeLessThanOrEqual(4);
        }
      }),
    );
  });
});
