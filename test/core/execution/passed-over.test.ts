import { describe, expect, it } from 'vitest';
import type { ExecutionPorts } from '../../../lib/core/execution/plan';
import type { Exclusion, StreamOutcome } from '../../../lib/core/types';
import type { Purse, TierHealth, TierState } from '../../../lib/core/types-live';
import type { Budget } from '../../../lib/core/types-policy';
import { heard, outline, type Scene, stage, wants } from './staging';

const BUDGET: Budget = {
  id: 'narrow',
  scope: 'all',
  limitUsd: 1,
  period: 'month',
  onExhausted: 'refuse',
  reserve: 'expected',
};
const WHY = 'when its turn came, budget "narrow" had no room for it';
const LONG = 'one two three four five six seven eight';
const DRAFT = { small: [{ say: 'draft' }], mid: [{ say: 'yes' }] } as const;
const FAILS = { small: [{ fail: 'server-error' as const }], mid: [{ say: 'yes' }] } as const;

/** Pays for so many calls. */
function purseFor(calls: number): Purse {
  let asked = 0;
  return { reserve: async () => (++asked <= calls ? { settle: () => {} } : { budget: BUDGET, roomUsd: 0 }) };
}

/** One tier takes no call at the moment it is asked to, whatever was seen of it before. */
function shutAt(shut: string, state: TierState): TierHealth {
  return {
    state: ({ id }) => (id === shut ? state : { breaker: 'closed' }),
    admit: ({ id }) => (id === shut ? undefined : { ended: () => {} }),
  };
}

async function walked(scene: Scene, ports: Partial<ExecutionPorts>) {
  const passed: Exclusion[] = [];
  const passedOver = (tier: Exclusion): void => void passed.push(tier);
  const { provider, run } = stage({ ...scene, ports: { passedOver, ...ports } });
  const execution = await run();
  return { execution, passed, attempts: outline(execution), called: provider.calls.map(({ tier }) => tier.id) };
}

describe('a climb that a budget prevents', () => {
  const scene: Scene = { script: DRAFT, gate: wants('yes'), ladder: ['small', 'mid'] };

  it('is none: the draft leaves, and it is told who was not asked and why', async () => {
    const { execution, passed, called } = await walked(scene, { purse: purseFor(1) });
    expect(execution).toMatchObject({
      kind: 'whole',
      trail: { tier: 'small', reason: 'oracle-unmet', escalations: 0 },
    });
    expect(passed).toEqual([{ tier: 'mid', reason: 'budget', detail: WHY }]);
    expect(called).toEqual(['small']);
  });

  it('leaves an answer of high consequence rejected, and its error says that nobody else could be paid', async () => {
    const { execution, passed } = await walked({ ...scene, consequence: 'high' }, { purse: purseFor(1) });
    expect(execution).toMatchObject({ kind: 'failed', trail: { escalations: 0 }, error: { code: 'answer_rejected' } });
    const { message } = (execution as { error: Error }).error;
    expect(message).toContain('Tier "mid" was not asked: budget "narrow" has no room for it.');
    expect(message).not.toContain('draft');
    expect(passed).toHaveLength(1);
  });

  it('lets a stream go on whose beginning had failed its check, for nobody had stopped it yet', async () => {
    const task: Scene['task'] = { route: 'cascade', gate: { mode: 'first-tokens', tokens: 2 } };
    const script = { small: [{ say: LONG }], mid: [{ say: 'yes yes yes yes' }] };
    const streamed: Scene = { ...scene, script, task, stream: true };
    const { execution, passed } = await walked(streamed, { purse: purseFor(1) });
    expect(execution.trail).toMatchObject({ tier: 'small', reason: 'oracle-unmet', escalations: 0 });
    expect(await heard(execution)).toEqual({ text: LONG, error: undefined, attempts: ['first small rejected'] });
    expect(passed).toEqual([{ tier: 'mid', reason: 'budget', detail: WHY }]);
    const paid = await walked(streamed, { purse: purseFor(2) });
    expect(await heard(paid.execution)).toMatchObject({
      text: 'yes yes yes yes',
      attempts: ['first small rejected', 'escalation mid answered'],
    });
    expect(paid.passed).toEqual([]);
  });

  it('books such a stream that is broken off by a fault on the way to the next tier', async () => {
    const settled: number[] = [];
    let asked = 0;
    const estimate = () => {
      asked += 1;
      if (asked > 1) throw new TypeError('broken');
      return { expectedUsd: 1, worstUsd: 1 };
    };
    const purse: Purse = { reserve: async () => ({ settle: (usd) => void settled.push(usd) }) };
    const task: Scene['task'] = { route: 'cascade', gate: { mode: 'first-tokens', tokens: 2 } };
    const { provider, run } = stage({
      script: { small: [{ say: LONG }] },
      gate: wants('yes'),
      task,
      stream: true,
      ports: { purse, estimate },
    });
    await expect(run()).rejects.toThrow('broken');
    expect(settled).toHaveLength(1);
    expect(provider.calls[0]?.signal.aborted).toBe(true);
  });
});

