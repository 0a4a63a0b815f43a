import { afterEach, describe, expect, it } from 'vitest';
import { agentFor } from '../../../../lambda/router/providers/agents';
import { type Post, post, readText } from '../../../../lambda/router/providers/transport';
import type { Host } from '../../../fixtures/hosts/host';
import { startOpenAiHost } from '../../../fixtures/hosts/openai-host';
import { answering, type HostScript } from '../../../fixtures/hosts/script';
import { startSilentPort } from '../../../fixtures/hosts/silent-ports';

const hosts: Host[] = [];

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

async function hostWith(script: HostScript): Promise<Host> {
  const host = await startOpenAiHost(script);
  hosts.push(host);
  return host;
}

function postTo(host: Host, parts: Partial<Post> = {}) {
  const signal = new AbortController().signal;
  return post({ url: host.url, headers: {}, body: '{"text":"Köln"}', connectMs: 1000, signal, tier: 'test', ...parts });
}

describe('the transport', () => {
  it('posts JSON with its length in bytes and asks for no compression', async () => {
    const host = await hostWith([answering({ text: 'Yes.' })]);
    await readText(await postTo(host, { headers: { accept: 'application/json' } }));
    const headers = host.seen[0]?.headers ?? {};
    expect(headers['content-length']).toBe('16');
    expect(headers['content-type']).toBe('application/json');
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(headers['accept-encoding']).toBeUndefined();
    expect(host.seen[0]?.body).toEqual({ text: 'Köln' });
  });

  it('hands out status and headers of any answer', async () => {
    const host = await hostWith([{ kind: 'error', error: 'rate-limited', headers: { 'retry-after': '3' } }]);
    const response = await postTo(host);
    expect(response.status).toBe(429);
    expect(response.headers['retry-after']).toBe('3');
    expect(await readText(response)).toContain('Rate limit');
  });

  it('reads no more of an error than it must', async () => {
    const host = await hostWith([{ kind: 'raw', status: 500, headers: {}, body: ['x'.repeat(9000), 'y'] }]);
    expect(await readText(await postTo(host), 100)).toBe('x'.repeat(100));
  });

  it('uses one connection for calls in a row and more for calls at once', async () => {
    const host = await hostWith([{ kind: 'answer', answer: { text: 'Yes.' }, delayMs: 20 }]);
    const once = async () => readText(await postTo(host));
    for (let count = 0; count < 3; count += 1) await once();
    expect(host.connections).toBe(1);
    await Promise.all([once(), once(), once()]);
    expect(host.connections).toBe(3);
  });

  it('keeps the connection of a body that was released before its end', async () => {
    const host = await hostWith([{ kind: 'raw', status: 200, headers: {}, body: ['one', 'two', 'three'] }]);
    for (let count = 0; count < 2; count += 1) {
      const response = await postTo(host);
      response.release();
      response.close();
      const { freeSockets } = agentFor(new URL(host.url));
      await expect.poll(() => Object.values(freeSockets).flat().length, { timeout: 20_000 }).toBe(1);
    }
    expect(host.connections).toBe(1);
  });

  it('gives up the connection of a released body that never ends', async () => {
    const host = await hostWith([{ kind: 'stall', answer: { text: 'One' }, after: 1 }]);
    const response = await postTo(host, { body: '{"stream":true}' });
    response.release();
    await host.seen[0]?.left;
    expect(host.seen.length).toBe(1);
  });

  it('asks again only where not one byte came back on a used connection', async () => {
    const host = await hostWith((_, index) => (index === 0 ? answering({ text: 'Yes.' }) : { kind: 'reset' }));
    await readText(await postTo(host));
    const { freeSockets } = agentFor(new URL(host.url));
    await expect.poll(() => Object.values(freeSockets).flat().length, { timeout: 20_000 }).toBe(1);
    await expect(postTo(host)).rejects.toMatchObject({ failure: 'cut' });
    // The answer, the reset on its connection, and the one try on a fresh connection.
    expect(host.seen.length).toBe(3);
    await expect(postTo(host)).rejects.toMatchObject({ failure: 'cut' });
    expect(host.seen.length).toBe(4);
  });

  it('tells that a request has left once all of it has, and not while it still connects', async () => {
    const sent: string[] = [];
    const leaving = new AbortController();
    const { signal } = leaving;
    const host = await hostWith([{ kind: 'silence' }]);
    const waits = postTo(host, { signal, sent: () => void sent.push('waits') }).catch(() => undefined);
    await expect.poll(() => sent, { timeout: 20_000 }).toEqual(['waits']);
    const silent = await startSilentPort();
    const shakesHands = post({
      url: `https://127.0.0.1:${silent.port}/v1`,
      headers: {},
      body: '{}',
      connectMs: 5000,
      tier: 'test',
      signal,
      sent: () => void sent.push('shakes hands'),
    }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    leaving.abort();
    await Promise.all([waits, shakesHands]);
    await silent.close();
    expect(sent).toEqual(['waits']);
  });
});
