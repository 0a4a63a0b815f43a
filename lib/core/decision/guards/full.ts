import { exclude, type Guard } from './candidate';

/** A tier whose queue or limits are full takes nothing more. */
export const full: Guard = (candidate) => {
  const why = candidate.state?.full;
  return why === undefined ? undefined : exclude(candidate, why.reason, why.detail);
};
