import { describe, expect, it } from 'vitest';
import type { Gate, StreamOutcome } from '../../../lib/core/types';
import type { Act } from '../../fixtures/scripted-provider';
import { heard, outline, stage, wants } from './staging';

describe('execute', () => {
  it('hands out the first tier’s answer where nothing judges it', async () => {
    const execution = await stage({ script: { small: [{ say: 'hello' }] } }).run();
    expect(execution).toMatchObject({ kind: 'whole', trail: { tier: 'small', model: 'small-model', reason: 'start' } });
    expect(outline(execution)).toEqual(['first small answered']);
    expect(execution.trail.attempts[0]?.costUsd).toBe(0.01);
  });

  it('climbs until an answer passes its check, and books every call', async () => {
    const execution = await stage({
      script: { small: [{ say: 'no' }], mid: [{ say: 'neither' }], large: [{ say: 'yes' }] },
      gate: wants('yes'),
    }).run();
    expect(execution).toMatchObject({
      kind: 'whole',
      trail: { tier: 'large', reason: 'escalated', escalations: 2, fallbacks: 0 },
    });
    expect(outline(execution)).toEqual([
      'first small rejected',
      'escalation mid rejected',
      'escalation large answered',
    ]);
  });

  it('hands out an unmet answer of low consequence and says so', async () => {
    const execution = await stage({
      script: { small: [{ say: 'no' }], mid: [{ say: 'no' }], large: [{ say: 'last' }] },
      gate: wants('yes'),
    }).run();
    expect(execution).toMatchObject({
      kind: 'whole',
      trail: { tier: 'large', reason: 'oracle-unmet', escalations: 2 },
    });
    expect(execution.kind === 'whole' && execution.text).toContain('last');
  });

  it('refuses an unmet answer of high consequence without showing a draft', async () => {
    const execution = await stage({
      script: { small: [{ say: 'draft' }], mid: [{ say: 'draft' }], large: [{ say: 'draft' }] },
      gate: wants('yes'),
      consequence: 'high',
    }).run();
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'answer_rejected' }, trail: { tier: null } });
    expect(JSON.stringify(execution.kind === 'failed' && execution.error.message)).not.toContain('draft"');
  });

  it('never climbs on a static route', async () => {
    const { provider, run } = stage({
      script: { small: [{ say: 'no' }] },
      gate: wants('yes'),
      task: { route: 'static' },
      consequence: 'high',
    });
    expect(await run()).toMatchObject({ kind: 'failed', error: { code: 'answer_rejected' } });
    expect(provider.calls.map(({ tier }) => tier.id)).toEqual(['small']);
  });

  it('judges a check that breaks as a failed one', async () => {
    const gate: Gate = () => Promise.reject(new Error('broken'));
    const execution = await stage({
      script: { small: [{ say: 'x' }], mid: [{ say: 'x' }], large: [{ say: 'x' }] },
      gate,
      consequence: 'high',
    }).run();
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'answer_rejected' } });
  });

  it.each([
    ['rate-limited', ['small', 'mid']],
    ['overloaded', ['small', 'mid']],
    ['server-error', ['small', 'mid']],
    ['unreachable', ['small', 'mid']],
    ['malformed', ['small', 'mid']],
    ['auth', ['small', 'mid']],
    ['unknown-model', ['small', 'mid']],
    ['context-length', ['small', 'mid']],
    ['content-filter', ['small']],
    ['invalid-request', ['small']],
  ] as const)('after %s calls %j', async (fail, tiers) => {
    const { provider, run } = stage({ script: { small: [{ fail }], mid: [{ say: 'hello' }] } });
    const execution = await run();
    expect(provider.calls.map(({ tier }) => tier.id)).toEqual(tiers);
    expect(execution.kind).toBe(tiers.length === 2 ? 'whole' : 'failed');
    if (tiers.length === 2) expect(execution.trail).toMatchObject({ reason: 'fallback', fallbacks: 1, escalations: 0 });
  });

  it('asks the same tier again as often as its retries allow, after a pause', async () => {
    const { pauses, run } = stage({ script: { small: [{ fail: 'server-error' }, { say: 'hello' }] }, retries: 1 });
    const execution = await run();
    expect(outline(execution)).toEqual(['first small failed server-error', 'retry small answered']);
    expect(execution.trail).toMatchObject({ retries: 1, fallbacks: 0, reason: 'start' });
    expect(pauses).toEqual([75]);
  });

  it('honours a short Retry-After and leaves the tier for a long one', async () => {
    const short = stage({
      script: { small: [{ fail: 'rate-limited', retryAfterMs: 700 }, { say: 'hello' }] },
      retries: 1,
    });
    expect(outline(await short.run())).toEqual(['first small failed rate-limited', 'retry small answered']);
    expect(short.pauses).toEqual([700]);
    const long = stage({
      script: { small: [{ fail: 'rate-limited', retryAfterMs: 60_000 }], mid: [{ say: 'hello' }] },
      retries: 1,
    });
    expect(outline(await long.run())).toEqual(['first small failed rate-limited', 'fallback mid answered']);
  });

  it('spends one retry budget over all tiers', async () => {
    const script = {
      small: [{ fail: 'server-error' }],
      mid: [{ fail: 'server-error' }],
      large: [{ fail: 'server-error' }],
    } as const;
    const { provider, run } = stage({ script, retries: 5 });
    await run();
    expect(provider.calls).toHaveLength(3 + 3);
  });

  it('never asks a tier again that found the prompt too long', async () => {
    const { provider, run } = stage({
      script: { small: [{ fail: 'context-length' }], mid: [{ say: 'hello' }] },
      retries: 3,
    });
    await run();
    expect(provider.calls.map(({ tier }) => tier.id)).toEqual(['small', 'mid']);
  });

  it('tells the last failure when every tier has failed', async () => {
    const execution = await stage({
      script: {
        small: [{ fail: 'server-error' }],
        mid: [{ fail: 'auth' }],
        large: [{ fail: 'rate-limited', retryAfterMs: 9000 }],
      },
    }).run();
    expect(execution).toMatchObject({
      kind: 'failed',
      error: { code: 'tiers_unavailable', retryAfterMs: 9000 },
      trail: { fallbacks: 2 },
    });
  });

  it('says that residency is what keeps the others away', async () => {
    const excluded = [{ tier: 'mid', reason: 'residency', detail: '' }] as const;
    const execution = await stage({ script: { small: [{ fail: 'unreachable' }] }, ladder: ['small'], excluded }).run();
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'residency_unavailable' } });
  });

  it('hands out the rejected draft when the tiers above it fail, unless the consequence is high', async () => {
    const script = {
      small: [{ say: 'draft' }],
      mid: [{ fail: 'unreachable' }],
      large: [{ fail: 'unreachable' }],
    } as const;
    expect(await stage({ script, gate: wants('yes') }).run()).toMatchObject({
      kind: 'whole',
      trail: { tier: 'small', reason: 'oracle-unmet' },
    });
    expect(await stage({ script, gate: wants('yes'), consequence: 'high' }).run()).toMatchObject({
      error: { code: 'answer_rejected' },
    });
  });

  it.each([
    ['nothing', { say: '' }, 'empty'],
    ['no finish reason', { say: 'hal', finish: null }, 'cut'],
  ] as const)('takes %s for a failed attempt', async (_name, act, cause) => {
    const execution = await stage({ script: { small: [act], mid: [{ say: 'hello' }] } }).run();
    expect(outline(execution)).toEqual([`first small failed ${cause}`, 'fallback mid answered']);
  });

  it('gives up on a tier that never answers', async () => {
    const execution = await stage({ script: { small: [{ hang: true }], mid: [{ say: 'hello' }] }, totalMs: 30 }).run();
    expect(outline(execution)[0]).toBe('first small failed total-timeout');
  });

  it('calls nobody further once the caller has left', async () => {
    const left = new AbortController();
    const hang: Act = { hang: true, meanwhile: () => left.abort() };
    const { provider, run } = stage({ script: { small: [hang] }, retries: 3, caller: left.signal });
    const execution = await run();
    expect(outline(execution)).toEqual(['first small failed aborted']);
    expect(provider.calls).toHaveLength(1);
    expect(provider.calls[0]?.signal.aborted).toBe(true);
  });

  it.each([
    ['none', 1, ''],
    ['reason', 2, 'the word is missing'],
    ['draft', 2, 'my draft'],
  ] as const)('hands on %s to the next tier', async (handOn, messages, holds) => {
    const { provider, run } = stage({
      script: { small: [{ say: 'my draft' }], mid: [{ say: 'yes' }] },
      gate: wants('yes'),
      task: { handOn },
    });
    await run();
    const sent = provider.calls[1]?.body.messages ?? [];
    expect(sent).toHaveLength(messages);
    expect(JSON.stringify(sent)).toContain(holds);
    expect(sent.at(-1)).toEqual({ role: 'user', content: 'Say hello.' });
  });

  it('asks for the task’s fine-tune and puts the tier’s prompt first', async () => {
    const { provider, run } = stage({ script: { small: [{ say: 'x' }] }, task: { prompts: { small: 'Be brief.' } } });
    await run();
    expect(provider.calls[0]?.body.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
  });
});

