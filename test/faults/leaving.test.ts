import { connect } from 'node:net';
import { PassThrough, type Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../lambda/router/server';
import { createInvocation, type Prelude } from '../../lambda/router/streaming';
import type { Attribution } from '../../lib/core/types';
import type { Host } from '../fixtures/hosts/host';
import { answering, type HostReply } from '../fixtures/hosts/script';
import { pause, until } from './until';
import { type World, world } from './world';

const TEXT = 'one two three four five six';
const LONG = { connectMs: 5000, firstTokenMs: 20_000, stallMs: 20_000, totalMs: 30_000 };
const SILENCE: HostReply = { kind: 'silence' };
/** The host has read the prompt, and bills it: so many tokens, by estimate. */
const PROMPT = { inputTokens: expect.any(Number), outputTokens: 0, estimated: true };
const STALL: HostReply = { kind: 'stall', answer: { text: TEXT }, after: 3 };

/** Resolves when the router has closed its call to the host. */
async function leftBy(host: Host | undefined): Promise<void> {
  const seen = await until('a call', () => host?.seen.at(-1));
  await Promise.race([seen.left, pause(5000).then(() => Promise.reject(new Error('the host was not left')))]);
}

function lastRecord({ records }: World): Promise<Attribution> {
  return until('a record', () => records.at(-1));
}

describe.concurrent('a caller who leaves the server', () => {
  it.each([
    ['while the tier thinks', false, SILENCE],
    ['while the tier writes its answer', false, { kind: 'stall', answer: { text: TEXT }, after: 0 } as HostReply],
    ['before the first token of a stream', true, SILENCE],
  ])('%s: the call to the tier ends, and nobody else is asked', async (_name, isStream, reply) => {
    const closing: (() => Promise<void>)[] = [];
    const tier = { timeouts: LONG, retries: 3 };
    const plan = { tiers: [{ script: [reply], tier }, { script: [answering({ text: TEXT })] }] };
    const left = await world(plan, { onTestFinished: (close) => void closing.push(close) });
    const leaving = new AbortController();
    const heard = isStream ? left.stream({ signal: leaving.signal }) : left.ask({ signal: leaving.signal });
    await until('the call', () => left.hosts[0]?.seen.length === 1);
    leaving.abort();
    expect((await heard).error?.code).toBe('left');
    await leftBy(left.hosts[0]);
    const record = await lastRecord(left);
    expect(record).toMatchObject({ abandoned: true, tier: null, attempts: [{ cause: 'aborted', usage: PROMPT }] });
    expect(record.costUsd).toBeGreaterThan(0);
    await pause(300);
    expect(left.hosts.map(({ seen }) => seen.length)).toEqual([1, 0]);
    for (const close of closing.reverse()) await close();
  });

  it('in the middle of a stream: what had come is billed, by count', async (test) => {
    const left = await world({ tiers: [{ script: [STALL], tier: { timeouts: LONG, retries: 3 } }] }, test);
    const leaving = new AbortController();
    const heard = left.stream({ signal: leaving.signal });
    await until('the call', () => left.hosts[0]?.seen.length === 1);
    await pause(100);
    leaving.abort();
    await heard;
    await leftBy(left.hosts[0]);
    const record = await lastRecord(left);
    expect(record).toMatchObject({ abandoned: true, attempts: [{ cause: 'aborted', usage: { estimated: true } }] });
    expect(record.costUsd).toBeGreaterThan(0);
  });

  it('during the pause before a retry: there is none', async (test) => {
    const busy: HostReply = { kind: 'error', error: 'rate-limited', headers: { 'retry-after-ms': '700' } };
    const left = await world({ tiers: [{ script: [busy], tier: { timeouts: LONG, retries: 3 } }] }, test);
    const leaving = new AbortController();
    const heard = left.ask({ signal: leaving.signal });
    await until('the call', () => left.hosts[0]?.seen.length === 1);
    await pause(100);
    leaving.abort();
    await heard;
    await pause(1000);
    expect(left.hosts[0]?.seen).toHaveLength(1);
    expect(await lastRecord(left)).toMatchObject({ retries: 0 });
  });

  it('by a broken connection, without a word', async (test) => {
    const left = await world({ tiers: [{ script: [STALL], tier: { timeouts: LONG } }] }, test);
    const body = JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: 'Count.' }] });
    const { port } = new URL(left.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await until('the call', () => left.hosts[0]?.seen.length === 1);
    await pause(50);
    socket.resetAndDestroy();
    await leftBy(left.hosts[0]);
    expect(await lastRecord(left)).toMatchObject({ abandoned: true });
  });

  it('one of many: every call that the hosts saw is ended', async (test) => {
    const left = await world({ tiers: [{ script: [STALL], tier: { timeouts: LONG } }] }, test);
    const leaving = new AbortController();
    const body = JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: 'Count.' }] });
    const many = Array.from({ length: 25 }, async () => {
      const init = { method: 'POST', body, signal: leaving.signal };
      const response = await fetch(`${left.url}/v1/chat/completions`, init);
      return response.text();
    });
    const settled = Promise.allSettled(many);
    await until('the calls', () => left.hosts[0]?.seen.length === 25);
    await pause(50);
    leaving.abort();
    await settled;
    await Promise.all((left.hosts[0] as Host).seen.map((seen) => seen.left));
    await until('the records', () => left.records.length === 25);
    expect(left.records.every(({ abandoned }) => abandoned)).toBe(true);
  });

  it.each([
    ['the call to the tier ends with its deadline', { totalMs: 1200 }, 60_000],
    ['the client counts as gone once its patience is over', { totalMs: 60_000 }, 400],
  ])('by reading no further: %s', async (_name, timeouts, patienceMs) => {
    const closing: (() => Promise<void>)[] = [];
    const endless: HostReply = {
      kind: 'raw',
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: Array.from({ length: 4000 }, (_, at) => chunkOf('word '.repeat(4000), at)),
    };
    const left = await world(
      { tiers: [{ script: [endless], tier: { timeouts: { ...LONG, ...timeouts } } }], patienceMs },
      { onTestFinished: (close) => void closing.push(close) },
    );
    const body = JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: 'Count.' }] });
    const socket = connect(Number(new URL(left.url).port), '127.0.0.1');
    closing.push(async () => void socket.destroy());
    socket.pause();
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await leftBy(left.hosts[0]);
    // Nothing is known of a client that still has its connection; of one that counts as gone there is a record.
    if (patienceMs < 1000) expect(await lastRecord(left)).toMatchObject({ abandoned: true });
    for (const close of closing.reverse()) await close();
  });
});

