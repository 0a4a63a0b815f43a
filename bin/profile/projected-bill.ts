import type { ReportExtras } from '../../lib/core/analysis/profile/report/report-extras';
import type { FullProfile } from '../../lib/core/analysis/profile/run/assemble-profile';
import { project } from '../../lib/core/analysis/project';
import { ImpossibleProjection } from '../../lib/core/analysis/project/impossible';
import { parsePolicy } from '../../lib/core/policy/parse';
import type { Undertaking } from './undertaking';

/** Of no one's traffic: only to show what the bill is made of. */
const EXAMPLE_VOLUME = 1_000_000;

/**
 * A month's bill of the profiled policy for the report, as `tierwise project` would have it; none where nothing measured can
 * be projected.
 */
export function projectedBill(
  profiledText: string,
  { policy: profiledOf, volume, terminal }: Pick<Undertaking, 'policy' | 'volume' | 'terminal'>,
  profile: FullProfile,
  atMs: number,
): Pick<ReportExtras, 'projection' | 'exampleVolume'> {
  const read = parsePolicy(profiledText, { variables: terminal.environment, unset: 'warning' });
  const policy = read.ok ? read.policy : profiledOf;
  const known = volume ?? (policy.traffic?.monthlyRequests || undefined);
  try {
    const projection = project(profile, { volume: known ?? EXAMPLE_VOLUME, policy, atMs });
    return { projection, ...(known === undefined && { exampleVolume: true }) };
  } catch (error) {
    if (error instanceof ImpossibleProjection) return {};
    throw error;
  }
}
