import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouterError } from '../../../lib/core/errors';
import { keeping, recall } from '../../../lib/core/response/kept-answer';
import type { Attempt, Execution, StreamEnd, StreamOutcome, Trail } from '../../../lib/core/types';
import type { ChatChunk, ChatCompletion, ChatMessage } from '../../../lib/core/types-chat';
import type { KeptAnswer } from '../../../lib/core/types-live';

const ANSWERED: Attempt = {
  tier: 'small',
  model: 'm',
  outcome: 'answered',
  because: 'first',
  costUsd: 0.25,
  startedAtMs: 0,
  latencyMs: 5,
};
const TRAIL: Trail = {
  attempts: [ANSWERED],
  consultations: [],
  tier: 'small',
  model: 'm',
  reason: 'start',
  escalations: 0,
  fallbacks: 0,
  retries: 0,
};
const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

function completion(message: Partial<ChatMessage> = {}, finish: string | null = 'stop'): ChatCompletion {
  const choices = [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello there.', ...message },
      finish_reason: finish,
      logprobs: null,
    },
  ];
  return { id: 'c1', object: 'chat.completion', created: 7, model: 'm-1', choices, usage: USAGE } as ChatCompletion;
}

function whole(answer: ChatCompletion, trail: Partial<Trail> = {}): Execution {
  return { kind: 'whole', trail: { ...TRAIL, ...trail }, completion: answer, text: JSON.stringify(answer) };
}

