import type { Baseline, RouteKind } from '../../types-policy';
import type { MeasuredTask } from './measured-profile';
import type { Rung } from './scenario';

/** What is known of how a task's requests spread over its ladder. */
export interface Spread {
  /** Tiers of the ladder that may be asked. */
  readonly ladder: readonly string[];
  readonly route: RouteKind;
  /** Where a request begins when nothing else is known. */
  readonly start: string;
  readonly baseline: Baseline;
  readonly profile: MeasuredTask;
  /** Whether the profile tells how many answers a check in production sends up; where it does, no word means none. */
  readonly tellsClimbs: boolean;
}

/**
 * Starts and climbs of a ladder. The first tier's are the baseline's own; above it as many answers go up as the checks of
 * production sent up in profiling, and as many requests begin there as make the baseline's mix of answers. Without a
 * baseline everything begins at the certified tier, else at the task's start, and goes up as in profiling. A profile that
 * does not tell of those checks is read by its pass rates, which are stricter.
 */
export function rungsOf(spread: Spread): Rung[] {
  const { ladder, baseline } = spread;
  const climbs = ladder.map((tier) => failureRate(spread, tier));
  if (!known(baseline)) return beginAt(spread, climbs);
  const first = firstRung(spread, climbs[0] ?? 0);
  return spreadAbove(spread, first, climbs);
}

export function known({ mix, climbRate, escalationRate, upRouteRate }: Baseline): boolean {
  return [mix, climbRate, escalationRate, upRouteRate].some((part) => part !== undefined);
}

function failureRate({ route, profile, ladder, tellsClimbs }: Spread, tier: string): number {
  if (route === 'static' || tier === ladder.at(-1)) return 0;
  const { climb, passRate = 1 } = profile.tiers[tier] ?? {};
  return climb ?? (tellsClimbs ? 0 : 1 - passRate);
}

function beginAt({ ladder, start, profile: { certified } }: Spread, climbs: readonly number[]): Rung[] {
  const certificate = 'tier' in certified && ladder.includes(certified.tier) ? certified : undefined;
  const begin = certificate?.tier ?? (ladder.includes(start) ? start : ladder[0]);
  return ladder.map((tier, index) => {
    const accepted = tier === certificate?.tier ? certificate.accepted : undefined;
    const climb = accepted === undefined || tier === ladder.at(-1) ? (climbs[index] ?? 0) : 1 - accepted;
    return { tier, start: tier === begin ? 1 : 0, climb };
  });
}

/** Share that begins on the first tier, and share of these that climbs. */
interface First {
  readonly start: number;
  readonly climb: number;
}

function firstRung({ ladder, baseline }: Spread, failing: number): First {
  if (ladder.length === 1) return { start: 1, climb: 0 };
  const { climbRate, upRouteRate, escalationRate, mix } = baseline;
  const answered = mix?.[ladder[0] as string] ?? 0;
  const climbed = climbRate ?? (escalationRate === undefined ? undefined : escalationRate - (upRouteRate ?? 0));
  if (climbed === undefined) {
    const start = upRouteRate === undefined ? ratio(answered, 1 - failing) : 1 - upRouteRate;
    return { start: share(start), climb: failing };
  }
  const above = upRouteRate ?? (escalationRate !== undefined ? escalationRate - climbed : 1 - answered - climbed);
  const start = share(1 - above);
  return { start, climb: share(ratio(climbed, start)) };
}

/** Fills the ladder from below: on each tier so many begin as its share of answers needs beside those that come up. */
function spreadAbove({ ladder, baseline }: Spread, first: First, climbs: readonly number[]): Rung[] {
  const rungs: Rung[] = [{ tier: ladder[0] as string, ...first }];
  let unplaced = 1 - first.start;
  let rising = first.start * first.climb;
  for (let index = 1; index < ladder.length; index += 1) {
    const tier = ladder[index] as string;
    const climb = climbs[index] ?? 0;
    const last = index === ladder.length - 1;
    const needed = ratio(baseline.mix?.[tier] ?? 0, 1 - climb) - rising;
    const start = last ? unplaced : Math.min(unplaced, Math.max(0, needed));
    rungs.push({ tier, start, climb });
    unplaced -= start;
    rising = (rising + start) * climb;
  }
  return rungs;
}

function ratio(part: number, whole: number): number {
  return whole <= 0 ? 0 : part / whole;
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}