describe('a fallback that a budget prevents', () => {
  it('is none, and the failure is told with why nobody else was asked', async () => {
    const { execution, passed, attempts } = await walked({ script: FAILS }, { purse: purseFor(1) });
    expect(attempts).toEqual(['first small failed server-error']);
    expect(execution).toMatchObject({
      kind: 'failed',
      error: { code: 'upstream_error', failure: 'server-error' },
      trail: { reason: 'start', fallbacks: 0 },
    });
    const { message } = (execution as { error: Error }).error;
    expect(message).toMatch(/Tier "mid" was not asked: budget "narrow" has no room for it\.$/);
    expect(passed).toEqual([{ tier: 'mid', reason: 'budget', detail: WHY }]);
  });

  it('is not told for a retry that could not be paid: what failed is', async () => {
    const { execution, passed, attempts } = await walked({ script: FAILS, retries: 2 }, { purse: purseFor(1) });
    expect(attempts).toEqual(['first small failed server-error']);
    expect(execution).toMatchObject({ kind: 'failed', error: { code: 'upstream_error' }, trail: { retries: 0 } });
    expect((execution as { error: Error }).error.message).toContain('Tier "small" was not asked again: budget');
    expect(passed).toEqual([{ tier: 'small', reason: 'budget', detail: WHY }]);
  });

  it('ends a broken stream with the break, and with why nobody took it up', async () => {
    const script = { small: [{ cutAfter: 'one two ', fail: 'cut' as const }], mid: [{ say: 'one two three' }] };
    const { execution, passed } = await walked({ script, stream: true }, { purse: purseFor(1) });
    expect(await heard(execution)).toMatchObject({ error: 'cut', attempts: ['first small failed cut'] });
    const { error, trail } = await (execution as StreamOutcome).ended;
    expect(error?.message).toContain('Tier "mid" was not asked: budget "narrow" has no room for it.');
    expect(trail).toMatchObject({ fallbacks: 0, reason: 'start' });
    expect(passed).toEqual([{ tier: 'mid', reason: 'budget', detail: WHY }]);
  });
});

describe('a tier that takes no call when its turn comes', () => {
  const rests: TierState = { breaker: 'open', retryAfterMs: 60_000 };

  it('is climbed over: the call above it is the climb', async () => {
    const script = { ...DRAFT, large: [{ say: 'yes' }] };
    const { execution, passed, attempts } = await walked(
      { script, gate: wants('yes') },
      { health: shutAt('mid', rests) },
    );
    expect(attempts).toEqual(['first small rejected', 'escalation large answered']);
    expect(execution.trail).toMatchObject({ reason: 'escalated', escalations: 1, fallbacks: 0 });
    expect(passed).toMatchObject([{ tier: 'mid', reason: 'breaker-open' }]);
  });

  it('at the end of the ladder is no climb', async () => {
    const scene: Scene = { script: DRAFT, gate: wants('yes'), ladder: ['small', 'mid'] };
    const { execution } = await walked(scene, { health: shutAt('mid', rests) });
    expect(execution.trail).toMatchObject({ tier: 'small', reason: 'oracle-unmet', escalations: 0, fallbacks: 0 });
  });

  it.each<[string, TierState, string]>([
    ['rests', rests, 'breaker-open'],
    ['is probed by another', { breaker: 'half-open' }, 'breaker-open'],
    ['is full', { breaker: 'closed', full: { reason: 'queue-full', detail: 'many wait' } }, 'queue-full'],
    ['has no room for so many tokens', { breaker: 'closed' }, 'rate-limit'],
  ])('is fallen back from, and it is told that it %s', async (_name, state, reason) => {
    const { passed, attempts, execution } = await walked({ script: DRAFT }, { health: shutAt('small', state) });
    expect(attempts).toEqual(['fallback mid answered']);
    expect(execution.trail).toMatchObject({ reason: 'fallback', fallbacks: 1 });
    expect(passed).toMatchObject([{ tier: 'small', reason }]);
  });

  it('and takes it at the second asking was called once, and no retry', async () => {
    let asked = 0;
    const health: TierHealth = {
      state: () => ({ breaker: 'closed' }),
      admit: ({ id }) => (id === 'mid' && ++asked === 1 ? undefined : { ended: () => {} }),
    };
    const scene: Scene = { script: DRAFT, gate: wants('yes'), retries: 1 };
    const { execution, passed, attempts } = await walked(scene, { health });
    expect(attempts).toEqual(['first small rejected', 'escalation mid answered']);
    expect(execution.trail).toMatchObject({ reason: 'escalated', escalations: 1, retries: 0 });
    expect(passed).toEqual([]);
  });
});