function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  const choices = [{ index: 0, delta, finish_reason: finish, ...more }];
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 7, model: 'm-1', choices })}\n\n`;
}

async function* bytesOf(events: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const event of events) yield Buffer.from(event);
}

function streamed(events: readonly string[], end: Partial<StreamEnd> = {}): StreamOutcome {
  const ended = Promise.resolve({ trail: TRAIL, id: 'c1', created: 7, model: 'm-1', wireUsage: USAGE, ...end });
  return { kind: 'stream', trail: TRAIL, slices: bytesOf(events), ended };
}

async function heard(execution: Execution): Promise<string> {
  if (execution.kind === 'whole') return execution.text;
  if (execution.kind === 'failed') return '';
  let text = '';
  for await (const bytes of execution.slices) text += Buffer.from(bytes).toString();
  await execution.ended;
  return text;
}

/** What is kept of an execution once it has been heard to its end. */
async function keptOf(execution: Execution): Promise<string | undefined> {
  let kept: string | undefined;
  await heard(keeping(execution, (text) => (kept = text)));
  return kept;
}

describe('an answer in one piece', () => {
  it('is kept in its own bytes', async () => {
    const answer = completion();
    expect(await keptOf(whole(answer))).toBe(JSON.stringify(answer));
  });

  it.each<[string, Execution]>([
    ['failed its last check', whole(completion(), { reason: 'oracle-unmet' })],
    ['was rejected', whole(completion(), { attempts: [{ ...ANSWERED, outcome: 'rejected' }] })],
    ['came from nobody', whole(completion(), { attempts: [] })],
    ['was cut by its limit', whole(completion({}, 'length'))],
    ['was filtered', whole(completion({}, 'content_filter'))],
    [
      'calls a tool',
      whole(completion({ tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '' } }] })),
    ],
    ['refuses', whole(completion({ refusal: 'I cannot.' }))],
    ['is several', whole({ ...completion(), choices: [...completion().choices, ...completion().choices] })],
    ['failed', { kind: 'failed', trail: TRAIL, error: new RouterError('upstream_error', 'down') }],
  ])('is not kept where it %s', async (_name, execution) => {
    expect(await keptOf(execution)).toBeUndefined();
  });
});

const HELLO = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'Hello ' }),
  chunk({ content: 'there.' }),
  chunk({}, 'stop'),
];

describe('a streamed answer', () => {
  it('passes on untouched, and is kept as the completion it adds up to', async () => {
    let kept: string | undefined;
    const execution = keeping(streamed(HELLO), (text) => (kept = text));
    expect(await heard(execution)).toBe(HELLO.join(''));
    expect(JSON.parse(kept ?? '')).toMatchObject({
      id: 'c1',
      object: 'chat.completion',
      model: 'm-1',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there.' }, finish_reason: 'stop' }],
      usage: USAGE,
    });
  });

  it('is kept with its reasoning, whatever its host fills members with', async () => {
    const events = [
      chunk({ reasoning_content: 'Hm. ', tool_calls: [], refusal: null }),
      ': hello\n\n',
      chunk({ content: 'Yes.' }, 'stop'),
    ];
    const { message } = JSON.parse((await keptOf(streamed(events))) ?? '').choices[0];
    expect(message).toEqual({ role: 'assistant', content: 'Yes.', reasoning_content: 'Hm. ' });
  });

  const broken = new RouterError('upstream_error', 'cut');
  it.each<[string, StreamOutcome]>([
    ['broke off', streamed(HELLO, { error: broken })],
    ['never ended', streamed(HELLO.slice(0, 3))],
    ['was cut by its limit', streamed([chunk({ content: 'a' }, 'length')])],
    ['calls a tool', streamed([chunk({ tool_calls: [{ index: 0, id: 'c' }] }), ...HELLO])],
    ['says what nobody knows', streamed([chunk({ audio: { id: 'a' } }), ...HELLO])],
    ['tells probabilities', streamed([chunk({ content: 'a' }, null, { logprobs: { content: [] } }), ...HELLO])],
    ['has a second choice', streamed([chunk({ content: 'a' }, 'stop', { index: 1 }), ...HELLO])],
    ['is not what it should be', streamed(['data: {"choices":\n\n', ...HELLO])],
    ['is very long', streamed([chunk({ content: 'a'.repeat(300_000) }), ...HELLO])],
    ['failed its last check', streamed(HELLO, { trail: { ...TRAIL, reason: 'oracle-unmet' } })],
    [
      'was taken up by another call',
      streamed(HELLO, {
        trail: { ...TRAIL, attempts: [{ ...ANSWERED, outcome: 'failed', timeToFirstTokenMs: 3 }, ANSWERED] },
      }),
    ],
  ])('is not kept where it %s', async (_name, execution) => {
    expect(await keptOf(execution)).toBeUndefined();
  });

  it('is kept where a call before it failed without a word', async () => {
    const attempts: Attempt[] = [{ ...ANSWERED, tier: 'other', outcome: 'failed' }, ANSWERED];
    expect(await keptOf(streamed(HELLO, { trail: { ...TRAIL, attempts } }))).toBeDefined();
  });

  it('is not kept where its reader leaves, and lets go of what it reads', async () => {
    let released = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from(chunk({ content: 'a' }));
      } finally {
        released = true;
      }
    }
    let kept: string | undefined;
    const source: StreamOutcome = { ...streamed([]), slices: endless() };
    const execution = keeping(source, (text) => (kept = text)) as StreamOutcome;
    for await (const _bytes of execution.slices) break;
    await execution.ended;
    expect([released, kept]).toEqual([true, undefined]);
  });
});

function answerOf(text: string): KeptAnswer {
  return { text, tier: 'small', model: 'm', costUsd: 0.25, untilMs: 10 };
}

describe('a kept answer', () => {
  it('comes back after no call, by its tier and model', () => {
    const answer = completion();
    const execution = recall(answerOf(JSON.stringify(answer)), false);
    expect(execution).toEqual({
      kind: 'whole',
      completion: answer,
      text: JSON.stringify(answer),
      trail: { ...TRAIL, attempts: [], reason: 'cached' },
    });
  });

  it('comes back as a stream that holds all its message says, and tells its usage at the end', async () => {
    const answer = completion({ reasoning_content: 'Hm.', annotations: ['x'] } as Partial<ChatMessage>);
    const execution = recall(answerOf(JSON.stringify(answer)), true) as StreamOutcome;
    const chunks: ChatChunk[] = [];
    for await (const bytes of execution.slices)
      chunks.push(JSON.parse(Buffer.from(bytes).toString().slice('data: '.length)));
    expect(chunks.map(({ choices }) => choices[0])).toEqual([
      { index: 0, delta: answer.choices[0]?.message, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
    ]);
    expect(chunks[0]).toMatchObject({ id: 'c1', object: 'chat.completion.chunk', created: 7, model: 'm-1' });
    expect(await execution.ended).toMatchObject({
      id: 'c1',
      model: 'm-1',
      wireUsage: USAGE,
      trail: { reason: 'cached' },
    });
  });

  it('says the same whichever way it came and whichever way it goes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), async (pieces) => {
        const events = [...pieces.map((content) => chunk({ content })), chunk({}, 'stop')];
        const kept = await keptOf(streamed(events));
        const again = await keptOf({ ...(recall(answerOf(kept ?? ''), true) as StreamOutcome), ...given });
        expect(JSON.parse(again ?? '').choices[0].message.content).toBe(pieces.join(''));
      }),
    );
  });
});

/** A recalled stream as if a tier had given it, so that it is kept again. */
const given = { trail: TRAIL, ended: Promise.resolve({ trail: TRAIL, id: 'c1', created: 7, model: 'm-1' }) };
