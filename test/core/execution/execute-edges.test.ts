import { describe, expect, it } from 'vitest';
import { RouterError } from '../../../lib/core/errors';
import type { StreamOutcome } from '../../../lib/core/types';
import type { ChatChunk, ChatCompletion, FinishReason } from '../../../lib/core/types-chat';
import type { Purse } from '../../../lib/core/types-live';
import { SOME_USAGE } from '../../fixtures/scripted-provider';
import { heard, outline, stage, wants } from './staging';

function chunk(content: string, finish: FinishReason | null = null, model = 'm'): ChatChunk {
  const choices = [{ index: 0, delta: { content }, finish_reason: finish }];
  return { id: 'c1', object: 'chat.completion.chunk', created: 1, model, choices };
}

function completion(message: object, finish: FinishReason = 'stop', model = 'm'): ChatCompletion {
  const choices = [{ index: 0, message: { role: 'assistant' as const, ...message }, finish_reason: finish }];
  return { id: 'c1', object: 'chat.completion', created: 1, model, choices };
}

describe('an answer that a filter cut short', () => {
  const filtered = [{ completion: completion({ content: 'half a' }, 'content_filter') }];

  it.each(['low', 'high'] as const)(
    'is not routed around when it fails its check: consequence %s',
    async (consequence) => {
      const { provider, run } = stage({
        script: { small: filtered, mid: [{ say: 'yes' }] },
        gate: wants('yes'),
        consequence,
      });
      const execution = await run();
      expect(execution).toMatchObject({ kind: 'failed', error: { code: 'content_filter' }, trail: { tier: null } });
      expect(outline(execution)).toEqual(['first small failed content-filter']);
      expect(execution.trail.attempts[0]).toMatchObject({ verdict: { pass: false }, usage: { estimated: true } });
      expect(provider.calls).toHaveLength(1);
    },
  );

  it('is refused before its first byte when it was streamed', async () => {
    const script = { small: [{ chunks: [chunk('half a'), chunk('', 'content_filter')] }], mid: [{ say: 'yes' }] };
    const execution = await stage({ script, gate: wants('yes'), stream: true }).run();
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'content_filter' } });
  });

  it('is handed out as it is where it passes, or where nothing judges it', async () => {
    for (const gate of [wants('half'), undefined]) {
      const execution = await stage({ script: { small: filtered }, ...(gate && { gate }) }).run();
      expect(execution).toMatchObject({ kind: 'whole', trail: { tier: 'small' } });
    }
  });
});

describe('what a call has cost', () => {
  it('is booked for an empty stream too', async () => {
    const script = { small: [{ chunks: [chunk('', 'length')], usage: SOME_USAGE }], mid: [{ say: 'yes' }] };
    for (const gate of [wants('yes'), undefined]) {
      const execution = await stage({ script, stream: true, ...(gate && { gate }) }).run();
      expect(execution.trail.attempts[0]).toMatchObject({ cause: 'empty', usage: SOME_USAGE, costUsd: 0.01 });
    }
  });

  it('is counted of tool calls as of words, where the tier tells none', async () => {
    const tool_calls = [{ id: 'c', type: 'function', function: { name: 'f'.repeat(100), arguments: ' '.repeat(300) } }];
    const script = { small: [{ completion: completion({ content: null, tool_calls }, 'tool_calls') }] };
    const { trail } = await stage({ script }).run();
    expect(trail.attempts[0]?.usage).toMatchObject({ outputTokens: 100, estimated: true });
  });
});

describe('the model that answered', () => {
  it('is the one asked for where the tier names none', async () => {
    const whole = await stage({ script: { small: [{ completion: completion({ content: 'x' }, 'stop', '') }] } }).run();
    expect(whole.trail).toMatchObject({ model: 'small-model', attempts: [{ model: 'small-model' }] });
    const chunks = [chunk('x', null, ''), chunk('', 'stop', '')];
    const streamed = (await stage({ script: { small: [{ chunks }] }, stream: true }).run()) as StreamOutcome;
    expect(streamed.trail.model).toBe('small-model');
    await heard(streamed);
    expect(await streamed.ended).toMatchObject({ model: 'small-model', trail: { model: 'small-model' } });
  });
});

