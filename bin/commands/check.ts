import { counted, shortPercent } from '../../lib/core/figures';
import { type AuditRow, auditPolicy } from '../../lib/core/policy/audit';
import { codeDoubts } from '../../lib/core/policy/certificate-code';
import { describeFault, type Fault } from '../../lib/core/policy/fault';
import { createFindings } from '../../lib/core/policy/findings';
import { readText } from '../../lib/core/policy/read-text';
import type { Policy } from '../../lib/core/types-policy';
import { codeDigests } from '../profile/code-digests';
import { JSON_OPTION, type RegisterCommand, sourceName, table, UserError } from './command';
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
      const read = await readPolicy(file, { unset: 'warning', quiet: json === true }, terminal);
      const { policy } = read;
      const doubts = codeWarnings(policy, file, read.text);
      if (!json) for (const doubt of doubts) terminal.err(`warning: ${describeFault(doubt, sourceName(file))}`);
      const warnings = [...read.warnings, ...doubts];
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

/** What only someone beside the modules can see: whether the code that judges is still the code that judged. */
function codeWarnings(policy: Policy, file: string, text: string): readonly Fault[] {
  const digests = codeDigests(policy, Object.keys(policy.tasks), file);
  const findings = createFindings(readText(text).locate);
  for (const task of Object.values(policy.tasks)) {
    for (const { isVoid, message } of codeDoubts(task, digests)) {
      const again = isVoid ? ': the certificate is void; profile the task again' : '';
      findings.warn(['tasks', task.id, 'certificate'], `${message}${again}`);
    }
  }
  return findings.warnings;
}

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
      `${shortPercent(target.passRate)} at ${shortPercent(target.confidence)}`,
      oracle.join('+') || '-',
      inputs,
      acceptable,
      complete ? 'complete' : `missing: ${missing.join(', ')}`,
    ]),
  ]);
}
