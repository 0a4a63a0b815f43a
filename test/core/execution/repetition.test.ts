import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../../lib/core/execution/assemble';
import { Repetition } from '../../../lib/core/execution/repetition';
import { MOST_CHARACTERS, Sent } from '../../../lib/core/execution/sent';
import type { ChatChunk, ChatDelta, FinishReason } from '../../../lib/core/types-chat';

type ChunkChoice = ChatChunk['choices'][number];

function chunkOf(...choices: ChunkChoice[]): ChatChunk {
  return { id: 'second', object: 'chat.completion.chunk', created: 2, model: 'm2', choices };
}

const says = (delta: ChatDelta, index = 0): ChatChunk => chunkOf({ index, delta });
const text = (content: string, index = 0): ChatChunk => says({ content }, index);
const ends = (finish_reason: FinishReason, index = 0): ChatChunk => chunkOf({ index, delta: {}, finish_reason });
const calls = (...tool_calls: NonNullable<ChatDelta['tool_calls']>): ChatChunk => says({ tool_calls });
const call = (index: number, id: string, name: string): ChatChunk =>
  calls({ index, id, type: 'function', function: { name, arguments: '' } });
const args = (index: number, json: string): ChatChunk => calls({ index, function: { arguments: json } });

function sentOf(chunks: readonly ChatChunk[]): Sent {
  const sent = new Sent();
  for (const chunk of chunks) sent.add(chunk);
  return sent;
}

const FIRST = { id: 'first', created: 1 };

/** What passes of the second answer, or `diverged`. */
function restOf(sent: readonly ChatChunk[], second: readonly ChatChunk[], given = 0): readonly ChatChunk[] | string {
  const repetition = new Repetition(sentOf(sent), FIRST, given);
  try {
    return second.flatMap((chunk) => repetition.take([chunk], 'small'));
  } catch (error) {
    return (error as { failure: string }).failure;
  }
}

const deltasOf = (rest: readonly ChatChunk[] | string): unknown =>
  typeof rest === 'string'
    ? rest
    : rest.flatMap(({ choices }) => choices.map(({ delta, finish_reason }) => finish_reason ?? delta));

const TABLE: [string, ChatChunk[], ChatChunk[], unknown][] = [
  [
    'goes on where the first broke off',
    [text('one ')],
    [text('one '), text('two'), ends('stop')],
    [{ content: 'two' }, 'stop'],
  ],
  ['is cut in two where its pieces are larger', [text('one ')], [text('one two')], [{ content: 'two' }]],
  [
    'is skipped where its pieces are smaller',
    [text('one two')],
    [text('one '), text('tw'), text('o '), text('3')],
    [{ content: ' ' }, { content: '3' }],
  ],
  ['differs', [text('one ')], [text('one'), text('two')], 'diverged'],
  ['is shorter', [text('one two')], [text('one'), ends('stop')], 'diverged'],
  [
    'tells its role only once',
    [says({ role: 'assistant', content: '' }), text('a')],
    [says({ role: 'assistant', content: '' }), text('ab')],
    [{ content: 'b' }],
  ],
  [
    'reasons alike',
    [says({ reasoning_content: 'hm' }), text('a')],
    [says({ reasoning: 'hm' }), text('ab')],
    [{ content: 'b' }],
  ],
  [
    'reasons for longer',
    [says({ reasoning_content: 'hm' }), text('a')],
    [says({ reasoning_content: 'hmm' }), text('ab')],
    'diverged',
  ],
  [
    'goes on reasoning in its own words’ field',
    [says({ reasoning_content: 'h' })],
    [says({ reasoning: 'hm' })],
    [{ reasoning: 'm' }],
  ],
  ['refuses alike', [says({ refusal: 'I ' })], [says({ refusal: 'I cannot' })], [{ refusal: 'cannot' }]],
  ['refuses what the first began to answer', [text('I ')], [says({ refusal: 'I cannot' })], 'diverged'],
  [
    'makes the same call under another id',
    [call(0, 'a', 'f'), args(0, '{"x"')],
    [call(0, 'b', 'f'), args(0, '{"x":1}')],
    [{ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }],
  ],
  [
    'makes a further call',
    [call(0, 'a', 'f'), args(0, '{}')],
    [call(0, 'b', 'f'), args(0, '{}'), call(1, 'c', 'g')],
    [{ tool_calls: [{ index: 1, id: 'c', type: 'function', function: { name: 'g', arguments: '' } }] }],
  ],
  ['calls something else', [call(0, 'a', 'f')], [call(0, 'b', 'g')], 'diverged'],
  [
    'calls with other arguments',
    [call(0, 'a', 'f'), args(0, '{"x":1')],
    [call(0, 'b', 'f'), args(0, '{"x":2}')],
    'diverged',
  ],
  ['calls where the first spoke', [text('a')], [call(0, 'b', 'g')], 'diverged'],
  [
    'numbers no calls',
    [calls({ id: 'a', function: { name: 'f', arguments: '{}' } })],
    [
      calls(
        { id: 'b', function: { name: 'f', arguments: '{}' } },
        { id: 'c', function: { name: 'g', arguments: '{}' } },
      ),
    ],
    [{ tool_calls: [{ index: 1, id: 'c', function: { name: 'g', arguments: '{}' } }] }],
  ],
  [
    'says what cannot be compared',
    [text('ab')],
    [says({ content: 'a', audio: {} } as ChatDelta), text('bc')],
    'diverged',
  ],
  [
    'says such things only after what was sent',
    [text('a')],
    [text('ab'), says({ audio: 1 } as ChatDelta)],
    [{ content: 'b' }, { audio: 1 }],
  ],
];

