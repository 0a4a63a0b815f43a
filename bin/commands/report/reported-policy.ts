import type { PolicyStore } from '../../../lambda/shared/store/policy-port';
import { describeFault } from '../../../lib/core/policy/fault';
import { validatePolicy } from '../../../lib/core/policy/validate';
import type { Policy } from '../../../lib/core/types-policy';
import type { Terminal } from '../command';
import { readPolicy } from '../read-policy';

export interface ReportedPolicy {
  readonly policy: Policy | undefined;
  readonly notes: readonly string[];
}

/** The policy in force in the store; else that of `file`, as a router would have it. One that cannot be used is left out. */
export async function reportedPolicy(
  policies: PolicyStore,
  file: string | undefined,
  terminal: Terminal,
): Promise<ReportedPolicy> {
  const active = await policies.active();
  const stored = active && (await policies.read(active.version));
  if (stored === undefined) {
    if (file === undefined) return { policy: undefined, notes: [] };
    return { policy: (await readPolicy(file, { unset: 'warning', quiet: true }, terminal)).policy, notes: [] };
  }
  const version = String(stored.version);
  const variables = terminal.environment;
  const result = validatePolicy(stored.document, { version, variables, unset: 'warning', nowMs: Date.now() });
  if (result.ok) return { policy: result.policy, notes: [] };
  const [fault] = result.faults.map((one) => describeFault(one, `policy version ${version}`));
  return { policy: undefined, notes: [`The policy in force cannot be used and is left out: ${fault}`] };
}
