import { once } from 'node:events';
import { createServer, get, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { startLocalApi } from '../../../bin/local/api-gateway';
import type { LocalFunction } from '../../../bin/local/local-function';
import type { ProxyEvent } from '../../../lambda/router/streaming';

const DELIMITER = Buffer.alloc(8);
const PRELUDE = JSON.stringify({ statusCode: 201, headers: { 'content-type': 'text/plain', 'x-mine': 'yes' } });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A function that answers with what `handler` writes, over a real connection, and remembers what it was sent. */
async function behindApi(handler: (response: ServerResponse) => unknown) {
  const events: ProxyEvent[] = [];
  const server = createServer(async (incoming, response) => {
    events.push((await json(incoming)) as ProxyEvent);
    await handler(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const target: LocalFunction = {
    invoke: (event) =>
      new Promise((resolve, reject) => {
        request({ port, method: 'POST' }, resolve).once('error', reject).end(JSON.stringify(event));
      }),
    idle: async () => {},
    close: async () => {},
  };
  const api = await startLocalApi(target, '127.0.0.1', 0);
  closing.push(() => api.close());
  return { ...api, events };
}

function answering(...parts: (string | Uint8Array)[]) {
  return async (response: ServerResponse): Promise<void> => {
    for (const part of parts) {
      response.write(part);
      // Each part in a packet of its own.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  };
}

describe('the stand-in for API Gateway', () => {
  it('hands the request on as a proxy event, path without its query', async () => {
    const { url, events } = await behindApi(answering(PRELUDE, DELIMITER, 'done'));
    await fetch(`${url}/v1/x?y=1`, { method: 'POST', body: '{"ü":1}', headers: { 'X-Api-Key': 'k' } });
    await fetch(`${url}/health`);
    expect(events).toMatchObject([
      { httpMethod: 'POST', path: '/v1/x', headers: { 'x-api-key': 'k' }, body: '{"ü":1}', isBase64Encoded: false },
      { httpMethod: 'GET', path: '/health', body: null },
    ]);
  });

  it.each([
    ['in one piece', [Buffer.concat([Buffer.from(PRELUDE), DELIMITER, Buffer.from('body')])]],
    ['in its parts', [PRELUDE, DELIMITER, 'bo', 'dy']],
    ['cut within the prelude', [PRELUDE.slice(0, 9), PRELUDE.slice(9), DELIMITER, 'body']],
    ['cut within the delimiter', [PRELUDE, DELIMITER.subarray(0, 3), DELIMITER.subarray(3), 'body']],
    [
      'byte by byte',
      [...Buffer.concat([Buffer.from(PRELUDE.slice(0, 20)), Buffer.from(PRELUDE.slice(20))])]
        .map((byte) => Uint8Array.of(byte))
        .concat([DELIMITER, Buffer.from('body')]),
    ],
  ])('takes the prelude off an answer that comes %s', async (_name, parts) => {
    const { url } = await behindApi(answering(...parts));
    const response = await fetch(url);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-mine')).toBe('yes');
    expect(await response.text()).toBe('body');
  });

  it('passes an empty body on', async () => {
    const { url } = await behindApi(answering(PRELUDE, DELIMITER));
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([201, '']);
  });

  it('keeps zeros that come after the delimiter', async () => {
    const { url } = await behindApi(answering(PRELUDE, DELIMITER, DELIMITER));
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(8);
  });

  it('passes each part on as it comes', async () => {
    let goOn: () => void = () => {};
    const heard = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { url } = await behindApi(async (response) => {
      response.write(PRELUDE);
      response.write(DELIMITER);
      response.write('first ');
      await heard;
      response.end('second');
    });
    const parts = (await fetch(url)).body as unknown as AsyncIterable<Uint8Array>;
    const heardParts: string[] = [];
    for await (const part of parts) {
      heardParts.push(Buffer.from(part).toString());
      goOn();
    }
    expect(heardParts).toEqual(['first ', 'second']);
  });

  it.each([
    ['nothing', []],
    ['a body without a prelude', ['{"error": "no prelude here"}']],
    ['a prelude without its delimiter', [PRELUDE]],
    ['a prelude that is no JSON', ['statusCode 200', DELIMITER, 'body']],
    ['a prelude without a status', ['{"headers":{}}', DELIMITER, 'body']],
    [
      'more than 16 kB before the delimiter',
      [JSON.stringify({ statusCode: 200, headers: { x: 'x'.repeat(17_000) } }), DELIMITER],
    ],
  ])('answers 502 for a function that sends %s', async (_name, parts) => {
    const { url } = await behindApi(answering(...parts));
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([502, { message: 'Internal server error' }]);
  });

  it('answers 502 for a function that is gone', async () => {
    const { url } = await behindApi((response) => response.destroy());
    expect((await fetch(url)).status).toBe(502);
  });

  it('cuts an answer that the function cuts, so that nobody takes it for whole', async () => {
    const { url } = await behindApi((response) => {
      response.write(Buffer.concat([Buffer.from(PRELUDE), DELIMITER, Buffer.from('half')]));
      setTimeout(() => response.destroy(), 20);
    });
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  });

  it('refuses more than 10 MB itself, and more than 6 MB for the function', async () => {
    const { url, events } = await behindApi(answering(PRELUDE, DELIMITER, 'done'));
    const statuses: number[] = [];
    // Two bytes for each ü: it is bytes that count.
    for (const body of ['x'.repeat(5_900_000), 'x'.repeat(6_300_000), 'ü'.repeat(3_200_000), 'x'.repeat(10_500_000)]) {
      const response = await fetch(url, { method: 'POST', body });
      statuses.push(response.status);
      if (response.status === 413) expect(await response.json()).toEqual({ message: 'Request Too Long' });
    }
    expect(statuses).toEqual([201, 413, 413, 413]);
    expect(events).toHaveLength(1);
  });

  it('lets the function run to its end when the client leaves, and goes on serving', async () => {
    let ended: (whole: boolean) => void = () => {};
    const whole = new Promise<boolean>((resolve) => {
      ended = resolve;
    });
    const { url } = await behindApi(async (response) => {
      response.once('close', () => ended(response.writableFinished));
      await answering(PRELUDE, DELIMITER, ...Array<string>(10).fill('more '))(response);
    });
    await new Promise<void>((resolve) => {
      const asking = get(url, (response: IncomingMessage) => {
        response.once('data', () => asking.destroy());
        response.once('close', resolve).once('error', () => {});
      });
    });
    expect(await whole).toBe(true);
    expect(await (await fetch(url)).text()).toMatch(/^more /);
  });

  it('lets an answer under way end when it closes, and takes no other', async () => {
    const api = await behindApi(answering(PRELUDE, DELIMITER, 'a', 'b', 'c'));
    const answer = await fetch(api.url);
    const closed = api.close(5000);
    await expect(fetch(api.url)).rejects.toThrow();
    expect(await answer.text()).toBe('abc');
    await closed;
  });

  it('cuts what is under way when its patience ends', async () => {
    const api = await behindApi((response) =>
      response.write(Buffer.concat([Buffer.from(PRELUDE), DELIMITER, DELIMITER])),
    );
    const answer = await fetch(api.url);
    await api.close(20);
    await expect(answer.text()).rejects.toThrow();
  });
});
