import { rulesBelow } from '../../policy/rules-below';
import type { Policy, Task } from '../../types-policy';
import { choosingOf } from '../choosing';

/** What is to be minded of a task as the profiled policy has it: its rules that lead below what was certified. */
export function ruleWarnings(policy: Policy, task: Task): string[] {
  const { id, ladder, certificate } = task;
  const rules = choosingOf(policy, task)?.rules ?? [];
  if (certificate === undefined) return [];
  const found = rulesBelow(
    ladder,
    certificate.tier,
    rules.map(({ tier }) => tier),
  );
  return found.map(({ index, message }) => `tasks.${id}.rules[${index}].tier: ${message}`);
}
