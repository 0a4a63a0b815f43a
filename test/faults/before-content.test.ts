import { describe, expect, it } from 'vitest';
import { answering, type HostReply } from '../fixtures/hosts/script';
import { closedPort } from '../fixtures/hosts/silent-ports';
import { type TierPlan, world } from './world';

const TEXT = 'one two three four five six';
const WHOLE = answering({ text: TEXT });
const EVENTS = { 'content-type': 'text/event-stream' };

/** An event of a stream that is an error in vLLM's own words, which have no `error` member. */
const VLLM_ERROR = `data: ${JSON.stringify({
  object: 'error',
  message: 'EngineCore encountered an issue.',
  type: 'InternalServerError',
  param: null,
  code: 500,
})}\n\n`;

interface Fault {
  readonly name: string;
  readonly reply: HostReply;
  /** What befalls a call that wants its answer whole, and one that wants a stream; absent: the fault is of the other alone. */
  readonly whole?: string;
  readonly streamed?: string;
  /** Whether the same tier is asked again. */
  readonly again: boolean;
  readonly status: number;
  readonly code: string;
  /** What the call is booked at: its prompt, by estimate; what the tier told; nothing where it is left out. */
  readonly billed?: 'prompt' | 'told';
}

const FAULTS: readonly Fault[] = [
  {
    name: 'says 500',
    reply: { kind: 'error', error: 'server-error' },
    whole: 'server-error',
    streamed: 'server-error',
    again: true,
    status: 502,
    code: 'upstream_error',
  },
  {
    name: 'says 503',
    reply: { kind: 'error', error: 'overloaded' },
    whole: 'overloaded',
    streamed: 'overloaded',
    again: true,
    status: 503,
    code: 'tiers_unavailable',
  },
  {
    name: 'says 429 and not for how long',
    reply: { kind: 'error', error: 'rate-limited' },
    whole: 'rate-limited',
    streamed: 'rate-limited',
    again: true,
    status: 503,
    code: 'tiers_unavailable',
  },
  {
    name: 'refuses our key',
    reply: { kind: 'error', error: 'auth' },
    whole: 'auth',
    streamed: 'auth',
    again: false,
    status: 502,
    code: 'upstream_error',
  },
  {
    name: 'does not know the model',
    reply: { kind: 'error', error: 'unknown-model' },
    whole: 'unknown-model',
    streamed: 'unknown-model',
    again: false,
    status: 502,
    code: 'upstream_error',
  },
  {
    name: 'resets the connection before its headers',
    reply: { kind: 'reset' },
    whole: 'cut',
    streamed: 'cut',
    again: true,
    status: 502,
    code: 'upstream_error',
  },
  {
    name: 'accepts and never answers',
    reply: { kind: 'silence' },
    whole: 'total-timeout',
    streamed: 'first-token-timeout',
    again: false,
    status: 504,
    code: 'upstream_timeout',
    billed: 'prompt',
  },
  {
    name: 'sends its first token late',
    reply: { kind: 'answer', answer: { text: TEXT }, delayMs: 1500 },
    streamed: 'first-token-timeout',
    again: false,
    status: 504,
    code: 'upstream_timeout',
    billed: 'prompt',
  },
  {
    name: 'stands still after its headers',
    reply: { kind: 'stall', answer: { text: TEXT }, after: 1 },
    whole: 'total-timeout',
    streamed: 'first-token-timeout',
    again: false,
    status: 504,
    code: 'upstream_timeout',
    billed: 'prompt',
  },
  {
    name: 'breaks off before its first word',
    reply: { kind: 'cut', answer: { text: TEXT }, after: 1 },
    whole: 'cut',
    streamed: 'cut',
    again: true,
    status: 502,
    code: 'upstream_error',
    billed: 'prompt',
  },
  {
    name: 'sends what is no event, or no JSON',
    reply: { kind: 'garbage' },
    whole: 'malformed',
    streamed: 'malformed',
    again: true,
    status: 502,
    code: 'upstream_error',
    billed: 'prompt',
  },
  {
    name: 'sends a page instead of an answer',
    reply: { kind: 'raw', status: 200, headers: { 'content-type': 'text/html' }, body: ['<html>Sign in</html>'] },
    whole: 'malformed',
    again: true,
    status: 502,
    code: 'upstream_error',
    billed: 'prompt',
  },
  {
    name: 'sends somebody away to another address',
    reply: { kind: 'raw', status: 307, headers: { location: 'http://127.0.0.1:9/elsewhere' }, body: [] },
    whole: 'malformed',
    streamed: 'malformed',
    again: true,
    status: 502,
    code: 'upstream_error',
  },
  {
    name: 'streams an error in the words of OpenAI',
    reply: { kind: 'in-band-error', error: 'server-error', answer: { text: TEXT }, after: 1 },
    streamed: 'server-error',
    again: true,
    status: 502,
    code: 'upstream_error',
  },
  {
    name: 'streams an error in the words of vLLM',
    reply: { kind: 'raw', status: 200, headers: EVENTS, body: [VLLM_ERROR] },
    streamed: 'server-error',
    again: true,
    status: 502,
    code: 'upstream_error',
  },
  {
    name: 'answers nothing',
    reply: answering({ text: '' }),
    whole: 'empty',
    streamed: 'empty',
    again: true,
    status: 502,
    code: 'upstream_error',
    billed: 'told',
  },
  {
    name: 'ends its stream before its first word',
    reply: { kind: 'end', answer: { text: TEXT }, after: 1 },
    streamed: 'empty',
    again: true,
    status: 502,
    code: 'upstream_error',
    billed: 'prompt',
  },
];

