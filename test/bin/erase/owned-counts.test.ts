import { describe, expect, it } from 'vitest';
import { isOwned } from '../../../bin/commands/erase/owned-counts';
import { accountOf } from '../../../lambda/router/budgets/accounts';
import type { Budget } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';

const POLICY = aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [aTask({ id: 'triage', ladder: ['small'] })] });

function aBudget(id: string, scope: Budget['scope']): Budget {
  return { id, scope, limitUsd: 1, period: 'month', onExhausted: 'refuse', reserve: 'expected' };
}

function standing(customer: string, account: string, budgets?: readonly Budget[]) {
  const policy = budgets === undefined ? undefined : { ...POLICY, budgets };
  const owner = { customer, keyIds: new Set(['key-1']), policy, tasks: new Set(['triage']) };
  return isOwned({ kind: 'account', account, tally: '' }, owner);
}

describe('an account', () => {
  it.each([
    ['of the customer', 'acme', 'own#acme#2026-11', undefined, 'yes'],
    ['of one of its keys', 'acme', 'own#key-1#2026-11', undefined, 'yes'],
    ['of somebody else', 'acme', 'own#acme2#2026-11', undefined, 'no'],
    ['of a budget that is called like the customer', 'acme', 'acme#other#2026-11', undefined, 'no'],
    ['of a customer who is called like a task', 'triage', 'customer-month#triage#2026-11', undefined, 'yes'],
    ['of the task of that name', 'triage', 'task-month#triage#2026-11', undefined, 'no'],
    [
      'of which only the policy knows: a customer’s',
      'triage',
      'own#triage#2026-11',
      [aBudget('own', 'customer')],
      'yes',
    ],
    ['of which only the policy knows: a task’s', 'triage', 'own#triage#2026-11', [aBudget('own', 'task')], 'no'],
    ['of which nobody knows', 'triage', 'own#triage#2026-11', undefined, 'unsure'],
    [
      'of a budget that is a task’s by now, and was a customer’s then',
      'acme',
      'own#acme#2026-11',
      [aBudget('own', 'task')],
      'yes',
    ],
    [
      'of another customer, who is called like one of its keys',
      'acme',
      'customer-month#key-1#2026-11',
      undefined,
      'no',
    ],
    ['of all, whom nobody may be taken for', 'all', 'own#all#2026-11', undefined, 'unsure'],
    ['that is none', 'acme', 'acme', undefined, 'no'],
    ['that cannot be read', 'acme', '%zz#acme#2026-11', undefined, 'yes'],
  ] as const)('%s', (_name, customer, account, budgets, expected) => {
    expect(standing(customer, account, budgets)).toBe(expected);
  });

  it('is known again as the router names it, whatever the names', () => {
    for (const customer of ['a#b', 'a%23b', '%', 'Ü & co', 'x/y']) {
      const { id } = accountOf(aBudget('per customer#', 'customer'), { customer, task: 'triage' }, 0);
      expect(standing(customer, id)).toBe('yes');
      expect(standing(`${customer}!`, id)).toBe('no');
    }
  });
});
