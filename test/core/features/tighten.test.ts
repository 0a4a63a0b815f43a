import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tighten, userTierOf } from '../../../lib/core/features/tighten';
import type { Caller, Hints } from '../../../lib/core/types';
import type { Consequence, Residency } from '../../../lib/core/types-policy';
import { aPolicy, aRequest, aTask, aTier } from '../../builders';

const RESIDENCIES: readonly Residency[] = ['vpc', 'region', 'geography', 'any'];
const CONSEQUENCES: readonly Consequence[] = ['low', 'medium', 'high'];
const residency = fc.constantFrom(...RESIDENCIES);
const consequence = fc.constantFrom(...CONSEQUENCES);
const audit = (value: Consequence) => ({ inputs: 'anything', acceptable: 'anything', consequence: value });

function limits(hints: Hints, caller: Caller = {}) {
  const task = aTask({
    id: 'task',
    ladder: ['small'],
    residency: 'geography',
    latencyBudgetMs: 800,
    maxRetentionDays: 30,
  });
  const policy = aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [task] });
  return tighten(aRequest({ hints, caller }), policy, task, undefined);
}

describe('limits of task, caller and hints', () => {
  it('are those of the task alone without hints', () => {
    expect(limits({})).toEqual({
      residency: 'geography',
      consequence: 'low',
      latencyBudgetMs: 800,
      maxRetentionDays: 30,
    });
  });

  it('are tightened by hints and key, and never loosened', () => {
    expect(limits({ residency: 'vpc' }).residency).toBe('vpc');
    expect(limits({ residency: 'any' }).residency).toBe('geography');
    expect(limits({ residency: 'any' }, { residencyFloor: 'region' }).residency).toBe('region');
    expect(limits({ latencyBudgetMs: 300 }).latencyBudgetMs).toBe(300);
    expect(limits({ latencyBudgetMs: 9000 }).latencyBudgetMs).toBe(800);
    expect(limits({ blastRadius: 'high' }).consequence).toBe('high');
    expect(limits({ feature: 'checkout' }).feature).toBe('checkout');
  });

  it('are at least as tight as each of their sources, for any sources', () => {
    const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
    const sources = fc.record({
      task: fc.tuple(residency, consequence),
      floor: optional(fc.tuple(residency, consequence)),
      key: optional(residency),
      hint: optional(residency),
      blast: optional(consequence),
    });
    fc.assert(
      fc.property(sources, ({ task, floor, key, hint, blast }) => {
        const taskOf = ([r, c]: [Residency, Consequence]) =>
          aTask({ id: 'task', ladder: ['small'], residency: r, audit: audit(c) });
        const policy = aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [taskOf(task)] });
        const request = aRequest({
          caller: { ...(key && { residencyFloor: key }) },
          hints: { ...(hint && { residency: hint }), ...(blast && { blastRadius: blast }) },
        });
        const result = tighten(request, policy, taskOf(task), floor && taskOf(floor));
        const residencies = [task[0], floor?.[0], key, hint].filter((value) => value !== undefined);
        const consequences = [task[1], floor?.[1], blast].filter((value) => value !== undefined);
        expect(RESIDENCIES.indexOf(result.residency)).toBe(Math.min(...residencies.map((r) => RESIDENCIES.indexOf(r))));
        expect(CONSEQUENCES.indexOf(result.consequence)).toBe(
          Math.max(...consequences.map((c) => CONSEQUENCES.indexOf(c))),
        );
      }),
    );
  });
});

describe('the user tier', () => {
  it.each([
    ['of the key alone', 'gold', undefined, 'gold'],
    ['of the hint where the key has none', undefined, 'gold', 'gold'],
    ['of the hint where it is lower', 'gold', 'free', 'free'],
    ['of the key where the hint is higher', 'free', 'gold', 'free'],
    ['of the key where the hint is unknown', 'gold', 'unheard-of', 'gold'],
    ['absent where nobody names one', undefined, undefined, undefined],
  ])('is that %s', (_, known, hinted, result) => {
    const request = aRequest({
      caller: { ...(known && { userTier: known }) },
      hints: { ...(hinted && { userTier: hinted }) },
    });
    expect(userTierOf(request, ['free', 'silver', 'gold'])).toBe(result);
  });
});
