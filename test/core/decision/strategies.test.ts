import { describe, expect, it } from 'vitest';
import type { Features } from '../../../lib/core/types';
import type { Rule, Task, Tier } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';
import { decideOn } from './deciding';

const priced = (id: string, price: number, rest: Partial<Tier> = {}): Tier =>
  aTier({ id, prices: [{ kind: 'tokens', input: price, output: price, uplift: 1 }], ...rest });

const LADDER = ['small', 'mid', 'upper', 'frontier'];
const TIERS = [priced('small', 1), priced('mid', 5), priced('upper', 3), priced('frontier', 20)];

function chosen(
  task: Partial<Task>,
  features: Partial<Features>,
  tiers: readonly Tier[] = TIERS,
): [string | null, string] {
  const policy = aPolicy({ tiers, tasks: [aTask({ id: 'task', ladder: LADDER, start: 'mid', ...task })] });
  const { tier, reason } = decideOn(policy, features);
  return [tier, reason];
}

describe('rules', () => {
  const rules = (...when: Rule['when'][]): Partial<Task> => ({
    strategy: ['rules'],
    rules: when.map((condition, index) => ({ when: condition, tier: index === 0 ? 'frontier' : 'upper' })),
  });

  it.each<[string, Rule['when'], Partial<Features>, boolean]>([
    ['a keyword', { keywords: ['refund'] }, { text: 'I want a Refund.' }, true],
    ['a keyword inside a word', { keywords: ['error'] }, { text: 'terrorism' }, false],
    ['a keyword inside an identifier', { keywords: ['refund'] }, { text: 'refund_policy' }, false],
    ['a later occurrence that is a whole word', { keywords: ['error'] }, { text: 'terror, then an error' }, true],
    ['a phrase across a line', { keywords: ['charge  back'] }, { text: 'a charge\n  back' }, true],
    ['a phrase run together', { keywords: ['charge back'] }, { text: 'a chargeback' }, false],
    ['accents in either form', { keywords: ['café'] }, { text: 'the CAFE\u0301 bill' }, true],
    ['a word that only begins alike', { keywords: ['caf'] }, { text: 'the café bill' }, false],
    ['Cyrillic', { keywords: ['возврат'] }, { text: 'Хочу ВОЗВРАТ денег' }, true],
    ['Chinese without spaces', { keywords: ['退款'] }, { text: '我要退款。' }, true],
    ['a keyword with signs', { keywords: ['c++'] }, { text: 'my C++ build' }, true],
    ['any of several keywords', { keywords: ['refund', 'fee'] }, { text: 'the fee' }, true],
    ['more tokens', { tokensAbove: 100 }, { inputTokens: 101 }, true],
    ['as many tokens', { tokensAbove: 100 }, { inputTokens: 100 }, false],
    ['a feature', { features: ['checkout', 'cart'] }, { feature: 'cart' }, true],
    ['another feature', { features: ['checkout'] }, { feature: 'search' }, false],
    ['no feature', { features: ['checkout'] }, {}, false],
    ['a user tier', { userTiers: ['gold'] }, { userTier: 'gold' }, true],
    ['all conditions', { keywords: ['refund'], tokensAbove: 10 }, { text: 'refund', inputTokens: 11 }, true],
    ['all conditions but one', { keywords: ['refund'], tokensAbove: 10 }, { text: 'refund', inputTokens: 9 }, false],
  ])('on %s', (_, when, features, matches) => {
    expect(chosen(rules(when), features)).toEqual(matches ? ['frontier', 'rule'] : ['mid', 'start']);
  });

  it('are asked in order, and the first that matches wins', () => {
    expect(chosen(rules({ keywords: ['fee'] }, { keywords: ['refund'] }), { text: 'refund the fee' })).toEqual([
      'frontier',
      'rule',
    ]);
    expect(chosen(rules({ keywords: ['fee'] }, { keywords: ['refund'] }), { text: 'refund' })).toEqual([
      'upper',
      'rule',
    ]);
  });

  it('have no answer where they name a tier that is not on the ladder', () => {
    const aside = [...TIERS, priced('aside', 1)];
    const task: Partial<Task> = { strategy: ['rules'], rules: [{ when: {}, tier: 'aside' }] };
    expect(chosen(task, {}, aside)).toEqual(['mid', 'start']);
  });
});

