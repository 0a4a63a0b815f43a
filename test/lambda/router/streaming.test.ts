import { PassThrough, type Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { App, HttpRequest } from '../../../lambda/router/http';
import { createInvocation, type Prelude, type ProxyEvent } from '../../../lambda/router/streaming';
import type { Response } from '../../../lib/core/types';

const EVENT: ProxyEvent = {
  httpMethod: 'POST',
  path: '/v1/chat/completions',
  headers: { 'X-Api-Key': 'k' },
  body: '{"a":1}',
};
const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };

interface Invoked {
  readonly prelude: Prelude;
  readonly body: string;
  readonly seen: HttpRequest | undefined;
  readonly afterwards: number;
}

async function invoke(app: Promise<App>, event = EVENT, output = new PassThrough()): Promise<Invoked> {
  let afterwards = 0;
  let seen: HttpRequest | undefined;
  const preludes: Prelude[] = [];
  const bytes = buffer(output);
  await createInvocation({
    app: app.then((answer) => (request) => {
      seen = request;
      return answer(request);
    }),
    writePrelude: (stream, prelude) => withPrelude(stream, prelude, preludes),
    nowMs: () => 1000,
    newRequestId: () => 'req-1',
    afterwards: async () => {
      afterwards += 1;
    },
  })(event, output, CONTEXT);
  return { prelude: preludes[0] as Prelude, body: (await bytes).toString(), seen, afterwards };
}

/** As Lambda does it: the prelude counts as sent only with the first write. */
function withPrelude(stream: Writable, prelude: Prelude, sent: Prelude[]): Writable {
  const write = stream.write.bind(stream) as (...all: unknown[]) => boolean;
  stream.write = ((...all: unknown[]) => {
    if (sent.length === 0) sent.push(prelude);
    return write(...all);
  }) as typeof stream.write;
  return stream;
}

function answering(response: Partial<Response>): Promise<App> {
  return Promise.resolve(async () => ({ response: { status: 200, headers: {}, body: '', ...response } }));
}

async function* parts(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('a Lambda invocation', () => {
  it('may be listened to by as many calls as a request makes at once, without a word of leaks in the log', async () => {
    const warned: string[] = [];
    const listen = ({ message }: Error) => warned.push(message);
    process.on('warning', listen);
    await invoke(
      Promise.resolve(async ({ left }) => {
        for (let call = 0; call < 20; call += 1) left.addEventListener('abort', () => {});
        return { response: { status: 200, headers: {}, body: '' } };
      }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(warned).toEqual([]);
  });

  it('streams prelude and body, and keeps the record once the answer has left', async () => {
    const { prelude, body, afterwards } = await invoke(
      answering({ status: 201, headers: { a: 'b' }, body: parts('one ', 'two') }),
    );
    expect({ prelude, body, afterwards }).toEqual({
      prelude: { statusCode: 201, headers: { a: 'b' } },
      body: 'one two',
      afterwards: 1,
    });
  });

  it('reads the proxy event as a plain request with a deadline', async () => {
    const { seen } = await invoke(answering({}));
    expect(seen).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'x-api-key': 'k' },
      body: '{"a":1}',
      endsAtMs: 59_500,
    });
  });

  it('sends nobody who asks for the head alone a body, and the prelude all the same', async () => {
    const app = answering({ headers: { 'x-request-id': 'r' }, body: 'hello' });
    const { prelude, body } = await invoke(app, { ...EVENT, httpMethod: 'HEAD' });
    expect(prelude).toEqual({ statusCode: 200, headers: { 'x-request-id': 'r' } });
    expect(body).toBe('');
  });

  it('decodes a base64 body, and takes none for an empty one', async () => {
    const encoded = await invoke(answering({}), {
      ...EVENT,
      body: Buffer.from('{"ü":1}').toString('base64'),
      isBase64Encoded: true,
    });
    expect(encoded.seen?.body).toBe('{"ü":1}');
    expect((await invoke(answering({}), { ...EVENT, body: null, headers: null })).seen).toMatchObject({
      body: '',
      headers: {},
    });
  });

  it.each(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'te', 'trailer', 'upgrade'])(
    'strips the hop-by-hop header %s',
    async (name) => {
      const { prelude } = await invoke(answering({ headers: { [name]: 'x', kept: 'y' }, body: 'z' }));
      expect(prelude.headers).toEqual({ kept: 'y' });
    },
  );

  it.each([
    ['text', ''],
    ['stream', parts()],
  ])('sends a prelude even for an empty %s', async (_name, body) => {
    const { prelude, body: sent } = await invoke(answering({ status: 204, body }));
    expect([prelude.statusCode, sent]).toEqual([204, '']);
  });

  it.each([
    ['the router could not start', () => Promise.reject(new Error('secret detail'))],
    ['the app breaks', () => Promise.resolve(() => Promise.reject(new Error('secret detail')))],
  ])('answers with a JSON error and a prelude when %s', async (_name, start: () => Promise<App>) => {
    const { prelude, body } = await invoke(start());
    expect(prelude.statusCode).toBe(500);
    expect(JSON.parse(body).error.code).toBe('internal');
    expect(body).not.toContain('secret detail');
  });

  it.each([
    ['breaks', new Error('client went')],
    ['is closed', undefined],
  ])('stops reading an answer when its stream %s, and still keeps the record', async (_name, end) => {
    const output = new PassThrough({ highWaterMark: 1 });
    let returned = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from('x'.repeat(100));
      } finally {
        returned = true;
      }
    }
    setTimeout(() => output.destroy(end), 20);
    let kept = 0;
    await createInvocation({
      app: answering({ body: endless() }),
      writePrelude: (stream) => stream,
      nowMs: () => 0,
      newRequestId: () => 'r',
      afterwards: async () => {
        kept += 1;
      },
    })(EVENT, output, CONTEXT);
    expect([returned, kept]).toEqual([true, 1]);
  });
});