describe('execute, streamed', () => {
  it('lets an unjudged stream go once its first content is there', async () => {
    const execution = await stage({ script: { small: [{ say: 'one two three' }] }, stream: true }).run();
    expect(execution).toMatchObject({ kind: 'stream', trail: { tier: 'small', attempts: [{ tier: 'small' }] } });
    expect(await heard(execution)).toEqual({
      text: 'one two three',
      error: undefined,
      attempts: ['first small answered'],
    });
  });

  it('falls back while nothing has been said, and says so when it breaks later', async () => {
    const before = await stage({
      script: { small: [{ fail: 'server-error' }], mid: [{ say: 'hello' }] },
      stream: true,
    }).run();
    expect(await heard(before)).toMatchObject({ text: 'hello', error: undefined });
    const empty = await stage({ script: { small: [{ say: '' }], mid: [{ say: 'hello' }] }, stream: true }).run();
    expect(await heard(empty)).toMatchObject({
      text: 'hello',
      attempts: ['first small failed empty', 'fallback mid answered'],
    });
    const cut = { small: [{ cutAfter: 'one two ', fail: 'cut' }] } as const;
    const later = await stage({ script: cut, ladder: ['small'], stream: true }).run();
    expect(await heard(later)).toEqual({ text: 'one two ', error: 'cut', attempts: ['first small failed cut'] });
  });

  it('never lets a stream without a finish reason pass for whole', async () => {
    const execution = await stage({ script: { small: [{ say: 'one two', finish: null }] }, stream: true }).run();
    expect(await heard(execution)).toMatchObject({ error: 'cut' });
  });

  it('holds a judged stream back, and shows nothing of a rejected one', async () => {
    const execution = await stage({
      script: { small: [{ say: 'wrong words' }], mid: [{ say: 'yes indeed' }] },
      gate: wants('yes'),
      stream: true,
    }).run();
    expect(await heard(execution)).toEqual({
      text: 'yes indeed',
      error: undefined,
      attempts: ['first small rejected', 'escalation mid answered'],
    });
  });

  it('books what a broken stream has cost', async () => {
    const execution = await stage({
      script: { small: [{ cutAfter: 'x'.repeat(400), fail: 'cut' }] },
      stream: true,
    }).run();
    await heard(execution);
    const { trail } = await (execution as StreamOutcome).ended;
    expect(trail.attempts[0]).toMatchObject({
      outcome: 'failed',
      costUsd: 0.1,
      usage: { outputTokens: 100, estimated: true },
    });
  });

  it('ends the tier’s call when the caller stops reading', async () => {
    const { provider, run } = stage({ script: { small: [{ say: 'one two three' }] }, stream: true });
    const execution = (await run()) as StreamOutcome;
    for await (const _bytes of execution.slices) break;
    expect((await execution.ended).error?.failure).toBe('aborted');
    expect(provider.calls[0]?.signal.aborted).toBe(true);
  });
});