/** The same app, whose answers cannot be begun: no header may hold a line break. */
function unsendable({ app }: World): World['app'] {
  return async (request) => {
    const { response, attribution } = await app(request);
    const headers = { ...response.headers, 'x-broken': 'one\ntwo' };
    return { response: { ...response, headers }, ...(attribution && { attribution }) };
  };
}

describe.concurrent('an answer that cannot be begun', () => {
  it('on the server ends all the same: its call ends, and it is recorded', async (test) => {
    const begun = await world({ tiers: [{ script: [STALL], tier: { timeouts: LONG } }] }, test);
    const kept: Promise<Attribution | undefined>[] = [];
    const server = await startServer({
      app: unsendable(begun),
      host: '127.0.0.1',
      port: 0,
      maxBodyBytes: () => 1_000_000,
      newRequestId: () => 'req-unsendable',
      afterwards: ({ attribution }) => void (attribution && kept.push(attribution)),
    });
    test.onTestFinished(() => server.close(100));
    const body = JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: 'Count.' }] });
    await expect(fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body })).rejects.toThrow();
    await leftBy(begun.hosts[0]);
    const record = await until('the record', () => kept[0]);
    expect(await record).toMatchObject({ abandoned: true, attempts: [{ cause: 'aborted' }] });
  });

  it('on Lambda ends all the same: its call ends, and it is recorded', async (test) => {
    const begun = await world({ tiers: [{ script: [STALL], tier: { timeouts: LONG } }] }, test);
    const refuse = (): never => {
      throw new TypeError('no prelude');
    };
    const record = await invoke(begun, 25_000, true, refuse);
    expect(record.record).toMatchObject({ abandoned: true, attempts: [{ cause: 'aborted' }] });
    await leftBy(begun.hosts[0]);
  });
});

