import type { Way } from '../profile/profile-document';
import type { MeasuredTask } from './measured-profile';
import type { Rung } from './scenario';

export interface Along {
  readonly way: Way;
  readonly measured: MeasuredTask;
  /** Tiers of the measured ladder that may be asked. */
  readonly ladder: readonly string[];
  /** What goes up: what did on the way, nothing, or what a check in production, else any, found wrong. */
  readonly climbs: 'played' | 'none' | 'failures';
}

/** Starts and climbs of a way that was played on recorded answers: as many begin on each tier, and as many are answered there. */
export function rungsAlong(along: Along): Rung[] {
  const { way, ladder, measured } = along;
  const starts = startsOn(ladder, measured.ladder, way);
  const isWhole = measured.ladder.every((tier) => ladder.includes(tier) || nothingAt(way, tier));
  const isPlayed = along.climbs === 'played' && isWhole;
  let rising = 0;
  return ladder.map((tier, height) => {
    const start = starts.get(tier) ?? 0;
    const reached = start + rising;
    const isLast = height === ladder.length - 1;
    const wanted = isPlayed && reached > DUST ? 1 - (way.mix[tier] ?? 0) / reached : failing(measured, tier);
    const climb = isLast || along.climbs === 'none' ? 0 : share(wanted);
    rising = reached * climb;
    return { tier, start, climb };
  });
}

/** What sums of shares leave where nothing is left. */
const DUST = 1e-9;

function share(value: number): number {
  return value < DUST ? 0 : Math.min(1, value);
}

function nothingAt({ begins, mix }: Way, tier: string): boolean {
  return !begins[tier] && !mix[tier];
}

function failing({ tiers }: MeasuredTask, tier: string): number {
  const { climb, passRate = 1 } = tiers[tier] ?? {};
  return climb ?? 1 - passRate;
}

/** What began on a tier that may not be asked begins on the next one above it that may, else on the last. */
function startsOn(
  ladder: readonly string[],
  measured: readonly string[],
  { begins }: Way,
): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  for (const [height, tier] of measured.entries()) {
    const at = measured.slice(height).find((one) => ladder.includes(one)) ?? (ladder.at(-1) as string);
    starts.set(at, (starts.get(at) ?? 0) + (begins[tier] ?? 0));
  }
  return starts;
}
