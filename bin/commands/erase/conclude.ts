import type { EraseOptions, ErasePorts, Erasure, Remaining } from './erasure';
import type { Ground } from './look-around';
import { notReached } from './not-reached';
import { quietAtMs, settledAtMs } from './settled';

export interface Outcome extends Pick<Erasure, 'dryRun' | 'deleted' | 'renamed' | 'keysRevoked' | 'startedAt'> {
  readonly unsureAccounts: number;
}

/** All that there is to tell of an erasure. */
export function concluded(
  { customer, kind }: EraseOptions,
  { prompts, nowMs }: ErasePorts,
  ground: Ground,
  { unsureAccounts, startedAt, ...outcome }: Outcome,
): Erasure {
  return {
    customer,
    ...outcome,
    remaining: remainingOf(ground, nowMs(), outcome.dryRun),
    hosts: ground.evidence.hosts,
    notReached: notReached({ kind, hasPrompts: prompts !== undefined, unsureAccounts }),
    startedAt,
    finishedAt: new Date(nowMs()).toISOString(),
  };
}

/** What is there now, and what requests may leave that were under way when the last key was revoked. */
function remainingOf({ survey, keys }: Ground, nowMs: number, dryRun: boolean): Remaining {
  const { records, feedback } = survey.recent;
  const revokedMs = keys.map(({ revokedAt }) => Date.parse(revokedAt ?? '')).filter((atMs) => !Number.isNaN(atMs));
  const againMs = Math.max(
    records + feedback > 0 ? settledAtMs(survey.lastMs) : 0,
    ...(dryRun ? [] : revokedMs.map(quietAtMs)),
  );
  return { records, feedback, runAgainAfter: againMs > nowMs ? new Date(againMs).toISOString() : null };
}
