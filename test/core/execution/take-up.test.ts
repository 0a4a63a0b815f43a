import { describe, expect, it } from 'vitest';
import { totalCostUsd } from '../../../lib/core/attribution/totals';
import type { ExecutionPorts } from '../../../lib/core/execution/plan';
import { MOST_CHARACTERS } from '../../../lib/core/execution/sent';
import { formatStream } from '../../../lib/core/response/format-stream';
import type { StreamEnd, StreamOutcome } from '../../../lib/core/types';
import type { ChatChunk, ChatDelta, FinishReason } from '../../../lib/core/types-chat';
import type { CallEnded, TierHealth } from '../../../lib/core/types-live';
import { type ReadStream, readStream } from '../../fixtures/read-stream';
import { type Act, SOME_USAGE } from '../../fixtures/scripted-provider';
import { outline, type Scene, stage } from './staging';

const NOON_MS = Date.UTC(2026, 10, 22, 12);
const WHOLE = 'one two three four';
const CUT: Act = { cutAfter: 'one two ', fail: 'cut' };
const AGAIN: Act = { say: WHOLE };
const OTHER: Act = { say: 'one to three' };

function chunkOf(delta: ChatDelta, finish_reason: FinishReason | null = null): ChatChunk {
  const choices = [{ index: 0, delta, finish_reason }];
  return { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices };
}

interface Heard extends ReadStream {
  readonly attempts: readonly string[];
  readonly end: StreamEnd;
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
}

async function hear(scene: Scene): Promise<Heard> {
  const { provider, run } = stage({ stream: true, ...scene });
  const execution = (await run()) as StreamOutcome;
  let body = '';
  for await (const bytes of formatStream(execution, true, ({ trail }) => totalCostUsd(trail))) {
    body += Buffer.from(bytes).toString();
  }
  const end = await execution.ended;
  const attempts = outline({ trail: end.trail } as StreamOutcome);
  return { ...readStream(body), attempts, end, bodies: provider.calls.map((call) => call.body) };
}