/** As the hosts tell it of every answer. */
const TOLD = { inputTokens: 12, outputTokens: 7, estimated: false };
const USAGE = { prompt: { inputTokens: expect.any(Number), outputTokens: 0, estimated: true }, told: TOLD };

const NEXT: TierPlan = { script: [WHOLE] };

describe.concurrent.each(FAULTS)('a tier that $name', (fault) => {
  const { reply, whole, streamed, again, status, code, billed } = fault;
  const ways = [
    ['ask', whole],
    ['stream', streamed],
  ] as const;
  const happening = ways.filter(([, cause]) => cause !== undefined);

  it('is asked again if that may help, and then the next tier answers', async (test) => {
    await Promise.all(
      happening.map(async ([way, cause]) => {
        const {
          [way]: ask,
          hosts,
          arrivals,
        } = await world({ tiers: [{ script: [reply], tier: { retries: 1 } }, NEXT] }, test);
        const heard = await ask();
        expect(heard).toMatchObject({ status: 200, text: TEXT, finishReason: 'stop', error: undefined });
        expect(heard.headers.get('x-tierwise-tier')).toBe('t1');
        expect(heard.headers.get('x-tierwise-reason')).toBe('fallback');
        const calls = again ? [`first t0 ${cause}`, `retry t0 ${cause}`] : [`first t0 ${cause}`];
        expect(heard.attempts).toEqual([...calls, 'fallback t1 answered']);
        // The pause of a retry, its jitter and a busy machine aside.
        if (again) expect(gapsOf(arrivals[0])[0]).toBeLessThan(5000);
        expect(heard.record).toMatchObject({
          tier: 't1',
          usage: TOLD,
        });
        expect(hosts.map(({ seen }) => seen.length)).toEqual([again ? 2 : 1, 1]);
      }),
    );
  });

  it('is asked no more often than its policy says where there is no other, and the caller hears why', async (test) => {
    await Promise.all(
      happening.map(async ([way, cause]) => {
        const { [way]: ask } = await world({ tiers: [{ script: [reply] }] }, test);
        const heard = await ask();
        expect(heard).toMatchObject({ status, text: undefined, error: { code, after: '' } });
        expect(heard.attempts).toEqual([`first t0 ${cause}`]);
        expect(heard.record).toMatchObject({ status, error: code, tier: null, model: null });
        expect(heard.record?.attempts[0]?.usage).toEqual(billed && expect.objectContaining(USAGE[billed]));
        if (billed === undefined) expect(heard.record?.costUsd).toBe(0);
        else expect(heard.record?.costUsd).toBeGreaterThan(0);
        if (status === 503) expect(Number(heard.headers.get('retry-after'))).toBeGreaterThan(0);
      }),
    );
  });

  it('is forgiven where it happens once', async (test) => {
    if (!again) return;
    await Promise.all(
      happening.map(async ([way, cause]) => {
        const { [way]: ask } = await world({ tiers: [{ script: [reply, WHOLE], tier: { retries: 1 } }, NEXT] }, test);
        const heard = await ask();
        expect(heard).toMatchObject({ status: 200, text: TEXT, finishReason: 'stop' });
        expect(heard.attempts).toEqual([`first t0 ${cause}`, 'retry t0 answered']);
        expect(heard.record).toMatchObject({ tier: 't0', retries: 1, fallbacks: 0 });
        expect(heard.record?.attempts[1]?.usage).toMatchObject(TOLD);
      }),
    );
  });
});

