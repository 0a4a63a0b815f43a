import { describe, expect, it } from 'vitest';
import { answering, type HostReply } from '../fixtures/hosts/script';
import { type TierPlan, world } from './world';

const WHOLE = answering({ text: 'one two three' });
const LONG = { timeouts: { connectMs: 8000, firstTokenMs: 8000, stallMs: 8000, totalMs: 10_000 } };

const busyFor = (seconds: number): HostReply => ({
  kind: 'error',
  error: 'rate-limited',
  headers: { 'retry-after': String(seconds) },
});
const tier = (script: TierPlan['script'], more: TierPlan['tier'] = {}): TierPlan => ({
  script,
  tier: { ...LONG, ...more },
});

/** Nobody listens at the discard port. */
const GONE: TierPlan = { script: [WHOLE], tier: { ...LONG, baseUrl: 'http://127.0.0.1:9/v1' } };

/** Status and Retry-After. */
async function told(url: string): Promise<[number, string | null]> {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Count.' }] });
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
  await response.text();
  return [response.status, response.headers.get('retry-after')];
}

/** Seconds; the fifth of a minute is ample for a machine that is busy with other things. */
const near = (seconds: number) => (said: string | null) => Number(said) <= seconds && Number(said) > seconds - 12;

describe.concurrent('when to come again', () => {
  it('is when the first tier is back, be it one that rested while another failed', async (test) => {
    const second = (_seen: unknown, index: number): HostReply => (index === 0 ? WHOLE : busyFor(600));
    const { ask, hosts } = await world({ tiers: [tier([busyFor(40)]), tier(second)] }, test);
    expect((await ask()).attempts).toEqual(['first t0 rate-limited', 'fallback t1 answered']);
    const failed = await ask();
    expect(failed).toMatchObject({ status: 503, attempts: ['first t1 rate-limited'] });
    expect(failed.headers.get('retry-after')).toSatisfy(near(40));
    const next = await ask();
    expect(next).toMatchObject({ status: 503, attempts: [] });
    expect(next.headers.get('retry-after')).toSatisfy(near(40));
    expect(hosts.map(({ seen }) => seen.length)).toEqual([1, 2]);
  });

  it('is when the first tier is back, be it one that failed earlier in the request', async (test) => {
    const { ask } = await world({ tiers: [tier([busyFor(40)]), tier([busyFor(600)])] }, test);
    const failed = await ask();
    expect(failed).toMatchObject({ status: 503, attempts: ['first t0 rate-limited', 'fallback t1 rate-limited'] });
    expect(failed.headers.get('retry-after')).toSatisfy(near(40));
  });

  it('is no later than the tier that failed last says, where another rests longer', async (test) => {
    const { ask } = await world({ tiers: [tier([busyFor(600)]), tier([busyFor(40)])] }, test);
    expect((await ask()).headers.get('retry-after')).toSatisfy(near(40));
  });

  it('is soon where the tier that failed last rests not at all', async (test) => {
    const { url } = await world({ tiers: [tier([busyFor(600)]), GONE] }, test);
    expect(await told(url)).toEqual([503, '5']);
  });

  it('is told as the next request is told it, where the failure has opened the breaker', async (test) => {
    const policy = { breaker: { failures: 1, windowMs: 60_000, openMs: 50_000 } };
    const { url } = await world({ tiers: [GONE], policy }, test);
    for (const _ of ['first', 'second']) expect(await told(url)).toEqual([503, expect.toSatisfy(near(50))]);
  });
});
