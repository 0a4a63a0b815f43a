import { exclude, type Guard } from './candidate';

/** A key may be limited to some tiers. */
export const key: Guard = (candidate) => {
  const { tiers } = candidate.request.caller;
  if (tiers === undefined || tiers.includes(candidate.tier.id)) return undefined;
  return exclude(candidate, 'key', `the key may use ${tiers.join(', ') || 'no tier'}`);
};
