import { describe, expect, it } from 'vitest';
import { assemble, choicesOf } from '../../../lib/core/execution/assemble';
import type { ChatChunk, ChatCompletion, ChatDelta, FinishReason } from '../../../lib/core/types-chat';
import { cpuMs } from '../../fixtures/cpu-ms';

function chunk(delta: unknown, finish: FinishReason | null = null): ChatChunk {
  const choices = [{ index: 0, delta: delta as ChatDelta, finish_reason: finish }];
  return { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices };
}

const call = (index: unknown, id: string, name: string, text: string) =>
  chunk({ tool_calls: [{ index, id, function: { name, arguments: text } }] });

describe('the choices that chunks add up to', () => {
  it('hold their tool calls in the order of the host’s numbers', () => {
    const [choice] = assemble([
      call(1, 'b', 'second', '{}'),
      call(0, 'a', 'first', '{"x"'),
      call(0, '', '', ':1}'),
      chunk({}, 'tool_calls'),
    ]);
    expect(choice?.toolCalls).toEqual([
      { id: 'a', name: 'first', arguments: '{"x":1}' },
      { id: 'b', name: 'second', arguments: '{}' },
    ]);
  });

  it('hold every call of a host that does not number them', () => {
    const [choice] = assemble([call(undefined, 'a', 'first', '{}'), call(undefined, 'b', 'second', '{}')]);
    expect(choice?.toolCalls.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('take no number for a place in a list: not a huge one, not the name of a member', () => {
    const calls = [call(4e9, 'a', 'first', '{}'), call('__proto__', 'b', 'second', '{}')];
    expect(cpuMs(() => expect(assemble(calls)[0]?.toolCalls).toHaveLength(2))).toBeLessThan(1000);
    expect('id' in []).toBe(false);
  });

  it('read content in parts as the texts of it', () => {
    const [choice] = assemble([chunk({ content: [{ type: 'thinking' }, { type: 'text', text: 'yes' }] }, 'stop')]);
    expect(choice?.text).toBe('yes');
  });
});

describe('the choices of a completion', () => {
  it.each([undefined, '', null])('have no finish reason where the host says %j', (finish_reason) => {
    const choices = [{ index: 0, message: { role: 'assistant', content: 'half' }, finish_reason }];
    const completion = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices };
    expect(choicesOf(completion as ChatCompletion)[0]?.finishReason).toBeNull();
  });
});
