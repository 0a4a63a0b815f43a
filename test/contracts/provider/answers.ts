import { describe, expect, it } from 'vitest';
import type { FinishReason } from '../../../lib/core/types-chat';
import { answering, type SeenRequest } from '../../fixtures/hosts/script';
import { BOTH, type ProviderBench } from './bench';
import { deltasOf, finishOf, textOf } from './chunks';

export function answersContract(bench: ProviderBench): void {
  const { harness, hostWith, callTo, streamed, ask } = bench;

  describe('answers', () => {
    it('brings a whole answer as a completion and as its JSON text', async () => {
      const host = await hostWith([answering({ text: 'Grüße, 世界 👋' })]);
      const answer = await harness.provider.complete(callTo(host.url));
      expect(answer.completion.choices).toMatchObject([
        { index: 0, message: { role: 'assistant', content: 'Grüße, 世界 👋' }, finish_reason: 'stop' },
      ]);
      expect(answer.completion.object).toBe('chat.completion');
      expect(JSON.parse(answer.text)).toEqual(answer.completion);
    });

    it('streams an answer as whole events whose bytes say what their chunks say', async () => {
      const host = await hostWith([answering({ text: 'Grüße, 世界 👋' })]);
      const { bytes, chunks } = await streamed(host.url);
      expect(textOf(chunks)).toBe('Grüße, 世界 👋');
      expect(finishOf(chunks)).toBe('stop');
      const events = bytes.split('\n\n').filter((event) => event !== '');
      expect(events.map((event) => JSON.parse(event.replace(/^data: /, '')))).toEqual(chunks);
      expect(bytes.endsWith('\n\n')).toBe(true);
      expect(bytes).not.toContain('[DONE]');
    });

    it('asks for the model of the call, whatever the caller wrote', async () => {
      const host = await hostWith([answering({ text: 'Yes.' })]);
      await harness.provider.complete(callTo(host.url, { model: 'auto' }, { model: 'a-fine-tune' }));
      expect(harness.read(host.seen[0] as SeenRequest).model).toBe('a-fine-tune');
    });

    it('does not stream a whole answer although the caller asked for a stream', async () => {
      const host = await hostWith([answering({ text: 'Whole.' })]);
      const answer = await harness.provider.complete(
        callTo(host.url, { stream: true, stream_options: { include_usage: true } }),
      );
      expect(answer.completion.choices[0]?.message.content).toBe('Whole.');
    });

    const finishes: FinishReason[] = ['stop', 'length', 'content_filter'];
    it.each(finishes)('tells the finish reason %s', async (finish) => {
      const host = await hostWith([answering({ text: 'Partly', finish })]);
      const whole = await harness.provider.complete(callTo(host.url));
      expect(whole.completion.choices[0]?.finish_reason).toBe(finish);
      expect(finishOf((await streamed(host.url)).chunks)).toBe(finish);
    });

    it('brings reasoning apart from the text', async () => {
      const host = await hostWith([answering({ text: 'Four.', reasoning: 'Two and two.' })]);
      const { completion } = await harness.provider.complete(callTo(host.url));
      expect(completion.choices[0]?.message).toMatchObject({ content: 'Four.', reasoning_content: 'Two and two.' });
      const { chunks } = await streamed(host.url);
      expect(
        deltasOf(chunks)
          .map((delta) => delta.reasoning_content ?? '')
          .join(''),
      ).toBe('Two and two.');
      expect(textOf(chunks)).toBe('Four.');
    });

    it('serves the next call on the same connection', async () => {
      const host = await hostWith([answering({ text: 'Yes.' })]);
      for (const way of [...BOTH, ...BOTH]) {
        await ask(way, callTo(host.url));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      expect(host.connections).toBe(1);
    });

    it.each(BOTH)('replaces a kept-alive connection that the host has closed: %s', async (way) => {
      const host = await hostWith([answering({ text: 'Yes.' })]);
      await Promise.all([ask(way, callTo(host.url)), ask(way, callTo(host.url))]);
      await new Promise((resolve) => setTimeout(resolve, 30));
      host.resetIdle();
      await ask(way, callTo(host.url));
      expect(host.seen.length).toBe(3);
      expect(host.connections).toBe(3);
    });
  });
}
