import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startAnthropicHost } from '../../../../bin/local/simulated/anthropic-host';
import { startBedrockHost } from '../../../../bin/local/simulated/bedrock-host';
import { startOpenAIHost } from '../../../../bin/local/simulated/openai-host';
import { CORPUS } from './sample-corpus';

const BODY = JSON.stringify({ model: 'any', messages: [{ role: 'user', content: 'Hello.' }], stream: true });
/** Slow enough that an answer takes seconds. */
const SLOW = { profile: 'frontier', corpus: CORPUS, speed: 0.5 } as const;

describe.each([
  ['OpenAI', startOpenAIHost],
  ['Anthropic', startAnthropicHost],
  ['Bedrock', startBedrockHost],
])('the simulated %s host', (_, start) => {
  it('takes a free port of this machine and lets go of it', async () => {
    const host = await start({ profile: 'small', corpus: CORPUS });
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(host.baseUrl.startsWith(host.url)).toBe(true);
    const port = Number(new URL(host.url).port);
    await host.close();
    const next = await start({ profile: 'small', corpus: CORPUS, port });
    expect(next.url).toBe(host.url);
    await next.close();
  });

  it('says so when its port is taken', async () => {
    const host = await start({ profile: 'small', corpus: CORPUS });
    const port = Number(new URL(host.url).port);
    await expect(start({ profile: 'small', corpus: CORPUS, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await host.close();
  });

  it('counts calls to its models and nothing else', async () => {
    const host = await start({ profile: 'small', corpus: CORPUS });
    await fetch(`${host.url}/health`);
    expect(host.requests()).toBe(0);
    const path = { OpenAI: '/v1/chat/completions', Anthropic: '/v1/messages', Bedrock: '/model/m/converse' }[_] ?? '';
    await fetch(`${host.url}${path}`, { method: 'POST', body: '{}' });
    expect(host.requests()).toBe(1);
    await host.close();
  });
});

it('closes at once while an answer is under way', async () => {
  const host = await startOpenAIHost(SLOW);
  const call = fetch(`${host.baseUrl}/chat/completions`, { method: 'POST', body: BODY }).then((response) =>
    response.text(),
  );
  const cut = expect(call).rejects.toThrow();
  await sleep(30);
  const before = Date.now();
  await host.close();
  expect(Date.now() - before).toBeLessThan(1000);
  await cut;
});

it('stops an answer when the caller leaves', async () => {
  const host = await startOpenAIHost(SLOW);
  const left = new AbortController();
  const call = fetch(`${host.baseUrl}/chat/completions`, { method: 'POST', body: BODY, signal: left.signal });
  const gone = expect(call).rejects.toThrow();
  const load = async () => (await (await fetch(`${host.url}/load`)).json()).server_load;
  await expect.poll(load).toBe(1);
  left.abort();
  await gone;
  await expect.poll(load).toBe(0);
  await host.close();
});

it('is the faster the higher its speed', async () => {
  const timed = async (speed: number) => {
    const host = await startOpenAIHost({ profile: 'small', corpus: CORPUS, speed });
    const before = performance.now();
    await (await fetch(`${host.baseUrl}/chat/completions`, { method: 'POST', body: BODY })).text();
    const took = performance.now() - before;
    await host.close();
    return took;
  };
  expect(await timed(1000)).toBeLessThan(await timed(1));
});
