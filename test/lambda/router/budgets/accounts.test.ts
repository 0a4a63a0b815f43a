import { describe, expect, it } from 'vitest';
import { accountOf } from '../../../../lambda/router/budgets/accounts';
import type { Spender } from '../../../../lib/core/types-live';
import type { Budget } from '../../../../lib/core/types-policy';

const NOON = Date.UTC(2026, 10, 22, 12);
const spender: Spender = { customer: 'acme', keyId: 'key-1', task: 'triage' };

function aBudget(budget: Partial<Budget>): Budget {
  return { id: 'b', scope: 'all', limitUsd: 5, period: 'month', onExhausted: 'refuse', reserve: 'expected', ...budget };
}

describe('the account of a budget', () => {
  it.each<[Partial<Budget>, Spender, string]>([
    [{ scope: 'all' }, spender, 'b#all#2026-11'],
    [{ scope: 'customer' }, spender, 'b#acme#2026-11'],
    [{ scope: 'key' }, spender, 'b#key-1#2026-11'],
    [{ scope: 'task' }, spender, 'b#triage#2026-11'],
    [{ scope: 'customer', period: 'day' }, spender, 'b#acme#2026-11-22'],
    [{ scope: 'customer' }, { task: 'triage' }, 'b#-#2026-11'],
    [{ scope: 'customer' }, { task: 'triage', customer: 'a#b' }, 'b#a%23b#2026-11'],
  ])('of %o is its own', (budget, who, id) => {
    expect(accountOf(aBudget(budget), who, NOON)).toMatchObject({ id, limitUsd: 5 });
  });

  it('outlives its period, so that it can be looked at, and ends some day', () => {
    const { expiresAtMs } = accountOf(aBudget({ period: 'day' }), spender, NOON);
    expect(expiresAtMs).toBeGreaterThan(Date.UTC(2026, 11, 1));
    expect(expiresAtMs).toBeLessThan(Date.UTC(2027, 2, 1));
  });

  it('begins anew with a period in UTC', () => {
    const last = accountOf(aBudget({ period: 'month' }), spender, Date.UTC(2026, 10, 30, 23, 59, 59, 999));
    const next = accountOf(aBudget({ period: 'month' }), spender, Date.UTC(2026, 11, 1));
    expect([last.id, next.id]).toEqual(['b#all#2026-11', 'b#all#2026-12']);
  });
});
