import { describe, expect, it } from 'vitest';
import { buildState, type Standing } from '../../../../lambda/router/page/build-state';
import type { Figures, Stretch } from '../../../../lambda/router/page/figures';
import { NO_INFRASTRUCTURE } from '../../../../lambda/router/page/readings';
import { lastStretches } from '../../../../lambda/router/page/stretches';
import type { Span } from '../../../../lambda/shared/store/rollup-port';
import { addRecord, emptyRollup, type Rollup } from '../../../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../../../lib/core/types';
import type { Baseline } from '../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../builders';
import { anAttribution } from '../../shared/an-attribution';

const NOW = Date.parse('2026-11-22T10:30:00.000Z');
const NAMES: Readonly<Record<string, number>> = { minute: 60, hour: 24, day: 30 };

function policyWith(baseline: Baseline = {}) {
  const small = aTier({
    id: 'small',
    prices: [{ kind: 'gpu', hourly: 2, tokensPerSecond: 1000, uplift: 1 }],
    gpu: { instance: 'g6e.xlarge', min: 1 },
  });
  return aPolicy({
    tiers: [small, aTier({ id: 'big' })],
    tasks: [aTask({ id: 'triage', ladder: ['small', 'big'], baseline }), aTask({ id: 'idle', ladder: ['big'] })],
  });
}

const standing: Standing = {
  policy: policyWith(),
  inForce: { source: 'store' },
  publishedAtMs: 0,
  infrastructure: NO_INFRASTRUCTURE,
  tierState: () => ({ breaker: 'closed' }),
  switches: [],
  nowMs: NOW,
};

/** Everything in the newest stretch of each span, or in the one of that name. */
function figuresOf(records: readonly Attribution[], hour = '2026-11-22T10'): Figures {
  const rollup: Rollup = emptyRollup();
  for (const record of records) addRecord(rollup, record);
  const list = (span: Span, at: string | undefined): Stretch[] =>
    lastStretches(span, NAMES[span] ?? 0, NOW).map((from) => ({ from, rollup: from === at ? rollup : emptyRollup() }));
  return {
    minutes: list('minute', '2026-11-22T10:00'),
    hours: list('hour', hour),
    days: list('day', '2026-11-22'),
    latest: records,
    addedUpToMs: null,
    live: true,
  };
}

function served(count: number, about: Partial<Attribution> = {}): Attribution[] {
  return Array.from({ length: count }, (_, index) =>
    anAttribution({ requestId: `req-${index}`, costUsd: 0.01, frontierCostUsd: 0.1, ...about }),
  );
}

