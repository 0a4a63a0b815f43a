import { exclude, type Guard } from './candidate';

export const outputLength: Guard = (candidate) => {
  const { maxOutputTokens } = candidate.tier;
  const { reservedOutputTokens } = candidate.features;
  if (maxOutputTokens === undefined || reservedOutputTokens <= maxOutputTokens) return undefined;
  const needed = `the answer may take ${reservedOutputTokens} tokens`;
  return exclude(candidate, 'output-length', `${needed}; it writes at most ${maxOutputTokens}`);
};
