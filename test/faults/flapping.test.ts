import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { answering, type HostReply } from '../fixtures/hosts/script';
import { pause, until } from './until';
import { type TierPlan, type World, world } from './world';

const WHOLE = answering({ text: 'one two three' });
const DOWN: HostReply = { kind: 'error', error: 'server-error' };
const NEXT: TierPlan = { script: [WHOLE] };
const OPEN_MS = 600;
const BREAKER = { breaker: { failures: 3, windowMs: 20_000, openMs: OPEN_MS } };

/** Asks so often, one after the other. */
async function askTimes(times: number, { ask }: World): Promise<void> {
  for (let request = 0; request < times; request += 1) expect(await ask()).toMatchObject({ status: 200 });
}

describe.concurrent('a tier that flaps', () => {
  it('is left alone once its breaker is open, and the decision says so', async (test) => {
    const flapping = await world({ tiers: [{ script: [DOWN] }, NEXT], policy: BREAKER }, test);
    const { ask, arrivals } = flapping;
    await askTimes(3, flapping);
    expect(arrivals[0]).toHaveLength(3);
    for (let request = 0; request < 10; request += 1) {
      const heard = await ask();
      expect(heard.attempts).toEqual(['first t1 answered']);
      expect(heard.record?.decision.excluded).toMatchObject([{ tier: 't0', reason: 'breaker-open' }]);
      // Neither an escalation nor a fallback: the tier was not there to be chosen.
      expect(heard.record).toMatchObject({ upRouted: 0, escalated: 0, fallbacks: 0 });
    }
    expect(arrivals[0]).toHaveLength(3);
  });

  it('is probed by one call when its time is up, and left for longer where that fails', async (test) => {
    const flapping = await world({ tiers: [{ script: [DOWN] }, NEXT], policy: BREAKER }, test);
    const { ask, arrivals } = flapping;
    await askTimes(3, flapping);
    await pause(OPEN_MS + 50);
    const together = await Promise.all(Array.from({ length: 8 }, () => rawAsk(flapping)));
    expect(together).toEqual(Array.from({ length: 8 }, () => 200));
    expect(arrivals[0]).toHaveLength(4);
    // Open again, and for longer: after as long as the first time nobody is let through.
    await pause(OPEN_MS + 50);
    expect((await ask()).attempts).toEqual(['first t1 answered']);
    expect(arrivals[0]).toHaveLength(4);
    await pause(OPEN_MS);
    expect((await ask()).attempts).toEqual(['first t0 server-error', 'fallback t1 answered']);
  });

  it('takes all calls again once a probe is answered', async (test) => {
    const recovering = (_seen: unknown, index: number): HostReply => (index < 3 ? DOWN : WHOLE);
    const flapping = await world({ tiers: [{ script: recovering }, NEXT], policy: BREAKER }, test);
    const { ask } = flapping;
    await askTimes(4, flapping);
    await pause(OPEN_MS + 50);
    for (let request = 0; request < 5; request += 1) expect((await ask()).attempts).toEqual(['first t0 answered']);
  });

  it('stays in use where it fails now and then among many answers', async (test) => {
    const rarely = (_seen: unknown, index: number): HostReply => (index % 6 === 5 ? DOWN : WHOLE);
    const { ask, arrivals } = await world({ tiers: [{ script: rarely }, NEXT], policy: BREAKER }, test);
    for (let request = 0; request < 36; request += 1) expect(await ask()).toMatchObject({ status: 200 });
    expect(arrivals[0]).toHaveLength(36);
  });

  it('is the caller’s 503 with an honest Retry-After where there is no other, and is not called for it', async (test) => {
    const policy = { breaker: { failures: 3, windowMs: 20_000, openMs: 5000 } };
    const { ask, arrivals } = await world({ tiers: [{ script: [DOWN] }], policy }, test);
    for (let request = 0; request < 3; request += 1) expect(await ask()).toMatchObject({ status: 502 });
    for (let request = 0; request < 5; request += 1) {
      const heard = await ask();
      expect(heard).toMatchObject({ status: 503, attempts: [], error: { code: 'tiers_unavailable' } });
      expect(Number(heard.headers.get('retry-after'))).toBeGreaterThanOrEqual(4);
      expect(Number(heard.headers.get('retry-after'))).toBeLessThanOrEqual(5);
    }
    expect(arrivals[0]).toHaveLength(3);
  });

  it('is not called more often for clients that ask again by themselves', async (test) => {
    const policy = { breaker: { failures: 2, windowMs: 20_000, openMs: 30_000 } };
    const { url, arrivals } = await world({ tiers: [{ script: [DOWN] }], policy }, test);
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 2 });
    const messages = [{ role: 'user' as const, content: 'Count.' }];
    const refused = await client.chat.completions.create({ model: 'auto', messages }).catch((error) => error.status);
    // Once for each of the first two of three tries; the third was told to come back later.
    expect(refused).toBe(503);
    expect(arrivals[0]).toHaveLength(2);
  });

  it('does not lose its callers to a probe that never answers', async (test) => {
    const silent = (_seen: unknown, index: number): HostReply => (index < 3 ? DOWN : { kind: 'silence' });
    const flapping = await world({ tiers: [{ script: silent }, NEXT], policy: BREAKER }, test);
    await askTimes(3, flapping);
    await pause(OPEN_MS + 50);
    const probe = rawAsk(flapping);
    await until('the probe', () => flapping.arrivals[0]?.length === 4);
    expect(await Promise.all([rawAsk(flapping), rawAsk(flapping)])).toEqual([200, 200]);
    expect(flapping.arrivals[0]).toHaveLength(4);
    expect(await probe).toBe(200);
  });

  it('that refuses content or prompts does not flap', async (test) => {
    const refusing = (_seen: unknown, index: number): HostReply =>
      index % 2 === 0 ? { kind: 'error', error: 'context-length' } : { kind: 'error', error: 'content-filter' };
    const { ask, arrivals } = await world({ tiers: [{ script: refusing }, NEXT], policy: BREAKER }, test);
    for (let request = 0; request < 12; request += 1) await ask();
    expect(arrivals[0]).toHaveLength(12);
  });
});

/** Beside others, so that nobody compares the calls of one with what the hosts saw. */
async function rawAsk({ url }: World): Promise<number> {
  const messages = [{ role: 'user', content: 'Count.' }];
  const body = JSON.stringify({ model: 'auto', messages });
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
  await response.text();
  return response.status;
}