describe('the state of the page', () => {
  it('of a router that was never asked says nothing that is not so', () => {
    const state = buildState(figuresOf([]), standing);
    expect(state.saving.month).toMatchObject({ requests: 0, netUsd: 0, frontierUsd: 0 });
    expect(
      state.tasks.map(({ id, requests, quality, drift, baseline }) => ({ id, requests, quality, drift, baseline })),
    ).toEqual([
      { id: 'triage', requests: 0, quality: [], drift: null, baseline: null },
      { id: 'idle', requests: 0, quality: [], drift: null, baseline: null },
    ]);
    expect([state.findings, state.decisions, state.switches]).toEqual([[], [], []]);
  });

  it('of a router without a policy is still a state', () => {
    const state = buildState(figuresOf(served(2)), { ...standing, policy: null });
    expect(state).toMatchObject({ policy: null, tasks: [], tiers: [], findings: [] });
    expect(state.saving.today.requests).toBe(2);
  });

  it('tells who answers for prompts that the policy keeps, and until when, and never by which key', () => {
    const keeping = (expires: string) => {
      const prompts = { kmsKey: 'alias/secret', owner: 'data office', expires };
      return buildState(figuresOf([]), {
        ...standing,
        policy: { ...policyWith(), attribution: { retentionDays: 90, prompts } },
      });
    };
    const state = keeping('2026-11-23');
    expect(state.policy?.prompts).toEqual({ owner: 'data office', expires: '2026-11-23' });
    expect(JSON.stringify(state)).not.toContain('alias/secret');
    expect(keeping('2026-11-22').policy).not.toHaveProperty('prompts');
    expect(buildState(figuresOf([]), standing).policy).not.toHaveProperty('prompts');
  });

  it('subtracts what was spent, and the hours of a GPU since the first request', () => {
    const { saving } = buildState(figuresOf(served(10, { routingCostUsd: 0.002, savedUsd: 0.05 })), standing);
    expect(saving.today.frontierUsd).toBeCloseTo(1);
    expect(Object.fromEntries(saving.today.subtracted.map(({ name, usd }) => [name, Number(usd.toFixed(6))]))).toEqual({
      Answers: 0.1,
      'Failed attempts': 0,
      'Routing calls': 0.02,
      'Idle GPUs': 1,
    });
    expect(saving.today.netUsd).toBeCloseTo(1 - 0.1 - 0.02 - 1);
    expect(saving.today.cachedUsd).toBeCloseTo(0.5);
    expect(saving.month).toEqual(saving.today);
  });

  it('subtracts the router’s own bill where its prices are known', () => {
    const own = { perRequestUsd: 0.001, perSecondUsd: 0, perHourUsd: 0.2 };
    const { saving } = buildState(figuresOf(served(10)), { ...standing, infrastructure: { own } });
    expect(saving.today.subtracted.at(-1)?.name).toBe('Router’s own bill');
    expect(saving.today.subtracted.at(-1)?.usd).toBeCloseTo(0.01 + 0.5 * 0.2);
  });

  it.each([
    ['no baseline', {}, 60, 30, undefined],
    ['too few requests', { escalationRate: 0.1, low: 0.09, high: 0.11 }, 20, 20, 'too-few'],
    ['the baseline itself', { escalationRate: 0.1, low: 0.09, high: 0.11 }, 400, 40, 'within'],
    ['far above it', { escalationRate: 0.1, low: 0.09, high: 0.11 }, 400, 160, 'above'],
    ['far below it', { escalationRate: 0.5, low: 0.48, high: 0.52 }, 400, 40, 'below'],
    ['a little above, within noise', { escalationRate: 0.1, low: 0.09, high: 0.11 }, 60, 9, 'within'],
  ] as const)('judges a task’s escalation: %s', (_, baseline, requests, up, standingShown) => {
    const records = [...served(requests - up), ...served(up, { upRouted: 1 })];
    const { tasks } = buildState(figuresOf(records), { ...standing, policy: policyWith(baseline) });
    expect(tasks[0]?.upRouteRate).toBeCloseTo(up / requests);
    expect(tasks[0]?.baseline?.standing).toBe(standingShown);
  });

  it('holds nothing to a baseline that was published a moment ago', () => {
    const policy = policyWith({ escalationRate: 0.1, low: 0.09, high: 0.11 });
    const { tasks } = buildState(figuresOf(served(400, { upRouted: 1 })), {
      ...standing,
      policy,
      publishedAtMs: NOW - 60_000,
    });
    expect(tasks[0]?.baseline?.standing).toBe('too-few');
  });

  it.each([
    ['no better', true, false],
    ['better than the target allows', false, true],
  ])('marks the quality of a task whose higher tier is %s', (_, servedPass, short) => {
    const control = { served: 'small', reference: 'big', servedUsd: 0.01, referenceUsd: 0.1, referencePass: true };
    const { decision: one } = anAttribution({ requestId: 'any' });
    const decision = { ...one, ladder: ['small', 'big'] } as Attribution['decision'];
    const records = [
      ...served(150, { decision, control: { ...control, servedPass: true } }),
      ...served(50, { decision, control: { ...control, servedPass } }),
      ...served(30, { decision, control: { ...control, served: 'big', reference: 'small', servedPass: true } }),
    ];
    const { tasks } = buildState(figuresOf(records), standing);
    expect(tasks[0]?.quality.map((shown) => [shown.served, shown.pairs, shown.short])).toEqual([
      ['first', 200, short],
      ['up', 30, false],
    ]);
    expect(tasks[0]?.quality[0]?.delta).toBeCloseTo(servedPass ? 0 : -0.25, 12);
  });

  it('tells each user tier’s mix in the order of the policy', () => {
    const records = [...served(3, { userTier: 'gold', tier: 'big' }), ...served(1, { userTier: 'gold' }), ...served(6)];
    expect(buildState(figuresOf(records), standing).tasks[0]?.mix).toEqual([
      { userTier: '-', requests: 6, shares: { small: 1 } },
      { userTier: 'gold', requests: 4, shares: { small: 0.25, big: 0.75 } },
    ]);
  });

  it('gives every chart one value for each stretch, with names that are nobody’s property', () => {
    const { series } = buildState(figuresOf(served(4, { task: '__proto__' })), standing);
    expect(series.day.from).toHaveLength(24);
    expect(series.day.from.at(-1)).toBe(Date.parse('2026-11-22T10:00:00Z') / 1000);
    const task = Object.entries(series.day.tasks).find(([name]) => name === '__proto__')?.[1];
    expect(task?.requests.at(-1)).toBe(4);
    expect(series.month.from).toHaveLength(30);
  });

  it('tells how tiers fare and what is switched', () => {
    const state = buildState(figuresOf([]), {
      ...standing,
      tierState: ({ id }) =>
        id === 'big'
          ? { breaker: 'open', retryAfterMs: 4000 }
          : { breaker: 'closed', full: { reason: 'queue-full', detail: '40 wait' } },
      switches: [
        {
          kind: 'task-override',
          task: 'triage',
          tier: 'big',
          untilMs: NOW + 1,
          reason: 'slow',
          author: 'ana',
          atMs: NOW,
        },
        { kind: 'tier-disabled', tier: 'small', reason: 'broken', author: 'bo', atMs: NOW },
      ],
    });
    expect(state.tiers).toMatchObject([
      { id: 'small', full: '40 wait' },
      { id: 'big', breaker: 'open', retryAfterMs: 4000 },
    ]);
    expect(state.switches).toEqual([
      { kind: 'task-override', task: 'triage', tier: 'big', untilMs: NOW + 1, reason: 'slow', author: 'ana' },
      { kind: 'tier-disabled', tier: 'small', reason: 'broken', author: 'bo' },
    ]);
  });

  it('tells in words what the watch function would find without its memory', () => {
    const lossy = served(60, { costUsd: 0.2, frontierCostUsd: 0.1 });
    const { findings } = buildState(figuresOf(lossy), standing);
    expect(findings.map(({ task, signal, kind }) => [task, signal, kind])).toContainEqual([
      'triage',
      'NetSavingUsd',
      'below',
    ]);
  });

  it('carries what a decision’s line shows, and nothing else of its record', () => {
    const [record] = served(1, { escalated: 1, routingCostUsd: 0.002, keyId: 'key-1', session: 'private' });
    const [shown] = buildState(figuresOf([record as Attribution]), standing).decisions;
    expect(shown).toMatchObject({ requestId: 'req-0', tier: 'small', up: 'climbed', score: 12 });
    expect(shown?.costUsd).toBeCloseTo(0.012);
    expect(JSON.stringify(shown)).not.toMatch(/key-1|private/);
  });
});
