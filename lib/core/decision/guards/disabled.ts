import { exclude, type Guard } from './candidate';

export const disabled: Guard = (candidate) => {
  if (!candidate.tier.enabled) return exclude(candidate, 'disabled', 'it is switched off');
  const why = candidate.switchedOff;
  return why === undefined ? undefined : exclude(candidate, 'disabled', `it is switched off for now: ${why}`);
};
