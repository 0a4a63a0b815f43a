import { describe, expect, it } from 'vitest';
import type { ToolCall } from '../../../lib/core/types-chat';
import { answering } from '../../fixtures/hosts/script';
import type { ProviderBench } from './bench';
import { finishOf, textOf, toolCallsOf } from './chunks';
import { NO_PARAMETERS, WEATHER } from './tool-definitions';

export function toolsContract(bench: ProviderBench): void {
  const { harness, hostWith, callTo, streamed, seenCall } = bench;

  describe('tools', () => {
    const calls = [
      { id: 'call_1', name: 'weather', arguments: '{"place":"Köln"}' },
      { id: 'call_2', name: 'now', arguments: '{}' },
    ];
    const asChatCalls: ToolCall[] = calls.map(({ id, name: tool, arguments: text }) => ({
      id,
      type: 'function',
      function: { name: tool, arguments: text },
    }));

    it('offers tools, with and without parameters, and says how they may be chosen', async () => {
      const seen = await seenCall({ tools: [WEATHER, NO_PARAMETERS], tool_choice: 'required' });
      expect(seen.tools[0]).toEqual({
        name: 'weather',
        description: 'Weather at a place.',
        schema: WEATHER.function.parameters,
      });
      expect(seen.tools[1]?.name).toBe('now');
      expect(seen.toolChoice).toBe('required');
      const one = await seenCall({
        tools: [WEATHER],
        tool_choice: { type: 'function', function: { name: 'weather' } },
      });
      expect(one.toolChoice).toBe('weather');
    });

    it('brings parallel tool calls of a whole answer', async () => {
      const host = await hostWith([answering({ toolCalls: calls })]);
      const { completion } = await harness.provider.complete(callTo(host.url, { tools: [WEATHER, NO_PARAMETERS] }));
      expect(completion.choices[0]).toMatchObject({
        message: { tool_calls: asChatCalls },
        finish_reason: 'tool_calls',
      });
    });

    it('brings parallel tool calls of a streamed answer', async () => {
      const host = await hostWith([answering({ text: 'Let me look.', toolCalls: calls })]);
      const { chunks } = await streamed(host.url, { tools: [WEATHER, NO_PARAMETERS] });
      expect(toolCallsOf(chunks)).toEqual(asChatCalls);
      expect(textOf(chunks)).toBe('Let me look.');
      expect(finishOf(chunks)).toBe('tool_calls');
    });

    it('sends tool calls and their results back, results of one turn together', async () => {
      const seen = await seenCall({
        tools: [WEATHER, NO_PARAMETERS],
        messages: [
          { role: 'user', content: 'Weather in Köln?' },
          { role: 'assistant', content: null, tool_calls: asChatCalls },
          { role: 'tool', tool_call_id: 'call_1', content: '12 degrees' },
          { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'noon' }] },
          { role: 'user', content: 'And?' },
        ],
      });
      expect(seen.turns.slice(1)).toEqual([
        {
          role: 'assistant',
          blocks: [
            { toolUse: { id: 'call_1', name: 'weather', input: { place: 'Köln' } } },
            { toolUse: { id: 'call_2', name: 'now', input: {} } },
          ],
        },
        {
          role: 'user',
          blocks: [
            { toolResult: { id: 'call_1', text: '12 degrees' } },
            { toolResult: { id: 'call_2', text: 'noon' } },
            { text: 'And?' },
          ],
        },
      ]);
    });
  });
}
