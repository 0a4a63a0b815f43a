import { describe, expect, it } from 'vitest';
import { auditPolicy } from '../../../lib/core/policy/audit';
import { aPolicy, aTask, aTier } from '../../builders';

const AUDIT = { inputs: 'mails', acceptable: 'a label', consequence: 'medium' } as const;
const LABELS = { kind: 'labels', labels: ['a'] } as const;

function rowOf(task: object) {
  const tasks = [aTask({ id: 'triage', ladder: ['small'], audit: AUDIT, oracle: [LABELS], ...task })];
  return auditPolicy(aPolicy({ tiers: [aTier({ id: 'small' })], tasks }))[0];
}

describe('the task profile audit', () => {
  it('tells who owns a task, its three answers, its target and its oracle', () => {
    expect(rowOf({ oracle: [LABELS, { kind: 'human' }] })).toEqual({
      task: 'triage',
      owner: 'owner',
      ...AUDIT,
      target: { passRate: 0.95, confidence: 0.95 },
      oracle: ['labels', 'human'],
      complete: true,
      missing: [],
    });
  });

  it.each([
    [{ owner: ' ' }, ['owner']],
    [{ audit: { ...AUDIT, inputs: '' } }, ['audit.inputs']],
    [{ audit: { ...AUDIT, acceptable: '' }, oracle: [] }, ['audit.acceptable', 'oracle']],
  ])('of %j misses %j', (task, missing) => {
    expect(rowOf(task)).toMatchObject({ complete: false, missing });
  });
});