const CHOICES: typeof TABLE = [
  [
    'waits until every choice is repeated',
    [text('a'), text('x', 1)],
    [text('ab'), text('x', 1), text('y', 1)],
    [{ content: 'b' }, { content: 'y' }],
  ],
  [
    'passes nothing of one choice where another differs',
    [text('a'), text('x', 1)],
    [text('ab'), text('z', 1)],
    'diverged',
  ],
  [
    'ends a choice that had ended no second time',
    [text('a'), ends('stop'), text('x', 1)],
    [text('a'), text('xy', 1), ends('stop'), ends('stop', 1)],
    [{ content: 'y' }, 'stop'],
  ],
  ['goes on after the end of a choice', [text('a'), ends('stop'), text('x', 1)], [text('ab')], 'diverged'],
  [
    'ends a choice for another reason',
    [text('a'), ends('stop'), text('x', 1)],
    [text('a'), ends('length')],
    'diverged',
  ],
  [
    'begins a choice of which nothing was sent',
    [text('a')],
    [text('a'), says({ role: 'assistant', content: 'x' }, 1)],
    [{ role: 'assistant', content: 'x' }],
  ],
];

describe('a second answer', () => {
  it.each(TABLE)('%s', (_name, sent, second, expected) => {
    expect(deltasOf(restOf(sent, second))).toEqual(expected);
  });

  it.each(CHOICES)('of several choices %s', (_name, sent, second, expected) => {
    expect(deltasOf(restOf(sent, second))).toEqual(expected);
  });

  it('passes nothing while a choice is still to be repeated', () => {
    const repetition = new Repetition(sentOf([text('a'), text('x', 1)]), FIRST, 0);
    expect(repetition.take([text('ab')], 'small')).toEqual([]);
    expect(repetition.isVerified).toBe(false);
    expect(deltasOf(repetition.take([text('x', 1)], 'small'))).toEqual([{ content: 'b' }]);
    expect(repetition).toMatchObject({ isVerified: true, repeatedCharacters: 2 });
  });

  it('is given up where one choice runs further ahead of another than is remembered', () => {
    const ahead = text('x'.repeat(MOST_CHARACTERS + 2));
    expect(restOf([text('x'), text('x', 1)], [ahead])).toBe('diverged');
  });

  it('goes on under the id of the first, and under the name of the model that gives it', () => {
    const [chunk] = restOf([text('a')], [text('ab')]) as ChatChunk[];
    expect(chunk).toMatchObject({ id: 'first', created: 1, model: 'm2' });
  });

  it('repeats only the white space after a beginning that it was given', () => {
    expect(deltasOf(restOf([text('one \n')], [text(' \ntwo')], 3))).toEqual([{ content: 'two' }]);
    expect(deltasOf(restOf([text('one \n')], [text(' two')], 3))).toBe('diverged');
    expect(deltasOf(restOf([text('one')], [ends('stop')], 3))).toEqual(['stop']);
  });

  it('brings the log probabilities of what was not sent', () => {
    const logprobs = { content: [{ token: 'one ' }, { token: 'two' }], refusal: null };
    const second = chunkOf({ index: 0, delta: { content: 'one two' }, logprobs });
    const [chunk] = restOf([text('one ')], [second]) as ChatChunk[];
    expect(chunk?.choices[0]?.logprobs).toEqual({ content: [{ token: 'two' }], refusal: null });
    const [untouched] = restOf([], [second]) as ChatChunk[];
    expect(untouched?.choices[0]?.logprobs).toEqual(logprobs);
  });
});

