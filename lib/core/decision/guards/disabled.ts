import { exclude, type Guard } from './candidate';

export const disabled: Guard = (candidate) => {
  if (!candidate.tier.enabled) return exclude(candidate, 'disabled', 'it is switched off');
  return candidate.switchedOff ? exclude(candidate, 'disabled', 'it is switched off for now') : undefined;
};