describe('a call that ended whole', () => {
  it.each([
    ['in one piece', {}],
    ['streamed', { stream: true }],
    ['held back', { stream: true, gate: wants('yes') }],
  ])('is not aborted afterwards, for its connection may serve again: %s', async (_name, scene) => {
    const { provider, run } = stage({ script: { small: [{ say: 'yes' }] }, ...scene });
    const execution = await run();
    if (execution.kind === 'stream') await heard(execution);
    expect(provider.calls[0]?.signal.aborted).toBe(false);
  });
});

describe('the end of the request’s time', () => {
  it('is the end of its calls: no further tier is begun, only to be billed', async () => {
    const { provider, run } = stage({ script: { small: [{ hang: true }], mid: [{ say: 'hello' }] }, leftMs: 20 });
    const execution = await run();
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'upstream_timeout' }, trail: { fallbacks: 0 } });
    expect(provider.calls.map(({ tier }) => tier.id)).toEqual(['small']);
  });

  it('leaves no retry so short a time after its pause that it could only be billed', async () => {
    const { provider, run } = stage({
      script: { small: [{ fail: 'server-error' }, { hang: true }] },
      ladder: ['small'],
      retries: 1,
      leftMs: 1000,
      ports: { nowMs: () => Date.UTC(2026, 10, 22), endsAtMs: Date.UTC(2026, 10, 22) + 80 },
    });
    // The pause is 75 ms.
    expect(await run()).toMatchObject({ kind: 'failed', error: { failure: 'server-error' } });
    expect(provider.calls).toHaveLength(1);
  });

  it('hands out the draft there is, unless the consequence is high', async () => {
    const script = { small: [{ say: 'draft' }], mid: [{ hang: true }], large: [{ say: 'yes' }] } as const;
    const scene = { script, gate: wants('yes'), leftMs: 200 };
    expect(await stage(scene).run()).toMatchObject({ kind: 'whole', trail: { tier: 'small', reason: 'oracle-unmet' } });
    const high = await stage({ ...scene, consequence: 'high' }).run();
    expect(high).toMatchObject({ kind: 'failed', error: { code: 'answer_rejected' } });
  });
});

describe('budgets that cannot be asked once a draft is in hand', () => {
  const unreachable = new RouterError('tiers_unavailable', 'The budgets cannot be looked at now.');

  function withBudgetsThat(reserve: Purse['reserve'], consequence: 'low' | 'high' = 'low') {
    let reserved = 0;
    const purse: Purse = {
      reserve: (estimate, longestMs) => {
        reserved += 1;
        return reserved === 1 ? Promise.resolve({ settle: () => {} }) : reserve(estimate, longestMs);
      },
    };
    const script = { small: [{ say: 'draft' }], mid: [{ say: 'yes' }] } as const;
    return stage({ script, gate: wants('yes'), consequence, ports: { purse } });
  }

  it('cost its caller no answer that was paid for already', async () => {
    const { provider, run } = withBudgetsThat(() => Promise.reject(unreachable));
    expect(await run()).toMatchObject({ kind: 'whole', trail: { tier: 'small', reason: 'oracle-unmet' } });
    expect(provider.calls).toHaveLength(1);
  });

  it('let no draft out where the consequence is high, and say that they are why', async () => {
    const { run } = withBudgetsThat(() => Promise.reject(unreachable), 'high');
    expect(await run()).toMatchObject({ kind: 'failed', error: { code: 'tiers_unavailable', retryable: true } });
  });

  it('are a fault that somebody hears of where they break in a way that nobody foresaw', async () => {
    const { run } = withBudgetsThat(() => Promise.reject(new TypeError('broken')));
    expect(await run()).toMatchObject({ kind: 'failed', error: { code: 'internal' } });
  });
});
