import type { OperatorState } from '../page-state';

/** Colours of the style sheet, `--tier-1` and so on. */
const COLOURS = 6;

/** Of a tier, by its place in the policy, so that it is the same everywhere on the page; a stranger's is grey. */
export function colourName(tier: string, state: Pick<OperatorState, 'tiers'>): string {
  const place = state.tiers.findIndex(({ id }) => id === tier);
  return place === -1 ? '--tier-other' : `--tier-${(place % COLOURS) + 1}`;
}

/** What a custom property of the style sheet is now, light or dark. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
