import { voidCertificates } from '../../lib/core/policy/certificate';
import type { Policy } from '../../lib/core/types-policy';

/** By task: what made its certificate void. */
export function certificateFaultsOf(policy: Policy): Readonly<Record<string, string>> {
  const faults = voidCertificates(policy).map(({ task, faults: found }) => {
    return [task, found.map(({ message }) => message).join('; ')] as const;
  });
  return Object.fromEntries(faults);
}
