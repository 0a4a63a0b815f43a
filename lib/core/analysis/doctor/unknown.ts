import type { Fact, Finding } from './facts';

/** A question without an answer says nothing against the deployment, only that nobody looked. */
export function unknown(
  about: Pick<Finding, 'check' | 'subject'>,
  fact: Fact<unknown> | undefined,
  permission: string,
): Finding {
  const reason = fact === undefined || fact.known ? 'was not asked' : fact.reason;
  return {
    ...about,
    verdict: 'warn',
    evidence: `not known: ${reason}`,
    remedy: `look yourself, or allow ${permission}`,
  };
}
