import { exclude, type Guard } from './candidate';

/** A model goes away as its date begins, UTC; a date alone is read as UTC by the language itself. */
export const retired: Guard = (candidate) => {
  const { retiresOn } = candidate.tier;
  if (retiresOn === undefined || candidate.nowMs < Date.parse(retiresOn)) return undefined;
  return exclude(candidate, 'retired', `its model went away on ${retiresOn}`);
};