describe.concurrent('a tier whose host is not there', () => {
  it('is left for the next, and is the caller’s 503 where there is none', async (test) => {
    const gone = async (): Promise<TierPlan> => ({
      script: [WHOLE],
      tier: { baseUrl: `http://127.0.0.1:${await closedPort()}/v1`, retries: 1 },
    });
    const two = await world({ tiers: [await gone(), NEXT] }, test);
    // The host that stands in the tier's place is never asked, so the calls of the record are more than it saw.
    const response = await question(two.url);
    expect(response.status).toBe(200);
    const record = await two.recordOf(response.headers.get('x-request-id') as string);
    expect(record.attempts.map(({ because, cause }) => cause ?? because)).toEqual([
      'unreachable',
      'unreachable',
      'fallback',
    ]);
    const one = await world({ tiers: [await gone()] }, test);
    const refused = await question(one.url);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refused.json()).toMatchObject({ error: { code: 'tiers_unavailable' } });
  });
});

describe.concurrent('a host that sends no end', () => {
  const MEGABYTE = 'x'.repeat(1024 * 1024);
  const endless = (headers: Readonly<Record<string, string>>, first: string, megabytes: number): TierPlan => ({
    script: [
      { kind: 'raw', status: 200, headers, body: [first, ...Array.from({ length: megabytes }, () => MEGABYTE)] },
    ],
    tier: { timeouts: { connectMs: 400, firstTokenMs: 20_000, stallMs: 20_000, totalMs: 20_000 } },
  });

  it('of an event is left before the memory is', async (test) => {
    for (const provider of ['openai-compatible', 'anthropic'] as const) {
      const plan = { ...endless(EVENTS, 'data: ', 40), provider };
      const { stream, hosts } = await world({ tiers: [plan, NEXT] }, test);
      const heard = await stream();
      expect(heard.attempts).toEqual(['first t0 malformed', 'fallback t1 answered']);
      await hosts[0]?.seen[0]?.left;
    }
  });

  it('of an answer in one piece too', async (test) => {
    const plan = endless({ 'content-type': 'application/json' }, '{"choices":"', 160);
    const { ask, hosts } = await world({ tiers: [plan, NEXT] }, test);
    expect((await ask()).attempts).toEqual(['first t0 malformed', 'fallback t1 answered']);
    await hosts[0]?.seen[0]?.left;
  });
});

describe('a host that gives its model an endless name', () => {
  it('has its answer reach the caller all the same', async (test) => {
    const choices = [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }];
    const model = 'ä'.repeat(60_000);
    const body = JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model, choices });
    const reply: HostReply = {
      kind: 'raw',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: [body],
    };
    const { url } = await world({ tiers: [{ script: [reply] }] }, test);
    const response = await question(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-tierwise-model')).toBe('?'.repeat(256));
  });
});

function question(url: string): Promise<Response> {
  const messages = [{ role: 'user', content: 'Count.' }];
  return fetch(`${url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'auto', messages }) });
}

function gapsOf(arrivals: readonly number[] = []): number[] {
  return arrivals.slice(1).map((at, index) => at - (arrivals[index] as number));
}