function chunkOf(content: string, at: number): string {
  const choices = [{ index: 0, delta: { content: `${at} ${content}` }, finish_reason: null }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 't0-model', choices })}\n\n`;
}

/** Kept back by the adapter from what the platform leaves. */
const MARGIN_MS = 1500;

interface Invoked {
  readonly status: number;
  readonly body: string;
  readonly elapsedMs: number;
  readonly record: Attribution | undefined;
}

/** One invocation of the Lambda adapter, which leaves it so many milliseconds. */
async function invoke(
  { app }: World,
  leftMs: number,
  stream: boolean,
  writePrelude?: (out: Writable) => Writable,
): Promise<Invoked> {
  const startedAtMs = performance.now();
  let record: Attribution | undefined;
  const output = new PassThrough();
  const bytes = buffer(output);
  const preludes: Prelude[] = [];
  const handle = createInvocation({
    app: Promise.resolve(app),
    writePrelude: (out, prelude) => {
      preludes.push(prelude);
      return writePrelude ? writePrelude(out) : out;
    },
    nowMs: Date.now,
    newRequestId: () => 'req-lambda',
    afterwards: async ({ attribution }) => {
      record = await attribution;
    },
  });
  const body = JSON.stringify({ model: 'auto', stream, messages: [{ role: 'user', content: 'Count.' }] });
  const event = { httpMethod: 'POST', path: '/v1/chat/completions', headers: {}, body };
  await handle(event, output, { getRemainingTimeInMillis: () => leftMs - (performance.now() - startedAtMs) });
  const elapsedMs = performance.now() - startedAtMs;
  output.end();
  return { status: preludes[0]?.statusCode ?? 0, body: (await bytes).toString(), elapsedMs, record };
}

describe.concurrent('an invocation that the platform bounds', () => {
  it.each([
    ['in one piece', false, SILENCE],
    ['as a stream', true, SILENCE],
  ])('ends in time where the tier never answers, %s', async (_name, stream, reply) => {
    const closing: (() => Promise<void>)[] = [];
    const bounded = await world(
      {
        tiers: [
          { script: [reply], tier: { timeouts: LONG, retries: 3 } },
          { script: [reply], tier: { timeouts: LONG } },
        ],
      },
      { onTestFinished: (close) => void closing.push(close) },
    );
    const { status, body, elapsedMs } = await invoke(bounded, MARGIN_MS + 700, stream);
    expect(status).toBe(504);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'upstream_timeout' } });
    expect(elapsedMs).toBeLessThan(MARGIN_MS + 700);
    await leftBy(bounded.hosts[0]);
    expect(bounded.hosts.map(({ seen }) => seen.length)).toEqual([1, 0]);
    for (const close of closing.reverse()) await close();
  });

  it('ends a stream that stands still with the error, and ends the call', async (test) => {
    const bounded = await world({ tiers: [{ script: [STALL], tier: { timeouts: LONG, retries: 3 } }] }, test);
    const { status, body, elapsedMs } = await invoke(bounded, MARGIN_MS + 700, true);
    expect(status).toBe(200);
    expect(body).toContain('"code":"upstream_timeout"');
    expect(body).not.toContain('[DONE]');
    expect(elapsedMs).toBeLessThan(MARGIN_MS + 700);
    await leftBy(bounded.hosts[0]);
  });
});
