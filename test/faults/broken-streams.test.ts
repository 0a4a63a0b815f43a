import { describe, expect, it } from 'vitest';
import { answering, type HostReply } from '../fixtures/hosts/script';
import { world } from './world';

const TEXT = 'one two three four five six';
const BEGUN = 'one two three four';
const WHOLE = answering({ text: TEXT });
/** Events of the host's stream up to the second of three pieces of text. */
const AFTER = 3;

const frame = { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created: 1_790_000_000, model: 't0-model' };
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, finish_reason: string | null = null): string =>
  event({ ...frame, choices: [{ index: 0, delta, finish_reason }] });

/** A stream in these very bytes. */
function raw(...body: string[]): HostReply {
  return { kind: 'raw', status: 200, headers: { 'content-type': 'text/event-stream' }, body };
}

const begun = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'one two ' }),
  chunk({ content: 'three four' }),
];
const vllmError = {
  object: 'error',
  message: 'EngineCore encountered an issue.',
  type: 'InternalServerError',
  code: 500,
};
const openAiError = { error: { message: 'The server had an error.', type: 'server_error', param: null, code: null } };

const FAULTS: readonly (readonly [name: string, cause: string, reply: HostReply, code: string])[] = [
  ['is cut in the middle', 'cut', { kind: 'cut', answer: { text: TEXT }, after: AFTER }, 'upstream_error'],
  ['stands still', 'stall-timeout', { kind: 'stall', answer: { text: TEXT }, after: AFTER }, 'upstream_timeout'],
  ['ends without a finish reason', 'cut', { kind: 'end', answer: { text: TEXT }, after: AFTER }, 'upstream_error'],
  ['ends with [DONE] and no finish reason', 'cut', raw(...begun, 'data: [DONE]\n\n'), 'upstream_error'],
  ['breaks off within an event', 'cut', raw(...begun, 'data: {"id":"chatcmpl-fa'), 'upstream_error'],
  ['has an event that is no JSON', 'malformed', raw(...begun, 'data: <html>oops</html>\n\n'), 'upstream_error'],
  ['has an event that is no chunk', 'malformed', raw(...begun, event({ choices: 'none' })), 'upstream_error'],
  ['has an error in the words of OpenAI', 'server-error', raw(...begun, event(openAiError)), 'upstream_error'],
  ['has an error in the words of vLLM', 'server-error', raw(...begun, event(vllmError)), 'upstream_error'],
];

describe.concurrent.each(FAULTS)('a stream that %s once its caller reads it', (_name, cause, reply, code) => {
  it('is asked for again, and is one whole answer', async (test) => {
    const { stream, arrivals } = await world({ tiers: [{ script: [reply, WHOLE], tier: { retries: 1 } }] }, test);
    const heard = await stream();
    expect(heard).toMatchObject({ status: 200, text: TEXT, finishReason: 'stop', isDone: true });
    expect(heard.attempts).toEqual([`first t0 ${cause}`, 'retry t0 answered']);
    expect((arrivals[0]?.[1] as number) - (arrivals[0]?.[0] as number)).toBeGreaterThan(45);
    // What the caller has read of the first call is billed too, by count, for its usage never came.
    expect(heard.record).toMatchObject({
      attempts: [
        { usage: { estimated: true } },
        { usage: { estimated: false, outputTokens: 7 }, repeatedCharacters: 18 },
      ],
    });
    for (const { costUsd } of heard.record?.attempts ?? []) expect(costUsd).toBeGreaterThan(0);
  });

  it('is taken up by the next tier, whose model the record names', async (test) => {
    const { stream } = await world({ tiers: [{ script: [reply] }, { script: [WHOLE] }] }, test);
    const heard = await stream();
    expect(heard).toMatchObject({ text: TEXT, finishReason: 'stop', isDone: true });
    expect(heard.attempts).toEqual([`first t0 ${cause}`, 'fallback t1 answered']);
    expect(heard.record).toMatchObject({ tier: 't1', model: 't1-model', status: 200 });
    expect(heard.record?.error).toBeUndefined();
  });

  it('is an error that the client throws where nobody takes it up, and never a shorter answer', async (test) => {
    const { stream } = await world({ tiers: [{ script: [reply] }] }, test);
    const heard = await stream();
    expect(heard).toMatchObject({ status: 200, text: undefined, finishReason: undefined, isDone: false });
    expect(heard.error).toMatchObject({ code, after: BEGUN });
    expect(heard.attempts).toEqual([`first t0 ${cause}`]);
    expect(heard.record).toMatchObject({ error: code, status: 200, usage: { estimated: true } });
  });
});

describe.concurrent('a stream that ends after its finish reason', () => {
  const finished = [...begun, chunk({ content: ' five six' }), chunk({}, 'stop')];
  const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };

  it.each([
    ['without [DONE]', raw(...finished, event({ ...frame, choices: [], usage })), false],
    ['without usage', raw(...finished, 'data: [DONE]\n\n'), true],
    ['without either', raw(...finished), true],
    ['by breaking off', { kind: 'cut', answer: { text: TEXT }, after: 5 } as HostReply, true],
  ])('%s is whole, and priced', async (_name, reply, estimated) => {
    const closing: (() => Promise<void>)[] = [];
    const { stream } = await world(
      { tiers: [{ script: [reply], tier: { retries: 1 } }] },
      { onTestFinished: (close) => void closing.push(close) },
    );
    const heard = await stream({ body: { stream_options: { include_usage: true } } });
    expect(heard).toMatchObject({ text: TEXT, finishReason: 'stop', isDone: true });
    expect(heard.attempts).toEqual(['first t0 answered']);
    expect(heard.record).toMatchObject({ usage: { estimated } });
    expect(heard.record?.costUsd).toBeGreaterThan(0);
    for (const close of closing.reverse()) await close();
  });
});

describe.concurrent('a stream whose caller did not ask for usage', () => {
  it('is priced by what the tier tells all the same, and the caller is not told', async (test) => {
    const { stream, hosts } = await world({ tiers: [{ script: [WHOLE] }] }, test);
    const heard = await stream();
    expect(heard.record).toMatchObject({ usage: { inputTokens: 12, outputTokens: 7, estimated: false } });
    expect(heard.record?.costUsd).toBeCloseTo((12 * 1 + 7 * 2) / 1e6, 12);
    expect(hosts[0]?.seen[0]?.body.stream_options).toEqual({ include_usage: true });
  });
});
