import { type AuditRow, auditPolicy } from '../../lib/core/policy/audit';
import type { Fault } from '../../lib/core/policy/fault';
import { counted, JSON_OPTION, type RegisterCommand, sourceName, table, UserError } from './command';
import { readPolicy } from './read-policy';

/** `tierwise check FILE [--audit]`: every fault of a policy at once; the audit of its tasks. */
export const registerCheck: RegisterCommand = (program, terminal) => {
  program
    .command('check')
    .description('validate a policy and list every fault at once')
    .argument('<file>', 'policy in YAML or JSON; - for standard input')
    .option('--audit', 'print the audit of every task, and fail where it is incomplete')
    .option(...JSON_OPTION)
    .action(async (file: string, { audit: wanted, json }: { audit?: boolean; json?: boolean }) => {
      const { policy, warnings } = await readPolicy(file, { unset: 'warning', quiet: json === true }, terminal);
      const audit = wanted ? auditPolicy(policy) : undefined;
      if (audit && !json) terminal.out(auditTable(audit));
      if (audit) refuseIncomplete(file, policy.id, audit, warnings);
      const tiers = Object.keys(policy.tiers);
      const tasks = Object.keys(policy.tasks);
      const rest = { policy: policy.id, tiers, tasks, warnings, ...(audit && { audit }) };
      if (json) terminal.out(JSON.stringify({ ok: true, file, ...rest }));
      else {
        const size = `${counted(tiers.length, 'tier')}, ${counted(tasks.length, 'task')}`;
        const but = warnings.length === 0 ? '' : `, with ${counted(warnings.length, 'warning')}`;
        terminal.out(`${sourceName(file)}: policy ${policy.id} is valid (${size})${but}.`);
      }
    });
};

function refuseIncomplete(file: string, policy: string, audit: readonly AuditRow[], warnings: readonly Fault[]): void {
  const gaps = audit.filter(({ complete }) => !complete).map(({ task, missing }) => `  ${task}: ${missing.join(', ')}`);
  if (gaps.length === 0) return;
  const message = `${sourceName(file)}: the audit is incomplete; missing are:\n${gaps.join('\n')}`;
  throw new UserError(message, { file, policy, warnings, audit });
}

function auditTable(rows: readonly AuditRow[]): string {
  const header = ['task', 'owner', 'consequence', 'pass rate', 'oracles', 'inputs', 'acceptable', 'audit'];
  return table([
    header,
    ...rows.map(({ task, owner, consequence, target, oracle, inputs, acceptable, complete, missing }) => [
      task,
      owner,
      consequence,
      `${percent(target.passRate)} at ${percent(target.confidence)}`,
      oracle.join('+') || '-',
      inputs,
      acceptable,
      complete ? 'complete' : `missing: ${missing.join(', ')}`,
    ]),
  ]);
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
