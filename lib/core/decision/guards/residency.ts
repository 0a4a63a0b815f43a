import { LOCATIONS, RESIDENCIES, type Residency, type Tier } from '../../types-policy';
import { exclude, type Guard } from './candidate';

function admits(residency: Residency, tier: Tier, geography: string | undefined): boolean {
  const distance = LOCATIONS.indexOf(tier.location);
  // A word that is neither's is refused.
  if (distance === -1 || distance > RESIDENCIES.indexOf(residency)) return false;
  const anotherGeography = tier.geography === undefined || tier.geography !== geography;
  return !(residency === 'geography' && tier.location === 'geography' && anotherGeography);
}

function place({ location, geography }: Tier): string {
  return location === 'geography' ? `geography ${geography ?? '(unnamed)'}` : location;
}

/** A prompt travels no further than its request allows, and to a geography only where it is the policy's own. */
export const residency: Guard = (candidate) => {
  const { tier, features, geography } = candidate;
  if (admits(features.residency, tier, geography)) return undefined;
  const allowed = features.residency === 'geography' ? `geography ${geography ?? '(unnamed)'}` : features.residency;
  return exclude(candidate, 'residency', `prompts may travel as far as ${allowed}; it is in ${place(tier)}`);
};
