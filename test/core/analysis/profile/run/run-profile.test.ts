import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { TierProvider } from '../../../../../lib/core/execution/provider';
import { aPolicy, aTask, aTier } from '../../../../builders';
import { SOME_USAGE, scriptedProvider } from '../../../../fixtures/scripted-provider';
import { aRun, indexOf } from './a-run';

const POLICY = aPolicy({
  tiers: [
    aTier({ id: 'small' }),
    aTier({ id: 'large', prices: [{ kind: 'tokens', input: 10, output: 20, uplift: 1 }] }),
  ],
  tasks: [aTask({ id: 'echo', ladder: ['small', 'large'], oracle: [{ kind: 'exact', ignoreCase: false }] })],
});

function* lines(rows: number, length = 0): Generator<string> {
  for (let index = 0; index < rows; index += 1)
    yield JSON.stringify({ id: `row-${index}`, task: 'echo', prompt: `${index} `.padEnd(length, 'x'), expect: 'yes' });
}

const answers = (say: string) => scriptedProvider({ small: [{ say }], large: [{ say }] });

describe('runProfile', () => {
  it('asks each row of each tier of its task once', async () => {
    const provider = answers('yes');
    const { end, recorded } = await aRun(POLICY, () => lines(50), provider);
    expect(end).toEqual({ complete: true, asked: 100, givenUp: [] });
    const keys = recorded.map(({ row, tier }) => `${tier} ${row}`);
    expect(new Set(keys).size).toBe(100);
    expect(provider.calls).toHaveLength(100);
  });

  it('keeps what an answer was, cost and came to', async () => {
    const { recorded } = await aRun(POLICY, () => lines(1), answers('no'));
    expect(recorded.find(({ tier }) => tier === 'large')).toEqual({
      row: 'row-0',
      task: 'echo',
      tier: 'large',
      sample: 0,
      pass: false,
      oracle: 'exact',
      detail: 'not the expected text',
      choice: { text: 'no', toolCalls: [], reasoning: '', refusal: '', finishReason: 'stop' },
      model: 'large-model',
      inputTokens: SOME_USAGE.inputTokens,
      outputTokens: SOME_USAGE.outputTokens,
      costUsd: (100 * 10 + 10 * 20) / 1e6,
      judgeCostUsd: 0,
      latencyMs: expect.any(Number),
    });
  });

  it('counts a failed call apart from a wrong answer', async () => {
    const provider = scriptedProvider({ small: [{ fail: 'content-filter' }], large: [{ say: 'yes' }] });
    const { recorded, answers: table } = await aRun(POLICY, () => lines(3), provider);
    const failed = recorded.filter(({ tier }) => tier === 'small');
    expect(failed.map((answer) => [answer.failed, answer.pass])).toEqual(
      new Array(3).fill(['content-filter', undefined]),
    );
    expect(table.judged('small', 'row-1')).toBeUndefined();
    expect(table.call('small', 'row-1')).toMatchObject({ failed: 'content-filter' });
    expect(table.judged('large', 'row-1')).toMatchObject({ pass: true });
  });

  it('tries again after what may pass, and never after what may not', async () => {
    const provider = scriptedProvider({
      small: [{ fail: 'server-error' }, { fail: 'rate-limited' }, { say: 'yes' }],
      large: [{ fail: 'invalid-request' }],
    });
    const { recorded } = await aRun(POLICY, () => lines(1), provider, { concurrency: 1 });
    expect(recorded.map(({ tier, pass, failed }) => [tier, pass, failed]).sort()).toEqual([
      ['large', undefined, 'invalid-request'],
      ['small', true, undefined],
    ]);
    expect(provider.calls.map(({ tier }) => tier.id).sort()).toEqual(['large', 'small', 'small', 'small']);
  });

  it('gives a tier up after ten failures in a row, and only that one', async () => {
    const provider = scriptedProvider({ small: [{ fail: 'auth' }], large: [{ say: 'yes' }] });
    const { end, recorded } = await aRun(POLICY, () => lines(40), provider, { concurrency: 1 });
    expect(end).toMatchObject({ complete: false, givenUp: [{ tier: 'small', cause: 'auth' }] });
    expect(recorded.filter(({ tier }) => tier === 'small')).toHaveLength(10);
    expect(recorded.filter(({ tier }) => tier === 'large')).toHaveLength(40);
  });

  it('ends without another call once the cap has no room', async () => {
    const { end, spending, recorded } = await aRun(POLICY, () => lines(40), answers('yes'), { capUsd: 0.01 });
    expect(end.complete).toBe(false);
    expect(spending.shortage).toBeDefined();
    expect(spending.totalUsd).toBeLessThanOrEqual(0.01);
    expect(recorded.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)).toBeCloseTo(spending.totalUsd, 12);
  });

  it('breaks off where the corpus is not what it was', async () => {
    const corpus = indexOf(lines(5), POLICY);
    const others = () => [...lines(5)].reverse();
    await expect(aRun(POLICY, others, answers('yes'), { corpus })).rejects.toThrow('the corpus has changed');
  });

  it('holds nothing of 100,000 rows but some bytes each', async () => {
    const rows = 100_000;
    const length = 500;
    const policy = aPolicy({
      tiers: [aTier({ id: 'small' })],
      tasks: [aTask({ id: 'echo', ladder: ['small'], oracle: [{ kind: 'exact', ignoreCase: false }] })],
    });
    const start = liveBytes();
    const corpus = indexOf(lines(rows, length), policy);
    const indexed = liveBytes();
    expect(indexed - start).toBeLessThan(rows * 350);

    let most = 0;
    const { end, answers: table } = await aRun(policy, () => lines(rows, length), ATONCE, {
      corpus,
      keep: false,
      onProgress: ({ done }) => {
        if (done % 20_000 === 0) most = Math.max(most, liveBytes());
      },
    });
    expect(end).toMatchObject({ complete: true, asked: rows });
    expect(table.judged('small', `row-${rows - 1}`)).toMatchObject({ pass: true });
    // Prompts and answers together are more than a thousand bytes a row.
    expect(most - indexed).toBeLessThan(rows * 80);
  }, 120_000);
});

const WORDS = 'yes';

const ATONCE: TierProvider = {
  unsupported: () => [],
  async complete({ model }) {
    const message = { role: 'assistant' as const, content: WORDS.padEnd(500) };
    const choices = [{ index: 0, message, finish_reason: 'stop' as const }];
    const completion = { id: 'c', object: 'chat.completion' as const, created: 1, model, choices };
    return { completion, text: '', usage: SOME_USAGE };
  },
  stream: () => Promise.reject(new Error('a profile asks for answers in one piece')),
};

let collect: (() => void) | undefined;

function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  collect ??= runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
