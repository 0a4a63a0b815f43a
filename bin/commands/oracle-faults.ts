import { createGrader } from '../../lib/core/analysis/grade';
import type { Fault } from '../../lib/core/policy/fault';
import { createFindings } from '../../lib/core/policy/findings';
import { readText } from '../../lib/core/policy/read-text';
import type { Policy } from '../../lib/core/types-policy';

/** Oracles of a valid policy that do not compile, such as a schema that is none; `text` is where the policy was read. */
export async function oracleFaults(policy: Policy, text: string): Promise<readonly Fault[]> {
  const findings = createFindings(readText(text).locate);
  for (const task of Object.values(policy.tasks)) {
    for (const [index, oracle] of task.oracle.entries()) {
      // One at a time: compiling stops at the first that does not.
      const alone: Policy = { ...policy, tasks: { [task.id]: { ...task, oracle: [oracle] } } };
      await createGrader(alone).catch((error: Error) => {
        const why = error.cause instanceof Error ? error.cause.message : error.message;
        findings.fault(['tasks', task.id, 'oracle', index], `the ${oracle.kind} oracle does not compile: ${why}`);
      });
    }
  }
  return findings.faults;
}