describe('the score', () => {
  const task: Partial<Task> = { strategy: ['score'] };

  it.each([
    [0, 'small', 'score-cheapest'],
    [64.9, 'small', 'score-cheapest'],
    [65, 'upper', 'score-middle'],
    [85, 'upper', 'score-middle'],
    [85.1, 'frontier', 'score-frontier'],
    [100, 'frontier', 'score-frontier'],
  ])('of %d begins at %s', (score, tier, reason) => {
    expect(chosen(task, { score })).toEqual([tier, reason]);
  });

  it('goes by cost, not by place in the ladder', () => {
    const reversed = [priced('small', 9), priced('mid', 5), priced('upper', 3), priced('frontier', 2)];
    expect(chosen(task, { score: 10 }, reversed)).toEqual(['frontier', 'score-cheapest']);
  });

  it('takes the last eligible tier for the frontier, and the first of equally cheap ones', () => {
    const off = TIERS.map((tier) => (tier.id === 'frontier' ? { ...tier, enabled: false } : tier));
    expect(chosen(task, { score: 99 }, off)).toEqual(['upper', 'score-frontier']);
    expect(
      chosen(
        task,
        { score: 1 },
        LADDER.map((id) => priced(id, 1)),
      ),
    ).toEqual(['small', 'score-cheapest']);
  });

  it('begins in the middle at the start tier where nothing lies between the ends', () => {
    const ends = TIERS.filter(({ id }) => id === 'small' || id === 'frontier');
    expect(chosen({ ...task, ladder: ['small', 'frontier'], start: 'frontier' }, { score: 70 }, ends)).toEqual([
      'frontier',
      'score-middle',
    ]);
  });
});

describe('a certificate', () => {
  const certificate = { tier: 'upper', risk: 0.05, confidence: 0.95, oracle: 'o', models: {}, prompts: 'p' } as const;
  const certified: Partial<Task> = { certificate, start: 'upper' };
  const scored: Partial<Task> = { ...certified, strategy: ['score'] };

  it.each([
    [0, 'upper', 'score-cheapest'],
    [70, 'upper', 'score-middle'],
    [99, 'frontier', 'score-frontier'],
  ])('holds a score of %d to the tiers that it found good enough', (score, tier, reason) => {
    expect(chosen(scored, { score })).toEqual([tier, reason]);
  });

  it('holds dispatch to them', () => {
    expect(chosen({ route: 'dispatch' }, {})).toEqual(['small', 'dispatched']);
    expect(chosen({ ...certified, route: 'dispatch' }, {})).toEqual(['upper', 'dispatched']);
  });

  it('holds the middle of the score to them where the task starts lower', () => {
    const topmost: Partial<Task> = { ...scored, start: 'small', certificate: { ...certificate, tier: 'frontier' } };
    expect(chosen(topmost, { score: 70 })).toEqual(['frontier', 'score-middle']);
  });

  it('lets a request fall below them where nothing else is left', () => {
    const off = TIERS.map((tier) =>
      tier.id === 'upper' || tier.id === 'frontier' ? { ...tier, enabled: false } : tier,
    );
    expect(chosen(scored, { score: 1 }, off)).toEqual(['mid', 'guarded']);
  });

  it('does not hold a rule, which is the word of whoever wrote the policy', () => {
    const rules: Rule[] = [{ when: {}, tier: 'small' }];
    expect(chosen({ ...certified, strategy: ['rules'], rules }, {})).toEqual(['small', 'rule']);
  });
});

describe('several strategies', () => {
  it('are asked in order until one has an answer; one that is not built has none', () => {
    const rules: Rule[] = [{ when: { keywords: ['refund'] }, tier: 'mid' }];
    const strategy = ['learned', 'rules', 'score'] as const;
    expect(chosen({ strategy, rules, start: 'small' }, { text: 'refund', score: 99 })).toEqual(['mid', 'rule']);
    expect(chosen({ strategy, rules, start: 'small' }, { text: 'hello', score: 99 })).toEqual([
      'frontier',
      'score-frontier',
    ]);
    expect(chosen({ strategy: ['learned', 'embedding'] }, { score: 99 })).toEqual(['mid', 'start']);
    expect(chosen({ strategy: [] }, { score: 99 })).toEqual(['mid', 'start']);
  });

  it('are not asked on a static route', () => {
    const task: Partial<Task> = { route: 'static', strategy: ['score'] };
    expect(chosen(task, { score: 99 })).toEqual(['mid', 'static']);
  });
});
