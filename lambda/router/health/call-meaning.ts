import type { FailureCause } from '../../../lib/core/errors';
import type { CallEnded } from '../../../lib/core/types-live';
import type { Tier } from '../../../lib/core/types-policy';

/**
 * What a call's end says about its tier. `answers`: it works, be the answer a refusal. `fails`: it does not. `busy`: it
 * works and has no room. `nothing`: the end had nothing to do with it.
 */
export type CallMeaning = 'answers' | 'fails' | 'busy' | 'nothing';

const MEANINGS: Readonly<Record<FailureCause, CallMeaning>> = {
  'rate-limited': 'busy',
  overloaded: 'busy',
  'server-error': 'fails',
  unreachable: 'fails',
  'connect-timeout': 'fails',
  'first-token-timeout': 'fails',
  'stall-timeout': 'fails',
  'total-timeout': 'fails',
  cut: 'fails',
  malformed: 'fails',
  // A caller's own limit or stop words make as many of these as it likes, and the breaker is everybody's.
  empty: 'nothing',
  auth: 'fails',
  'unknown-model': 'fails',
  'context-length': 'answers',
  'content-filter': 'answers',
  'invalid-request': 'answers',
  diverged: 'answers',
  aborted: 'nothing',
};

/** More than timers and clocks differ by. */
const SLACK_MS = 10;

export function meaningOf({ cause, latencyMs }: CallEnded, { timeouts }: Tier): CallMeaning {
  if (cause === undefined) return 'answers';
  // A caller in a hurry, or a request near its deadline, gave up sooner than the policy asks the tier to answer.
  if (cause === 'first-token-timeout' && latencyMs < timeouts.firstTokenMs - SLACK_MS) return 'nothing';
  if (cause === 'total-timeout' && latencyMs < timeouts.totalMs - SLACK_MS) return 'nothing';
  return Object.hasOwn(MEANINGS, cause) ? MEANINGS[cause as FailureCause] : 'nothing';
}
