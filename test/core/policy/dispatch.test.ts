import { expect, it } from 'vitest';
import { validatePolicy } from '../../../lib/core/policy/validate';
import { smallPolicy } from './documents';

const BUDGET =
  'tasks.triage.latencyBudgetMs: is not given: only requests that bring a budget of their own are kept to one';
const QUEUE = 'tasks.triage.route: no tier of the ladder has a queue to look at: requests go by what calls have shown';

it.each<[string, object, object, readonly string[]]>([
  ['has all it needs', { latencyBudgetMs: 800 }, { queue: {} }, []],
  ['has no budget', {}, { queue: {} }, [BUDGET]],
  ['has no queue to look at', { latencyBudgetMs: 800 }, {}, [QUEUE]],
  ['has neither', {}, {}, [BUDGET, QUEUE]],
  ['has neither, and is not dispatched', { route: 'direct' }, {}, []],
])('a task that is dispatched and %s is warned of', (_, task, tier, warnings) => {
  const { root, small, triage } = smallPolicy();
  Object.assign(triage, { route: 'dispatch' }, task);
  Object.assign(small, tier);
  const result = validatePolicy(root, { variables: {}, unset: 'fault' });
  expect(result.ok).toBe(true);
  expect(result.warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual(warnings);
});
