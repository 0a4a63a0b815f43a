import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateDecisionCost } from '../../../lib/core/attribution/price';
import { compileDecide } from '../../../lib/core/decision/decide';
import { MINUTE_MS } from '../../../lib/core/durations';
import type { Chosen, Circumstances, Decision, Features, Request } from '../../../lib/core/types';
import type { ChatMessage } from '../../../lib/core/types-chat';
import type { SessionStanding } from '../../../lib/core/types-live';
import type { Task, Tier, TokenPrice } from '../../../lib/core/types-policy';
import { aBody, aPolicy, aRequest, aTask, aTier } from '../../builders';
import { NOTHING_KNOWN, NOW_MS, someFeatures } from './deciding';

const LADDER = ['small', 'mid', 'frontier'];

function price(input: number, output: number, cacheRead?: number): TokenPrice {
  return { kind: 'tokens', input, output, uplift: 1, ...(cacheRead !== undefined && { cacheRead }) };
}

/** Cached, mid reads for a tenth of its price; small is half as dear as mid is uncached. */
const PRICES: Readonly<Record<string, TokenPrice>> = {
  small: price(0.5, 0.5, 0.05),
  mid: price(1, 1, 0.1),
  frontier: price(10, 10, 1),
};

interface Setting {
  readonly tiers?: Readonly<Record<string, Partial<Tier>>>;
  readonly task?: Partial<Task>;
  readonly features?: Partial<Features>;
  readonly request?: Partial<Request>;
  readonly world?: Partial<Circumstances>;
}

/** 10,000 tokens of which nearly all were read before, and a short answer. */
const LONG: Partial<Features> = {
  inputTokens: 10_000,
  expectedOutputTokens: 100,
  dimensions: { ...someFeatures().dimensions, cacheHit: 9.9 },
};

function decide(
  session: Partial<SessionStanding>,
  { tiers = {}, task, features, request, world }: Setting = {},
): Decision {
  const policy = aPolicy({
    tiers: LADDER.map((id) => aTier({ id, prices: [PRICES[id] as TokenPrice], ...tiers[id] })),
    tasks: [aTask({ id: 'task', ladder: LADDER, session: { sticky: true }, ...task })],
  });
  const standing = { tier: 'mid', contextTokens: 9_900, atMs: NOW_MS - MINUTE_MS, ...session };
  return compileDecide(policy, estimateDecisionCost)(
    aRequest(request),
    someFeatures({ ...LONG, ...features }),
    NOTHING_KNOWN,
    { nowMs: NOW_MS, unsupported: {}, session: standing, ...world },
  );
}

function chosen(...of: Parameters<typeof decide>): Chosen {
  const decision = decide(...of);
  if (decision.tier === null) throw new Error(decision.refusal.message);
  return decision;
}

const CALL = { id: 'c1', type: 'function' as const, function: { name: 'look', arguments: '{}' } };
const ASKED: ChatMessage = { role: 'user', content: 'Look it up.' };
const CALLED: ChatMessage = { role: 'assistant', tool_calls: [CALL] };
const RESULT: ChatMessage = { role: 'tool', tool_call_id: 'c1', content: '42' };
const looping = (...messages: ChatMessage[]): Setting => ({ request: { body: aBody({ messages }) } });
const TO_FRONTIER: Partial<Task> = { rules: [{ when: {}, tier: 'frontier' }] };
const TO_SMALL: Partial<Task> = { rules: [{ when: {}, tier: 'small' }] };