describe('what was sent', () => {
  it('is kept up to a bound, and not at all beyond it', () => {
    const sent = sentOf([text('x'.repeat(MOST_CHARACTERS))]);
    expect([sent.isKept, sent.choices().size]).toEqual([true, 1]);
    sent.add(text('y'));
    expect([sent.isKept, sent.choices().size]).toEqual([false, 0]);
  });

  it('is not kept where it holds what cannot be compared', () => {
    expect(sentOf([says({ content: 'a', audio: { id: 'x' } } as ChatDelta)]).isKept).toBe(false);
    expect(sentOf([says({ content: 'a', audio: null } as ChatDelta)]).isKept).toBe(true);
    expect(sentOf([says({ content: [{ type: 'text', text: 'a' }] } as unknown as ChatDelta)]).isKept).toBe(false);
  });

  it('keeps the words of many small pieces in order', () => {
    const words = Array.from({ length: 2000 }, (_, at) => `${at} `);
    expect(sentOf(words.map((word) => text(word))).plainText()).toBe(words.join(''));
  });
});

type Passage = readonly [channel: 'reasoning' | 'content' | 'refusal' | 'call', text: string];

const passages: fc.Arbitrary<Passage[]> = fc.array(
  fc.tuple(fc.constantFrom('reasoning', 'content', 'refusal', 'call'), fc.string({ minLength: 1, maxLength: 8 })),
  { minLength: 1, maxLength: 5 },
);

/** An answer of the passages in pieces of at most these sizes, in turn; the ids of its calls end in `run`. */
function streamOf(choices: readonly Passage[][], sizes: readonly number[], run: string): ChatChunk[] {
  const queues = choices.map((said, index) => [
    says({ role: 'assistant', content: '' }, index),
    ...pieces(said, index, sizes, run),
    ends('stop', index),
  ]);
  const chunks: ChatChunk[] = [];
  for (let turn = 0; queues.some((queue) => queue.length > 0); turn += 1) {
    const next = queues[turn % queues.length]?.splice(0, 1 + (sizes[turn % sizes.length] ?? 1));
    chunks.push(...(next ?? []));
  }
  return chunks;
}

function pieces(said: readonly Passage[], choice: number, sizes: readonly number[], run: string): ChatChunk[] {
  let count = 0;
  return said.flatMap(([channel, whole], nth) => {
    const number = count;
    if (channel === 'call') count += 1;
    const cut: ChatDelta[] = [];
    for (let at = 0, turn = nth; at < whole.length; turn += 1) {
      const piece = whole.slice(at, at + (sizes[turn % sizes.length] ?? 1));
      at += piece.length;
      if (channel === 'reasoning') cut.push({ reasoning_content: piece });
      else if (channel === 'call') cut.push({ tool_calls: [{ index: number, function: { arguments: piece } }] });
      else cut.push({ [channel]: piece });
    }
    const begin: ChatDelta = { tool_calls: [{ index: number, id: `call-${number}-${run}`, function: { name: 'f' } }] };
    return (channel === 'call' ? [begin, ...cut] : cut).map((delta) => says(delta, choice));
  });
}

describe('an answer taken up', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
  const answers = fc.array(passages, { minLength: 1, maxLength: 3 });

  it('is the whole answer, however the first was cut and the second comes', () => {
    fc.assert(
      fc.property(answers, sizes, sizes, fc.integer({ min: 0, max: 100 }), (said, one, two, percent) => {
        const first = streamOf(said, one, 'a');
        const sent = first.slice(0, Math.floor((first.length * percent) / 100));
        const rest = restOf(sent, streamOf(said, two, 'b'));
        expect(typeof rest).toBe('object');
        const heard = [...sent, ...(rest as ChatChunk[])];
        expect(withoutIds(assemble(heard))).toEqual(withoutIds(assemble(first)));
        for (const index of said.keys()) expect(finishesOf(heard, index)).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  it('never passes anything of an answer that is another one', () => {
    fc.assert(
      fc.property(passages, sizes, sizes, fc.nat(), (said, one, two, at) => {
        const other = said.map(([channel, whole], nth) =>
          nth === at % said.length ? ([channel, `${whole.slice(0, -1)}\u0000`] as const) : ([channel, whole] as const),
        );
        const first = streamOf([said], one, 'a').slice(0, -1);
        expect(restOf(first, streamOf([other], two, 'b'))).toBe('diverged');
      }),
      { numRuns: 300 },
    );
  });
});

function withoutIds(choices: ReturnType<typeof assemble>): unknown {
  return choices.map((choice) => ({ ...choice, toolCalls: choice.toolCalls.map(({ id: _, ...rest }) => rest) }));
}

function finishesOf(chunks: readonly ChatChunk[], index: number): number {
  return chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index && choice.finish_reason)
    .length;
}
