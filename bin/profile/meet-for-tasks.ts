import { askedBy } from '../../lib/core/policy/certificate';
import type { Policy } from '../../lib/core/types-policy';
import { meetRouter, type RouterAddress, type ViaRouter } from './via-router';

/** The router, and what is to be minded about the policy it routes by. */
export async function meetForTasks(
  address: RouterAddress,
  policy: Policy,
  tasks: readonly string[],
  tiersOf: (task: string) => readonly string[],
): Promise<{ readonly via: ViaRouter; readonly warnings: readonly string[] }> {
  const judges = tasks.flatMap((task) => policy.tasks[task]?.oracle.flatMap(askedBy) ?? []);
  const via = await meetRouter(address, policy, new Set([...tasks.flatMap(tiersOf), ...judges]));
  const { id, version } = via.router;
  if (id === policy.id && version === policy.version) return { via, warnings: [] };
  const own = tasks.filter((id) => {
    const task = policy.tasks[id];
    return task !== undefined && (task.stripContext || Object.keys(task.prompts).length > 0);
  });
  const warnings = id === policy.id ? [] : [`the router routes by policy ${id}, and this one is ${policy.id}`];
  if (own.length > 0)
    warnings.push(
      `the router puts the prompts of its own policy (${id}, version ${version}) before; see that those of ${own.join(', ')} are the same there`,
    );
  return { via, warnings };
}
