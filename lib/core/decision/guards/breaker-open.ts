import { exclude, type Guard } from './candidate';

/** A tier that fails again and again is left alone for a while; a half-open breaker lets calls through one at a time. */
export const breakerOpen: Guard = (candidate) => {
  if (candidate.state?.breaker !== 'open') return undefined;
  const { retryAfterMs } = candidate.state;
  const until = retryAfterMs === undefined ? '' : `; it is tried again in ${Math.ceil(retryAfterMs / 1000)} s`;
  return exclude(candidate, 'breaker-open', `it has failed too often of late, or asked to be left alone${until}`);
};
