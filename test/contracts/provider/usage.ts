import { describe, expect, it } from 'vitest';
import { answering } from '../../fixtures/hosts/script';
import type { ProviderBench } from './bench';

export function usageContract(bench: ProviderBench): void {
  const { harness, hostWith, callTo, streamed } = bench;

  describe('usage', () => {
    const usage = { input: 100, output: 40, cacheRead: 900, cacheWrite5m: 30, cacheWrite1h: 0, reasoning: 25 };

    const expected = () => ({
      inputTokens: 100,
      outputTokens: 40,
      cacheReadTokens: 900,
      cacheWrite5mTokens: 30,
      cacheWrite1hTokens: 0,
      reasoningTokens: harness.tells.reasoningTokens ? 25 : 0,
      estimated: false,
    });

    it('counts cache and reasoning tokens of a whole answer', async () => {
      const host = await hostWith([answering({ text: 'Yes.', usage })]);
      const answer = await harness.provider.complete(callTo(host.url));
      expect(answer.usage).toEqual(expected());
      expect(answer.completion.usage).toMatchObject({
        prompt_tokens: 1030,
        completion_tokens: 40,
        total_tokens: 1070,
      });
    });

    it('counts them of a streamed answer, and keeps usage out of its events', async () => {
      const host = await hostWith([answering({ text: 'Yes.', usage })]);
      const { tail, chunks } = await streamed(host.url);
      expect(tail.usage).toEqual(expected());
      expect(chunks.filter((chunk) => chunk.usage)).toEqual([]);
    });

    it('tells cache writes of an hour apart where the dialect does', async () => {
      const host = await hostWith([answering({ text: 'Yes.', usage: { cacheWrite5m: 30, cacheWrite1h: 70 } })]);
      const answer = await harness.provider.complete(callTo(host.url));
      const [write5m, write1h] = harness.tells.hourlyCacheWrites ? [30, 70] : [100, 0];
      expect(answer.usage).toMatchObject({ cacheWrite5mTokens: write5m, cacheWrite1hTokens: write1h });
    });
  });
}
