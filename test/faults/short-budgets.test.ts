import { describe, expect, it } from 'vitest';
import { describeRecord } from '../../bin/commands/describe-record';
import { answering } from '../fixtures/hosts/script';
import { type TierPlan, type WorldPlan, world } from './world';

const DRAFT = answering({ text: 'one two three', usage: { input: 20, output: 5 } });
/** In dollars for a million tokens: some twenty tokens cost next to nothing on the first and much on the second. */
const CHEAP = { price: { input: 1, output: 1 } };
const DEAR: TierPlan = { script: [DRAFT], tier: { price: { input: 1_000_000, output: 1_000_000 } } };
const BUDGET = { id: 'tight', scope: 'all', limitUsd: 1, period: 'month', onExhausted: 'refuse' };
const WHY = { tier: 't1', reason: 'budget', detail: 'when its turn came, budget "tight" had no room for it' };

const audit = (consequence: string) => ({ inputs: 'anything', acceptable: 'anything', consequence });

function planOf(script: TierPlan['script'], task: WorldPlan['task'] = {}): WorldPlan {
  return { tiers: [{ script, tier: CHEAP }, DEAR], task, policy: { budgets: [BUDGET] } };
}

describe('a budget without room for the tier above', () => {
  const oracle = [{ kind: 'contains', values: ['four'] }];

  it('is no climb: an answer of high consequence is withheld, and all who ask are told why', async (test) => {
    const task = { route: 'direct', oracle, audit: audit('high') };
    const { ask, hosts } = await world(planOf([DRAFT], task), test);
    const { status, headers, error, record, attempts } = await ask();
    expect([status, error?.code, attempts]).toEqual([502, 'answer_rejected', ['first t0 rejected']]);
    expect(error?.message).toContain('Tier "t1" was not asked: budget "tight" has no room for it.');
    expect(error?.message).not.toContain('one two three');
    expect([headers.get('x-tierwise-escalations'), headers.get('x-tierwise-attempts')]).toEqual(['0', '1']);
    expect(record).toMatchObject({ escalated: 0, escalations: 0, decision: { tier: 't0', excluded: [WHY] } });
    expect(record && describeRecord(record)).toMatch(
      /Excluded\n {2}t1 +budget +when its turn came, budget "tight" had/,
    );
    expect(hosts.map(({ seen }) => seen.length)).toEqual([1, 0]);
  });

  it('is no climb: a draft of low consequence leaves as what it is, streamed or not', async (test) => {
    const { ask, stream } = await world(planOf([DRAFT], { route: 'direct', oracle }), test);
    for (const { status, text, headers, record } of [await ask(), await stream()]) {
      expect([status, text, headers.get('x-tierwise-reason')]).toEqual([200, 'one two three', 'oracle-unmet']);
      expect(headers.get('x-tierwise-escalations')).toBe('0');
      expect(record).toMatchObject({ escalated: 0, escalations: 0, decision: { excluded: [WHY] } });
    }
  });

  it('is no fallback: the failure is told, and why nobody else was asked', async (test) => {
    const { ask } = await world(planOf([{ kind: 'error', error: 'server-error' }]), test);
    const { status, headers, error, record, attempts } = await ask();
    expect([status, error?.code, attempts]).toEqual([502, 'upstream_error', ['first t0 server-error']]);
    expect(error?.message).toContain('Tier "t1" was not asked: budget "tight" has no room for it.');
    expect(headers.get('x-tierwise-reason')).toBe('static');
    expect(record).toMatchObject({ reason: 'static', fallbacks: 0, decision: { excluded: [WHY] } });
  });

  it('takes up no stream that broke off, and the end of the stream says so', async (test) => {
    const { stream } = await world(planOf([{ kind: 'cut', answer: { text: 'one two three' }, after: 2 }]), test);
    const { error, isDone, record } = await stream();
    expect([error?.code, isDone]).toEqual(['upstream_error', false]);
    expect(error?.message).toContain('Tier "t1" was not asked: budget "tight" has no room for it.');
    expect(record).toMatchObject({ fallbacks: 0, decision: { excluded: [WHY] } });
  });

  it('is seen beforehand by a dry run of the tier itself', async (test) => {
    const { url } = await world(planOf([DRAFT]), test);
    const body = JSON.stringify({ model: 'tier:t1', messages: [{ role: 'user', content: 'Count.' }] });
    const response = await fetch(`${url}/v1/route`, { method: 'POST', body });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      tier: null,
      refusal: { code: 'budget_exceeded' },
      excluded: [{ tier: 't1', reason: 'budget' }],
    });
  });
});