describe('a tool loop', () => {
  it.each([
    ['whose result has come', [ASKED, CALLED, RESULT]],
    ['whose result somebody comments on', [ASKED, CALLED, RESULT, ASKED]],
    ['whose call has no result yet', [ASKED, CALLED]],
  ])('%s stays with the tier that made the call, whatever rule or price says', (_name, messages) => {
    const setting = { ...looping(...messages), features: { ...LONG, inputTokens: 10 } };
    expect(chosen({}, setting)).toMatchObject({ tier: 'mid', reason: 'session', ladder: ['mid', 'frontier'] });
    expect(chosen({}, { ...setting, task: TO_FRONTIER })).toMatchObject({ tier: 'mid', reason: 'session' });
    expect(chosen({ tier: 'frontier' }, setting)).toMatchObject({ tier: 'frontier', reason: 'session' });
  });

  it('that has ended binds no more', () => {
    const messages: ChatMessage[] = [ASKED, CALLED, RESULT, { role: 'assistant', content: 'It is 42.' }, ASKED];
    const setting = { ...looping(...messages), features: { ...LONG, inputTokens: 10 } };
    expect(chosen({}, setting)).toMatchObject({ tier: 'small', reason: 'start' });
  });

  it('gives way to guards, pins, the person on call, and an hour', () => {
    const loop = looping(ASKED, CALLED, RESULT);
    expect(chosen({}, { ...loop, tiers: { mid: { enabled: false } } })).toMatchObject({
      tier: 'small',
      reason: 'start',
    });
    expect(chosen({}, { request: { ...loop.request, pinned: 'small' } })).toMatchObject({
      tier: 'small',
      reason: 'pinned',
    });
    expect(chosen({}, { ...loop, world: { override: 'frontier' } })).toMatchObject({
      tier: 'frontier',
      reason: 'override',
    });
    const at = (minutes: number) => chosen({ atMs: NOW_MS - minutes * MINUTE_MS }, loop).tier;
    expect([at(59), at(61)]).toEqual(['mid', 'small']);
  });

  it('does not follow a tier that the ladder does not have', () => {
    expect(chosen({ tier: 'elsewhere' }, looping(ASKED, CALLED, RESULT))).toMatchObject({
      tier: 'small',
      reason: 'start',
    });
  });
});

describe('a session whose context is cached', () => {
  it('stays where reading the context again costs more than the cheaper tier saves', () => {
    // mid: 100 anew, 9,900 cached, 100 written: 0.00119. small: 10,000 anew, 100 written: 0.00505.
    expect(chosen({})).toMatchObject({ tier: 'mid', reason: 'session', ladder: ['mid', 'frontier'] });
  });

  it('leaves where the cheaper tier saves more than that', () => {
    // mid: 0.00109 and 5,000 written, 0.00609. small: 0.005 and half of it written, 0.0075; with 10,000: 0.01109 and 0.01.
    const writing = (expectedOutputTokens: number) => chosen({}, { features: { ...LONG, expectedOutputTokens } }).tier;
    expect([writing(5_000), writing(10_000)]).toEqual(['mid', 'small']);
  });

  it('has no reason to stay on a tier that reads its cache at the full price', () => {
    expect(chosen({}, { tiers: { mid: { prices: [price(1, 1)] } } })).toMatchObject({ tier: 'small', reason: 'start' });
    expect(chosen({}, { tiers: { mid: { prices: [price(0.5, 0.5)] } } }).tier).toBe('mid');
  });

  it('counts no more as cached than was read last time, and than stands before the newest message', () => {
    expect(chosen({ contextTokens: 100 }).tier).toBe('small');
    const dimensions = { ...someFeatures().dimensions, cacheHit: 0 };
    expect(chosen({}, { features: { ...LONG, dimensions } }).tier).toBe('small');
  });

  it('moves up where a rule asks for it, and where the task begins higher', () => {
    expect(chosen({}, { task: TO_FRONTIER })).toMatchObject({ tier: 'frontier', reason: 'rule' });
    expect(chosen({ tier: 'small' }, { task: { start: 'mid' } })).toMatchObject({ tier: 'mid', reason: 'start' });
    const raised = { rungs: 1, reason: 'its answers broke their schema' };
    expect(chosen({ tier: 'small' }, { world: { raised } })).toMatchObject({ tier: 'mid', reason: 'raised' });
  });

  it('moves up for a cheaper tier only where that pays', () => {
    const setting = (frontier: TokenPrice): Setting => ({
      tiers: { small: { enabled: false }, frontier: { prices: [frontier] } },
      task: { strategy: ['score'] },
      features: { ...LONG, score: 0 },
    });
    expect(chosen({}, setting(price(0.5, 0.5)))).toMatchObject({ tier: 'mid', reason: 'session' });
    expect(chosen({}, setting(price(0.05, 0.05)))).toMatchObject({ tier: 'frontier', reason: 'score-cheapest' });
    const raisedBy = (rungs: number) =>
      chosen({}, { ...setting(price(0.5, 0.5)), world: { raised: { rungs, reason: '' } } });
    expect(raisedBy(1)).toMatchObject({ tier: 'mid', reason: 'session' });
    expect(raisedBy(2)).toMatchObject({ tier: 'frontier', reason: 'score-cheapest' });
  });

  it('moves up from below the tier that was certified, whatever that costs, save in a tool loop', () => {
    const certificate = { tier: 'mid', risk: 0.05, confidence: 0.95, oracle: 'o', models: {}, prompts: 'p' } as const;
    const setting = (task: Partial<Task>): Setting => ({
      task: { strategy: ['score'], certificate, ...task },
      features: { ...LONG, score: 0 },
    });
    const on = (tier: string, task: Partial<Task> = {}, more: Setting = {}) =>
      chosen({ tier }, { ...setting(task), ...more });
    expect(on('small')).toMatchObject({ tier: 'mid', reason: 'score-cheapest' });
    expect(on('small', { strategy: [], route: 'dispatch' })).toMatchObject({ tier: 'mid', reason: 'dispatched' });
    expect(on('small', { strategy: ['rules', 'score'], ...TO_SMALL })).toMatchObject({ tier: 'small', reason: 'rule' });
    expect(on('small', {}, looping(ASKED, CALLED, RESULT))).toMatchObject({ tier: 'small', reason: 'session' });
    const dear = { mid: { prices: [price(5, 5, 0.5)] }, frontier: { prices: [price(4, 4)] } };
    expect(on('mid', {}, { tiers: dear })).toMatchObject({ tier: 'mid', reason: 'session' });
  });

  it('is cold after five minutes', () => {
    const at = (seconds: number) => chosen({ atMs: NOW_MS - seconds * 1000 }).tier;
    expect([at(299), at(301)]).toEqual(['mid', 'small']);
  });

  it('leaves a tier that a guard excludes, and keeps the reason of a choice it agrees with', () => {
    expect(chosen({}, { world: { switchedOff: { mid: {} } } })).toMatchObject({ tier: 'small', reason: 'start' });
    expect(chosen({ tier: 'small' }, { task: TO_SMALL })).toMatchObject({ tier: 'small', reason: 'rule' });
  });

  it('is routed up by decision while it stays above the first tier', () => {
    expect(chosen({}).upRouted).toBe(true);
    expect(chosen({ tier: 'small' }).upRouted).toBe(false);
  });
});

