import { exclude, type Guard } from './candidate';

/** A host that does not say how long it keeps prompts is taken to keep them too long. */
export const retention: Guard = (candidate) => {
  const { maxRetentionDays } = candidate.features;
  const { retentionDays } = candidate.tier;
  if (maxRetentionDays === undefined) return undefined;
  if (retentionDays !== undefined && retentionDays <= maxRetentionDays) return undefined;
  const kept = retentionDays === undefined ? 'it does not say how long it does' : `it keeps them ${retentionDays}`;
  return exclude(candidate, 'retention', `prompts may be kept ${maxRetentionDays} days; ${kept}`);
};
