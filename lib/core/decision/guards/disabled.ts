import { exclude, type Guard } from './candidate';

export const disabled: Guard = (candidate) =>
  candidate.tier.enabled ? undefined : exclude(candidate, 'disabled', 'it is switched off');