describe('a session, whatever the prices', () => {
  const anyPrice = fc
    .record({ input: fc.nat(50), output: fc.nat(50), cacheRead: fc.option(fc.nat(50), { nil: undefined }) })
    .map(({ input, output, cacheRead }) => price(input, output, cacheRead));
  const drawn = fc.record({
    prices: fc.tuple(anyPrice, anyPrice, anyPrice),
    stands: fc.constantFrom(...LADDER),
    bound: fc.constantFrom(...LADDER),
    contextTokens: fc.nat(20_000),
    inputTokens: fc.integer({ min: 1, max: 20_000 }),
    expectedOutputTokens: fc.integer({ min: 1, max: 5_000 }),
    cacheHit: fc.integer({ min: 0, max: 10 }),
    disabled: fc.subarray(LADDER, { maxLength: 2 }),
  });

  it('moves down exactly where the request costs less there, and is never where a guard forbids', () => {
    fc.assert(
      fc.property(drawn, ({ prices, stands, bound, contextTokens, disabled, cacheHit, ...sizes }) => {
        const tiers = Object.fromEntries(
          LADDER.map((id, at) => [id, { prices: [prices[at] as TokenPrice], enabled: !disabled.includes(id) }]),
        );
        const dimensions = { ...someFeatures().dimensions, cacheHit };
        const { tier } = chosen(
          { tier: stands, contextTokens },
          { tiers, task: { rules: [{ when: {}, tier: bound }] }, features: { ...sizes, dimensions } },
        );
        expect(disabled).not.toContain(tier);
        if (disabled.length > 0) return;
        const cost = (id: string, cached: number) =>
          estimateDecisionCost(
            aTier({ id, prices: tiers[id]?.prices ?? [] }),
            sizes.inputTokens,
            sizes.expectedOutputTokens,
            NOW_MS,
            cached,
          );
        const cached = Math.min(contextTokens, (sizes.inputTokens * cacheHit) / 10);
        const down = LADDER.indexOf(bound) < LADDER.indexOf(stands);
        const stays = down && cost(bound, 0) >= cost(stands, cached);
        expect(tier).toBe(stays ? stands : bound);
      }),
      { numRuns: 500 },
    );
  });
});
