import { describe, expect, it } from 'vitest';
import { assemble } from '../../../lib/core/execution/assemble';
import { deltaHasContent, failureOfWholeness, StreamTally } from '../../../lib/core/execution/wholeness';
import type { ChatChunk, ChatDelta, FinishReason } from '../../../lib/core/types-chat';

/** A choice as it stands at the end: what it said, and why it ended. */
type Choice = readonly [content: string, finish: FinishReason | null];

function chunksOf(choices: readonly Choice[]): ChatChunk[] {
  return choices.flatMap(([content, finish], index) =>
    [{ index, delta: { content } }, ...(finish ? [{ index, delta: {}, finish_reason: finish }] : [])].map(
      (choice): ChatChunk => ({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [choice],
      }),
    ),
  );
}

const TABLE: [string, number, readonly Choice[], string | undefined][] = [
  ['one whole choice', 1, [['yes', 'stop']], undefined],
  [
    'two whole choices',
    2,
    [
      ['yes', 'stop'],
      ['no', 'length'],
    ],
    undefined,
  ],
  ['no content', 1, [['', 'stop']], 'empty'],
  ['no finish reason', 1, [['yes', null]], 'cut'],
  [
    'a second choice without content',
    2,
    [
      ['yes', 'stop'],
      ['', 'stop'],
    ],
    'empty',
  ],
  [
    'a second choice that was filtered',
    2,
    [
      ['yes', 'stop'],
      ['', 'content_filter'],
    ],
    'content-filter',
  ],
  ['a filter in the middle of the words', 1, [['ye', 'content_filter']], undefined],
];

describe('a delta', () => {
  it.each<[unknown, boolean]>([
    ['', false],
    [null, false],
    [[], false],
    ['a', true],
    [[{ type: 'text', text: 'a' }], true],
  ])('of content %j says something: %s', (content, says) => {
    expect(deltaHasContent({ content } as ChatDelta)).toBe(says);
  });
});

describe('an answer is whole', () => {
  it.each(TABLE)('or not, alike in one piece and streamed: %s', (_name, wanted, choices, failure) => {
    const chunks = chunksOf(choices);
    const tally = new StreamTally();
    for (const chunk of chunks) tally.add(chunk);
    expect(failureOfWholeness(assemble(chunks), wanted, 'small')?.failure).toBe(failure);
    expect(tally.failure(wanted, 'small')?.failure).toBe(failure);
  });
});
