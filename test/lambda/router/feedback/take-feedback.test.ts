import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTakeFeedback, type TakeFeedbackOptions } from '../../../../lambda/router/feedback/take-feedback';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import { DAY_MS } from '../../../../lib/core/durations';
import { RouterError } from '../../../../lib/core/errors';
import type { Attribution, Caller } from '../../../../lib/core/types';
import { anAttribution } from '../../shared/an-attribution';

const NOW = Date.UTC(2026, 10, 22, 9);
const ACME: Caller = { customer: 'acme', keyId: 'key-1' };

function record(some: Partial<Attribution> = {}): Attribution {
  const time = new Date(NOW - 60_000).toISOString();
  const about = { requestId: 'req-1', time, customer: 'acme', keyId: 'key-9', task: 'triage', tier: 'small' };
  return anAttribution({ ...about, upRouted: 0, escalated: 1, ...some });
}

async function desk(records: readonly Attribution[] = [record()], options: Partial<TakeFeedbackOptions> = {}) {
  const { attributions } = openMemoryStore();
  for (const one of records) await attributions.put(one);
  const pauses: number[] = [];
  const failures: unknown[] = [];
  const take = createTakeFeedback({
    store: attributions,
    nowMs: () => NOW,
    pause: async (ms) => void pauses.push(ms),
    onFailure: (error) => void failures.push(error),
    ...options,
  });
  const say = (said: object, caller: Caller = ACME) => take(JSON.stringify({ request_id: 'req-1', ...said }), caller);
  return { attributions, pauses, failures, say };
}

async function refusalOf(taken: Promise<unknown>): Promise<RouterError> {
  const error = await taken.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!RouterError.is(error)) throw error ?? new Error('it was taken');
  return error;
}

describe('feedback that is taken', () => {
  it('is kept with the way its request went, and counted wherever that is', async () => {
    const { say, attributions } = await desk([record({ feature: 'search', userTier: 'gold' })]);
    const said = { outcome: 'failed_downstream', score: 0.2, downstream_usd: 3 };
    const kept = await say(said);
    expect(kept).toEqual({
      requestId: 'req-1',
      time: new Date(NOW).toISOString(),
      outcome: 'failed-downstream',
      score: 0.2,
      downstreamUsd: 3,
      customer: 'acme',
      keyId: 'key-9',
      feature: 'search',
      userTier: 'gold',
      task: 'triage',
      tier: 'small',
      model: 'small-model',
      upRouted: 0,
      escalated: 1,
    });
    expect(await attributions.feedbackOn('req-1')).toEqual(kept);
  });

  it('keeps of a corrected text its hash alone', async () => {
    const { say, attributions } = await desk();
    const text = 'The right label is billing.';
    await say({ outcome: 'corrected', corrected_text: text });
    const kept = await attributions.feedbackOn('req-1');
    expect(kept?.correctionHash).toBe(createHash('sha256').update(text).digest('hex'));
    expect(JSON.stringify(kept)).not.toContain('label');
  });

  it('is the same however often it is said, and gives way to another word', async () => {
    let nowMs = NOW;
    const { say, attributions } = await desk(undefined, { nowMs: () => nowMs });
    const first = await say({ outcome: 'rejected' });
    nowMs += 1000;
    expect(await say({ outcome: 'rejected' })).toEqual(first);
    expect(await attributions.feedbackOn('req-1')).toEqual(first);
    expect(await say({ outcome: 'accepted' })).toMatchObject({
      outcome: 'accepted',
      time: new Date(nowMs).toISOString(),
    });
    expect(await attributions.feedbackOn('req-1')).toMatchObject({ outcome: 'accepted' });
  });

  it('is taken for thirty days', async () => {
    const aged = (days: number) => record({ time: new Date(NOW - days * DAY_MS).toISOString() });
    expect(await (await desk([aged(30)])).say({ score: 1 })).toMatchObject({ score: 1 });
    const { code, message } = await refusalOf((await desk([aged(30.5)])).say({ score: 1 }));
    expect(code).toBe('invalid_request');
    expect(message).toContain('30 days');
  });

  it('is not an operator’s to give for somebody else, nor to overwrite', async () => {
    const { say, attributions } = await desk();
    const operator: Caller = { customer: 'ops', keyId: 'key-3', operator: true };
    expect((await refusalOf(say({ score: 1 }, operator))).code).toBe('not_found');
    const kept = await say({ outcome: 'rejected' });
    expect((await refusalOf(say({ outcome: 'accepted' }, operator))).code).toBe('not_found');
    expect(await attributions.feedbackOn('req-1')).toEqual(kept);
    expect(await say({ score: 1 }, { customer: 'acme', keyId: 'key-4', operator: true })).toMatchObject({ score: 1 });
  });

  it('tells nobody whether a request of somebody else exists, not even by how long it looks', async () => {
    const stranger: Caller = { customer: 'umbra', keyId: 'key-2' };
    const late = record({ time: new Date(NOW - 90 * DAY_MS).toISOString() });
    const seen = await Promise.all(
      [[record()], [late], []].map(async (records) => {
        const { say, pauses, attributions } = await desk(records);
        const { code, message, retryAfterMs } = await refusalOf(say({ score: 1 }, stranger));
        return { code, message, retryAfterMs, pauses, kept: await attributions.feedbackOn('req-1') };
      }),
    );
    expect(seen[0]).toMatchObject({ code: 'not_found', retryAfterMs: 2000, kept: undefined });
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    const { say } = await desk();
    expect((await refusalOf(say({ score: 1 }, {}))).code).toBe('not_found');
    const { customer: _, ...anonymous } = record();
    expect((await refusalOf((await desk([anonymous])).say({ score: 1 }))).code).toBe('not_found');
    expect(await (await desk([anonymous])).say({ score: 1 }, {})).toMatchObject({ score: 1 });
  });

  it('looks again for a record that comes a moment later, for a second at most', async () => {
    const { attributions } = openMemoryStore();
    const pauses: number[] = [];
    const pause = async (ms: number): Promise<void> => {
      pauses.push(ms);
      if (pauses.length === 2) await attributions.put(record());
    };
    const { say } = await desk([], { store: attributions, pause });
    expect(await say({ score: 1 })).toMatchObject({ task: 'triage' });
    expect(pauses).toHaveLength(2);
    const none = await desk([]);
    await refusalOf(none.say({ score: 1 }));
    expect(none.pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(1000);
  });

  it('asks to be told again where the store fails or does not answer', async () => {
    const { attributions } = openMemoryStore();
    await attributions.put(record());
    const broken = [
      { ...attributions, putFeedback: () => Promise.reject(new Error('throttled')) },
      { ...attributions, get: () => new Promise<never>(() => {}) },
    ];
    for (const store of broken) {
      const { say, failures } = await desk([], { store, patienceMs: 20 });
      const { status, code, message } = await refusalOf(say({ score: 1 }));
      expect([status, code]).toEqual([503, 'tiers_unavailable']);
      expect(message).not.toContain('throttled');
      expect(failures).toHaveLength(1);
    }
  });
});