describe('a stream that breaks off after its first words', () => {
  it('goes on where the same tier repeats what was sent', async () => {
    const heard = await hear({ script: { small: [CUT, AGAIN] }, retries: 1 });
    expect(heard).toMatchObject({ text: WHOLE, finishes: ['stop'], roles: 1, error: undefined, isDone: true });
    expect(heard.attempts).toEqual(['first small failed cut', 'retry small answered']);
    expect(heard.end.trail).toMatchObject({ tier: 'small', reason: 'start', retries: 1, fallbacks: 0 });
    expect(heard.end.trail.attempts[1]).toMatchObject({ repeatedCharacters: 8, usage: SOME_USAGE });
  });

  it('goes on where the next tier of the ladder repeats it, under the first one’s id', async () => {
    const heard = await hear({ script: { small: [CUT], mid: [AGAIN] } });
    expect(heard).toMatchObject({ text: WHOLE, finishes: ['stop'], ids: ['c1'], isDone: true });
    expect(heard.models).toEqual(['small-model', 'mid-model']);
    expect(heard.attempts).toEqual(['first small failed cut', 'fallback mid answered']);
    expect(heard.end).toMatchObject({ model: 'mid-model', trail: { tier: 'mid', reason: 'fallback', fallbacks: 1 } });
  });

  it('costs every attempt, and tells the usage of the one that completed', async () => {
    const heard = await hear({ script: { small: [CUT, AGAIN] }, retries: 1 });
    const [broken, completed] = heard.end.trail.attempts;
    expect(broken).toMatchObject({ outcome: 'failed', usage: { outputTokens: 2, estimated: true }, costUsd: 0.002 });
    expect(completed).toMatchObject({ outcome: 'answered', costUsd: 0.01 });
    expect(heard.usage).toMatchObject({ completion_tokens: 10, cost_usd: 0.012 });
  });

  it('ends with the error of the break where nobody repeats it', async () => {
    const heard = await hear({ script: { small: [CUT, OTHER], mid: [OTHER], large: [OTHER] }, retries: 1 });
    expect(heard).toMatchObject({ text: 'one two ', error: 'upstream_error', isDone: false, finishes: [] });
    expect(heard.end.error?.failure).toBe('cut');
    expect(heard.attempts).toEqual([
      'first small failed cut',
      'retry small failed diverged',
      'fallback mid failed diverged',
      'fallback large failed diverged',
    ]);
    expect(heard.end.trail).toMatchObject({ tier: 'small', model: 'small-model' });
  });

  it('aborts the call that differs, at the first character that does', async () => {
    const { provider, run } = stage({ script: { small: [CUT], mid: [OTHER] }, ladder: ['small', 'mid'], stream: true });
    const { slices, ended } = (await run()) as StreamOutcome;
    for await (const _bytes of slices);
    expect(provider.calls[1]?.signal.aborted).toBe(true);
    expect((await ended).trail.attempts[1]).toMatchObject({ cause: 'diverged', usage: { outputTokens: 2 } });
  });

  it('is not whole where the second call leaves a choice out that the first had begun', async () => {
    const begun = [chunkOf({ content: 'one ' }), { ...chunkOf({}), choices: [{ index: 1, delta: { content: 'I' } }] }];
    const other = [chunkOf({ content: 'one two' }), chunkOf({}, 'stop')];
    const heard = await hear({
      script: { small: [{ chunks: begun }, { chunks: other }] },
      ladder: ['small'],
      retries: 1,
    });
    expect(heard).toMatchObject({ text: 'one ', isDone: false, error: 'upstream_error', finishes: [] });
    expect(heard.attempts).toEqual(['first small failed cut', 'retry small failed diverged']);
  });

  it('goes on over several breaks, each further than the last', async () => {
    const further: Act = { cutAfter: 'one two three ', fail: 'stall-timeout' };
    const heard = await hear({ script: { small: [CUT, further, AGAIN] }, retries: 2 });
    expect(heard).toMatchObject({ text: WHOLE, isDone: true, finishes: ['stop'] });
    expect(heard.end.trail.attempts.map(({ repeatedCharacters }) => repeatedCharacters)).toEqual([undefined, 8, 14]);
  });

  it('is asked for again where the second attempt breaks off before it has caught up', async () => {
    const sooner: Act = { cutAfter: 'one ', fail: 'cut' };
    const heard = await hear({ script: { small: [CUT, sooner, AGAIN] }, retries: 2 });
    expect(heard).toMatchObject({ text: WHOLE, isDone: true });
    const twice = await hear({ script: { small: [CUT, sooner] }, ladder: ['small'], retries: 1 });
    expect(twice).toMatchObject({ text: 'one two ', error: 'upstream_error', isDone: false });
  });

  it.each([
    ['without a finish reason', { say: 'one two ', finish: null }],
    ['on an error of its host', { cutAfter: 'one two ', fail: 'server-error' }],
    ['on an event nobody can read', { cutAfter: 'one two ', fail: 'malformed' }],
  ] as [string, Act][])('is taken up where it ends %s', async (_name, act) => {
    expect(await hear({ script: { small: [act, AGAIN] }, retries: 1 })).toMatchObject({ text: WHOLE, isDone: true });
  });

  it('spends the retries and the retry budget that are left, and no more', async () => {
    const spent = await hear({
      script: { small: [{ fail: 'server-error' }, CUT], mid: [{ fail: 'server-error' }] },
      ladder: ['small'],
      retries: 1,
    });
    expect(spent.attempts).toEqual(['first small failed server-error', 'retry small failed cut']);
    const budget = await hear({ script: { small: [CUT], mid: [CUT], large: [CUT] }, retries: 5 });
    expect(budget.attempts).toHaveLength(1 + 3 + 2);
    expect(budget.attempts.filter((line) => line.startsWith('retry'))).toHaveLength(3);
  });

  it('is whole where it breaks off after its finish reason, and is asked for no second time', async () => {
    const end = [chunkOf({ content: WHOLE }), chunkOf({}, 'stop')];
    const heard = await hear({ script: { small: [{ chunks: end, fail: 'cut' }, AGAIN] }, retries: 1 });
    expect(heard).toMatchObject({ text: WHOLE, finishes: ['stop'], error: undefined, isDone: true });
    expect(heard.attempts).toEqual(['first small answered']);
    expect(heard.end.usage).toMatchObject({ estimated: true });
  });

  it('is left with the caller who leaves while it is taken up', async () => {
    const left = new AbortController();
    const hang: Act = { hang: true, meanwhile: () => left.abort() };
    const scene: Scene = { script: { small: [CUT, hang], mid: [AGAIN] }, retries: 1, caller: left.signal };
    const { provider, run } = stage({ ...scene, stream: true });
    const { slices, ended } = (await run()) as StreamOutcome;
    for await (const _bytes of slices);
    const { error, trail } = await ended;
    expect(error?.failure).toBe('aborted');
    expect(outline({ trail } as StreamOutcome)).toEqual(['first small failed cut', 'retry small failed aborted']);
    expect(provider.calls.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  it('is asked of nobody once the caller has left in the pause before', async () => {
    const left = new AbortController();
    const pause = async (): Promise<void> => left.abort();
    const scene: Scene = { script: { small: [CUT, AGAIN] }, retries: 1, caller: left.signal, ports: { pause } };
    const heard = await hear(scene);
    expect(heard.end.error?.failure).toBe('aborted');
    expect(heard.attempts).toEqual(['first small failed cut']);
  });

  it.each([
    ['refuses the content', 'content-filter', 'content_filter'],
    ['finds fault with the request', 'invalid-request', 'invalid_request'],
  ] as const)('tells the caller where the next tier %s, and asks no further', async (_name, fail, code) => {
    const heard = await hear({ script: { small: [CUT], mid: [{ fail }], large: [AGAIN] } });
    expect(heard).toMatchObject({ error: code, isDone: false });
    expect(heard.attempts).toHaveLength(2);
  });

  it('is not taken up where a filter broke it off', async () => {
    const act: Act = { cutAfter: 'one two ', fail: 'content-filter' };
    const heard = await hear({ script: { small: [act, AGAIN], mid: [AGAIN] }, retries: 1 });
    expect(heard).toMatchObject({ error: 'content_filter', isDone: false });
    expect(heard.attempts).toHaveLength(1);
  });

  it('is not taken up where it is longer than is remembered', async () => {
    const long = 'x'.repeat(MOST_CHARACTERS + 1);
    const heard = await hear({ script: { small: [{ cutAfter: long, fail: 'cut' }, { say: long }] }, retries: 1 });
    expect(heard).toMatchObject({ error: 'upstream_error', isDone: false });
    expect(heard.attempts).toEqual(['first small failed cut']);
  });

  it('is not taken up once the request’s time is over', async () => {
    const clock = { nowMs: NOON_MS };
    const ports = { nowMs: () => clock.nowMs, endsAtMs: NOON_MS + 5000 };
    const { provider, run } = stage({ script: { small: [CUT], mid: [AGAIN] }, stream: true, ports });
    const { slices, ended } = (await run()) as StreamOutcome;
    clock.nowMs += 6000;
    for await (const _bytes of slices);
    expect((await ended).error).toBeDefined();
    expect(provider.calls).toHaveLength(1);
  });
});

describe('leave for the calls that take a stream up', () => {
  function healthOf(refusing: readonly string[]): { health: TierHealth; ended: CallEnded[] } {
    const ended: CallEnded[] = [];
    const health: TierHealth = {
      state: () => ({ breaker: 'open', retryAfterMs: 60_000 }),
      admit: ({ id }) => (refusing.includes(id) ? undefined : { ended: (how) => void ended.push(how) }),
    };
    return { health, ended };
  }

  it('is asked of the tier, which hears how each call ended; a second answer that differs is no failure of its', async () => {
    const { health, ended } = healthOf(['mid']);
    const heard = await hear({ script: { small: [CUT, OTHER], large: [AGAIN] }, retries: 1, ports: { health } });
    expect(heard.attempts).toEqual([
      'first small failed cut',
      'retry small failed diverged',
      'fallback large answered',
    ]);
    expect(ended.map(({ cause }) => cause)).toEqual(['cut', undefined, undefined]);
  });

  it('is asked of the budgets, and settled call by call; without room nobody is asked further', async () => {
    const settled: number[] = [];
    let room = 2;
    const purse = {
      reserve: async () => {
        room -= 1;
        const budget = {
          id: 'b',
          scope: 'all',
          limitUsd: 1,
          period: 'day',
          onExhausted: 'refuse',
          reserve: 'expected',
        } as const;
        return room < 0 ? { budget, roomUsd: 0 } : { settle: (costUsd: number) => void settled.push(costUsd) };
      },
    };
    const heard = await hear({ script: { small: [CUT, OTHER], mid: [AGAIN] }, retries: 1, ports: { purse } });
    expect(heard).toMatchObject({ error: 'upstream_error', isDone: false });
    expect(heard.attempts).toEqual(['first small failed cut', 'retry small failed diverged']);
    expect(settled).toEqual(heard.end.trail.attempts.map(({ costUsd }) => costUsd));
  });
});

describe('a tier that goes on from a given beginning', () => {
  const tiers = { mid: { continuesPrefix: true } };
  const ladder = ['small', 'mid'];

  it('is given what was sent, and its words follow', async () => {
    const heard = await hear({ script: { small: [CUT], mid: [{ say: ' three four' }] }, tiers, ladder });
    expect(heard).toMatchObject({ text: WHOLE, finishes: ['stop'], roles: 1, isDone: true });
    expect(heard.bodies[1]).toMatchObject({
      messages: [{ role: 'user' }, { role: 'assistant', content: 'one two' }],
      continue_final_message: true,
      add_generation_prompt: false,
    });
    expect(heard.bodies[0]).not.toHaveProperty('continue_final_message');
    expect(heard.attempts).toEqual(['first small failed cut', 'fallback mid answered']);
  });

  it('has it reckoned with in the money that is set aside', async () => {
    const given: unknown[] = [];
    const estimate: ExecutionPorts['estimate'] = (_tier, { messages }, prefix) => {
      given.push([messages.length, prefix]);
      return { expectedUsd: 0.01, worstUsd: 0.1 };
    };
    const purse = { reserve: async () => ({ settle: () => {} }) };
    const script = { small: [CUT], mid: [{ say: ' three four' }] };
    expect(await hear({ script, tiers, ladder, ports: { estimate, purse } })).toMatchObject({ isDone: true });
    expect(given).toEqual([
      [1, undefined],
      [2, { text: 'one two', tokens: 2 }],
    ]);
  });

  it('may have nothing to add', async () => {
    const script = { small: [{ cutAfter: 'one two', fail: 'cut' }], mid: [{ say: '' }] } as const;
    expect(await hear({ script, tiers, ladder })).toMatchObject({ text: 'one two', finishes: ['stop'], isDone: true });
    const endless = { ...script, mid: [{ say: '', finish: null }] } as const;
    expect(await hear({ script: endless, tiers, ladder })).toMatchObject({ error: 'upstream_error', isDone: false });
  });

  it('is given up where it does not go on with the white space that was sent', async () => {
    const heard = await hear({ script: { small: [CUT], mid: [{ say: 'three' }] }, tiers, ladder });
    expect(heard).toMatchObject({ text: 'one two ', error: 'upstream_error', isDone: false });
  });

  it('writes no more than the caller allowed in all', async () => {
    const script = { small: [CUT], mid: [{ say: ' three four' }] };
    const heard = await hear({ script, tiers, ladder, body: { max_tokens: 10 } });
    expect(heard.bodies[1]).toMatchObject({ max_tokens: 8 });
    const short = await hear({ script: { ...script, mid: [AGAIN] }, tiers, ladder, body: { max_tokens: 2 } });
    expect(short.bodies[1]).toMatchObject({ max_tokens: 2 });
    expect(short.bodies[1]).not.toHaveProperty('continue_final_message');
  });

  it('repeats where one of two limits that differ leaves nothing to write', async () => {
    const script = { small: [CUT], mid: [AGAIN] };
    const body = { max_tokens: 2, max_completion_tokens: 50 };
    const heard = await hear({ script, tiers, ladder, body, request: { maxOutputTokens: 50 } });
    expect(heard).toMatchObject({ text: WHOLE, isDone: true });
    expect(heard.bodies[1]).toMatchObject(body);
    expect(heard.bodies[1]).not.toHaveProperty('continue_final_message');
  });

  it('is passed over where it finds fault with the beginning', async () => {
    const script = { small: [CUT], mid: [{ fail: 'invalid-request' }], large: [AGAIN] } as const;
    const heard = await hear({ script, tiers });
    expect(heard).toMatchObject({ text: WHOLE, isDone: true });
    expect(heard.attempts[1]).toBe('fallback mid failed invalid-request');
  });

  it.each([
    ['a schema binds the answer', { response_format: { type: 'json_object' } }],
    ['a grammar binds the answer', { guided_regex: '.*' }],
    ['a tool must be called', { tool_choice: 'required' }],
    ['the caller gave a beginning already', { messages: [{ role: 'assistant', content: 'So:' }] }],
  ] as [string, Scene['body'] & object][])('repeats instead where %s', async (_name, body) => {
    const heard = await hear({ script: { small: [CUT], mid: [AGAIN] }, tiers, ladder, body });
    expect(heard).toMatchObject({ text: WHOLE, isDone: true });
    expect(heard.bodies[1]).not.toHaveProperty('continue_final_message');
  });

  it('repeats instead where more than plain text was sent', async () => {
    const thought = [chunkOf({ reasoning_content: 'hm' }), chunkOf({ content: 'one ' })];
    const whole = [...thought, chunkOf({ content: 'two' }), chunkOf({}, 'stop')];
    const heard = await hear({ script: { small: [{ chunks: thought }], mid: [{ chunks: whole }] }, tiers, ladder });
    expect(heard).toMatchObject({ text: 'one two', isDone: true });
    expect(heard.choices[0]?.reasoning).toBe('hm');
    expect(heard.bodies[1]).not.toHaveProperty('continue_final_message');
  });
});
