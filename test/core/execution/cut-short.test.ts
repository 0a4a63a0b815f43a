import { describe, expect, it } from 'vitest';
import type { ExecutionPorts } from '../../../lib/core/execution/plan';
import type { Execution, StreamOutcome, Trail } from '../../../lib/core/types';
import type { ChatChunk } from '../../../lib/core/types-chat';
import type { Purse } from '../../../lib/core/types-live';
import { type Act, SOME_USAGE } from '../../fixtures/scripted-provider';
import { heard, outline, type Scene, stage, wants } from './staging';

/** Of the staged request. */
const PROMPT_TOKENS = 100;
const PROMPT_USD = 0.1;
/** USD for a thousand tokens: 1 in, 2 out. */
const price: ExecutionPorts['price'] = (_tier, usage) => (usage.inputTokens + 2 * usage.outputTokens) / 1000;

const chunk = (content: string): ChatChunk => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'small-model',
  choices: [{ index: 0, delta: content === '' ? { role: 'assistant' } : { content }, finish_reason: null }],
});

interface Play extends Omit<Scene, 'ports' | 'caller'> {
  /** Absent: its caller stays. */
  readonly leavesInMs?: number;
}

interface Ended {
  readonly trail: Trail;
  readonly settled: readonly number[];
}

/** Plays the scene to its end, and tells what the budget was told. */
async function ended({ leavesInMs, ...scene }: Play): Promise<Ended> {
  const settled: number[] = [];
  const purse: Purse = { reserve: async () => ({ settle: (costUsd) => void settled.push(costUsd) }) };
  const left = new AbortController();
  if (leavesInMs !== undefined) setTimeout(() => left.abort(), leavesInMs);
  const play = stage({ ladder: ['small'], ...scene, caller: left.signal, ports: { price, purse } });
  const execution = await play.run();
  if (execution.kind === 'stream') await heard(execution).catch(() => undefined);
  const { trail } = execution.kind === 'stream' ? await (execution as StreamOutcome).ended : execution;
  return { trail, settled };
}

const HANG: Act = { hang: true };

describe('a call that is cut short before its first content', () => {
  it.each<readonly [name: string, cause: string, scene: Play]>([
    ['left by its caller', 'aborted', { script: { small: [HANG] }, leavesInMs: 10 }],
    ['a stream left by its caller', 'aborted', { script: { small: [HANG] }, stream: true, leavesInMs: 10 }],
    ['out of time', 'total-timeout', { script: { small: [HANG] }, totalMs: 30 }],
    ['out of the platform’s time', 'total-timeout', { script: { small: [HANG] }, leftMs: 30 }],
    ['a stream that never begins', 'first-token-timeout', { script: { small: [HANG] }, stream: true }],
    ['a stream that ends empty', 'empty', { script: { small: [{ chunks: [chunk('')] }] }, stream: true }],
    ['a stream cut off', 'cut', { script: { small: [{ chunks: [chunk('')], fail: 'cut' }] }, stream: true }],
    ['an answer cut off', 'cut', { script: { small: [{ fail: 'cut', reached: 'accepted' }] } }],
    ['an answer without sense', 'malformed', { script: { small: [{ fail: 'malformed', reached: 'accepted' }] } }],
  ])('%s: the prompt is booked, and the budget settles the same', async (_name, cause, scene) => {
    const { trail, settled } = await ended(scene);
    expect(trail).toMatchObject({
      tier: null,
      attempts: [
        {
          outcome: 'failed',
          cause,
          costUsd: PROMPT_USD,
          usage: { inputTokens: PROMPT_TOKENS, outputTokens: 0, estimated: true },
        },
      ],
    });
    expect(settled).toEqual([PROMPT_USD]);
  });

  it.each<readonly [name: string, scene: Play]>([
    ['refused', { script: { small: [{ fail: 'rate-limited' }] } }],
    ['refused in its stream', { script: { small: [{ chunks: [chunk('')], fail: 'overloaded' }] }, stream: true }],
    ['reset before its answer', { script: { small: [{ fail: 'cut', reached: 'sent' }] } }],
    ['never connected', { script: { small: [{ fail: 'connect-timeout' }] } }],
  ])('%s: nothing is booked', async (_name, scene) => {
    const { trail, settled } = await ended(scene);
    expect(trail.attempts).toMatchObject([{ outcome: 'failed', costUsd: 0 }]);
    expect(trail.attempts[0]).not.toHaveProperty('usage');
    expect(settled).toEqual([0]);
  });

  it.each([[false], [true]])('before its request has left: nothing is booked (streamed: %s)', async (stream) => {
    const script = { small: [{ hang: true, reached: 'nowhere' } as const] };
    const { trail, settled } = await ended({ script, stream, leavesInMs: 10 });
    expect(trail.attempts).toMatchObject([{ cause: 'aborted', costUsd: 0 }]);
    expect(settled).toEqual([0]);
  });

  it('costs a line of its own beside the answer that another tier gives', async () => {
    const script = { small: [HANG], mid: [{ say: 'hello' }] };
    const timeouts = { connectMs: 50, firstTokenMs: 50, stallMs: 50, totalMs: 30 };
    const { trail, settled } = await ended({ script, ladder: ['small', 'mid'], tiers: { small: { timeouts } } });
    expect(outline({ trail } as Execution)).toEqual(['first small failed total-timeout', 'fallback mid answered']);
    expect(trail.attempts.map(({ costUsd }) => costUsd)).toEqual([PROMPT_USD, 0.12]);
    expect(settled).toEqual([PROMPT_USD, 0.12]);
  });

  it('is booked by what the tier told of it', async () => {
    const told = { ...SOME_USAGE, inputTokens: 7, cacheReadTokens: 93 };
    const script = { small: [{ chunks: [chunk('')], tells: [told, 'prompt'] as const, fail: 'cut' as const }] };
    const { trail } = await ended({ script, stream: true });
    expect(trail.attempts[0]).toMatchObject({ usage: { inputTokens: 7, cacheReadTokens: 93, outputTokens: 0 } });
  });
});

describe('a stream that breaks off after words', () => {
  it('is booked by the usage the tier had told, where it had told all', async () => {
    const chunks = [chunk('one '), chunk('two')];
    const script = { small: [{ chunks, tells: [SOME_USAGE, 'all'] as const, fail: 'cut' as const }] };
    const { trail, settled } = await ended({ script, stream: true });
    expect(trail.attempts[0]).toMatchObject({ cause: 'cut', usage: SOME_USAGE, costUsd: 0.12 });
    expect(settled).toEqual([0.12]);
  });

  it('is booked with its prompt and its words by count, held back or not', async () => {
    const script = { small: [{ cutAfter: 'one two three', fail: 'cut' as const }] };
    for (const gate of [undefined, wants('four')]) {
      const { trail } = await ended({ script, stream: true, ...(gate && { gate }) });
      expect(trail.attempts[0]).toMatchObject({ usage: { inputTokens: PROMPT_TOKENS, outputTokens: 4 } });
    }
  });
});
