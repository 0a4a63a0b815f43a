import type { Consequence, OracleKind, Policy, Task } from '../types-policy';

/** What one task's owner has said of it, and what is still to be said. */
export interface AuditRow {
  readonly task: string;
  readonly owner: string;
  /** The distribution of its inputs. */
  readonly inputs: string;
  /** What makes an answer acceptable. */
  readonly acceptable: string;
  /** What a wrong answer costs. */
  readonly consequence: Consequence;
  readonly target: { readonly passRate: number; readonly confidence: number };
  readonly oracle: readonly OracleKind[];
  readonly complete: boolean;
  /** Keys of the task that are not answered: `owner`, `audit.inputs`, `audit.acceptable`, `oracle`. */
  readonly missing: readonly string[];
}

/** The task profile audit: every task with its owner, its three answers and its oracle. */
export function auditPolicy(policy: Policy): readonly AuditRow[] {
  return Object.values(policy.tasks).map(auditTask);
}

function auditTask(task: Task): AuditRow {
  const { id, owner, audit, target } = task;
  const oracle = task.oracle.map(({ kind }) => kind);
  const answers = { owner, 'audit.inputs': audit.inputs, 'audit.acceptable': audit.acceptable };
  const missing = Object.entries(answers).flatMap(([key, answer]) => (answer.trim() === '' ? [key] : []));
  if (oracle.length === 0) missing.push('oracle');
  return { task: id, owner, ...audit, target, oracle, complete: missing.length === 0, missing };
}
