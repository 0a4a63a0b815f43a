import { auditPolicy } from '../../lib/core/policy/audit';
import { JSON_OPTION, type RegisterCommand, table, UserError } from './command';
import { readPolicy } from './read-policy';

/** `tierwise check FILE [--audit]`: every fault of a policy at once; the audit of its tasks. */
export const registerCheck: RegisterCommand = (program, terminal) => {
  program
    .command('check')
    .description('validate a policy and list every fault at once')
    .argument('<file>', 'policy in YAML or JSON; - for standard input')
    .option('--audit', 'print the audit of every task, and fail where it is incomplete')
    .option(...JSON_OPTION)
    .action(async (file: string, options: { audit?: boolean; json?: boolean }) => {
      const { policy, warnings } = await readPolicy(
        file,
        'warning',
        options.json ? { ...terminal, err: () => {} } : terminal,
      );
      const audit = options.audit ? auditPolicy(policy) : undefined;
      const incomplete = audit?.filter(({ complete }) => !complete) ?? [];
      const tiers = Object.keys(policy.tiers);
      const tasks = Object.keys(policy.tasks);
      if (incomplete.length > 0) {
        if (!options.json) terminal.out(auditTable(audit ?? []));
        const names = incomplete.map(({ task, missing }) => `  ${task}: ${missing.join(', ')}`);
        throw new UserError(`${file}: the audit is incomplete:\n${names.join('\n')}`, {
          file,
          policy: policy.id,
          warnings,
          audit,
        });
      }
      if (options.json)
        terminal.out(
          JSON.stringify({ ok: true, file, policy: policy.id, tiers, tasks, warnings, ...(audit && { audit }) }),
        );
      else {
        if (audit) terminal.out(auditTable(audit));
        terminal.out(`${file}: policy ${policy.id} is valid: ${tiers.length} tiers, ${tasks.length} tasks.`);
      }
    });
};

function auditTable(rows: ReturnType<typeof auditPolicy>): string {
  const header = ['task', 'owner', 'consequence', 'target', 'oracles', 'inputs', 'acceptable', 'audit'];
  return table([
    header,
    ...rows.map((row) => [
      row.task,
      row.owner,
      row.consequence,
      String(row.target),
      row.oracle.join('+') || '-',
      row.inputs,
      row.acceptable,
      row.complete ? 'complete' : `missing: ${row.missing.join(', ')}`,
    ]),
  ]);
}
