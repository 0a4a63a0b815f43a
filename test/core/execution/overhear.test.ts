import { describe, expect, it } from 'vitest';
import { overhear } from '../../../lib/core/execution/overhear';
import type { Execution, StreamOutcome, Trail } from '../../../lib/core/types';
import type { ChatDelta, FinishReason } from '../../../lib/core/types-chat';

const TRAIL = {} as Trail;

function chunk(index: number, delta: ChatDelta, finish_reason: FinishReason | null = null): string {
  const about = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'small-model' };
  return `data: ${JSON.stringify({ ...about, choices: [{ index, delta, finish_reason }] })}\n\n`;
}

function streamed(slices: readonly (string | Uint8Array)[]): StreamOutcome {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const slice of slices) yield typeof slice === 'string' ? Buffer.from(slice) : slice;
  }
  const ended = Promise.resolve({ trail: TRAIL, id: 'c', created: 1, model: 'small-model' });
  return { kind: 'stream', trail: TRAIL, slices: bytes(), ended };
}

async function hear(execution: Execution) {
  const { execution: heard, answer } = overhear(execution);
  let passed = '';
  if (heard.kind === 'stream') for await (const bytes of heard.slices) passed += Buffer.from(bytes).toString();
  return { passed, answer: answer() };
}

describe('an answer that is overheard', () => {
  it('passes untouched, and is put together of all its choices and tool calls', async () => {
    const slices = [
      `${chunk(0, { role: 'assistant', content: 'ye' })}${chunk(1, { content: '🙂' })}`,
      chunk(0, { content: 's' }, 'stop'),
      chunk(1, { tool_calls: [{ index: 0, id: 't', function: { name: 'look_up', arguments: '{}' } }] }, 'tool_calls'),
    ];
    const { passed, answer } = await hear(streamed(slices));
    expect(passed).toBe(slices.join(''));
    expect(answer).toMatchObject({
      model: 'small-model',
      choices: [
        { text: 'yes', finishReason: 'stop' },
        { text: '🙂', finishReason: 'tool_calls', toolCalls: [{ name: 'look_up', arguments: '{}' }] },
      ],
    });
  });

  it.each<[string, string[]]>([
    ['did not end', [chunk(0, { content: 'yes' })]],
    ['holds what is no chunk', [chunk(0, { content: 'yes' }, 'stop'), 'data: {"half\n\n']],
    [
      'is longer than is worth remembering',
      [...Array(5).fill(chunk(0, { content: 'x'.repeat(300_000) })), chunk(0, {}, 'stop')],
    ],
  ])('is none where it %s, and passes all the same', async (_, slices) => {
    const { passed, answer } = await hear(streamed(slices));
    expect(passed).toBe(slices.join(''));
    expect(answer).toBeUndefined();
  });

  it('closes its stream when the reader leaves', async () => {
    let closed = false;
    async function* bytes(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from(chunk(0, { content: 'x' }));
      } finally {
        closed = true;
      }
    }
    const { execution } = overhear({ ...streamed([]), slices: bytes() });
    for await (const _bytes of (execution as StreamOutcome).slices) break;
    expect(closed).toBe(true);
  });
});
