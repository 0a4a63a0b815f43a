import type { Circumstances, Features, PlacedBy, Reason, Request } from '../types';
import type { Tier } from '../types-policy';
import { heldTier } from './session';
import type { Choice, Situation } from './strategies/strategy';

/** What a task's policy says of where its requests begin. */
export interface Way {
  /** Tiers of the ladder, in its order. */
  readonly ladder: readonly Tier[];
  /** Place of the task's start on it. */
  readonly startsAt: number;
  /** Ids of the tiers below the one that was certified. */
  readonly uncertified: ReadonlySet<string>;
  /** Where a request of the task wants to begin. */
  readonly choose: (situation: Situation) => Choice;
}

/** One request, and what is open to it now. */
export interface Bound {
  readonly request: Request;
  readonly features: Features;
  readonly situation: Situation;
  /** Tiers that no guard excludes, in the order of the ladder. */
  readonly eligible: readonly [Tier, ...Tier[]];
  readonly circumstances: Circumstances;
  /** In USD, for the whole request, so many of its input tokens being read from the tier's cache. */
  readonly costUsd: (tier: Tier, cachedTokens: number) => number;
}

interface Landing {
  readonly reason: Reason;
  /** Eligible tiers from the one the request begins at up; at least one. */
  readonly ladder: readonly [Tier, ...Tier[]];
}

export interface Beginning extends Landing {
  /** A switch put it there, not the router's choice. */
  readonly bySwitch: boolean;
  /** The switch in force, be it that the request begins as high by itself. */
  readonly placed?: PlacedBy;
  /** Why the task is raised, where the request begins where it does because of that. */
  readonly raised?: string;
}

/**
 * Where a request begins. The person on call comes first, before the session too. A raise is a floor under everything else,
 * start, rule, score and session alike: each of them would send the request to a tier of which something has since been
 * found that speaks against it. What begins as high by itself stays where it is.
 */
export function begin(way: Way, bound: Bound): Beginning {
  const { ladder, choose } = way;
  const { situation, eligible, circumstances } = bound;
  const { override, raised } = circumstances;
  if (override !== undefined && ladder.some(({ id }) => id === override)) {
    return beginning(land(ladder, { tier: override, reason: 'override' }, eligible), true, 'override');
  }
  const usual = land(ladder, choose(situation), eligible);
  if (raised === undefined) return beginning(heldFrom(0, usual, way, bound) ?? usual, false);
  const floor = Math.min(ladder.length - 1, way.startsAt + raised.rungs);
  const lifted = liftedTo(floor, usual, way, bound);
  const held = heldFrom(floor, lifted, way, bound);
  if (held !== undefined || lifted === usual) return beginning(held ?? usual, false, 'raise');
  return Object.assign(beginning(lifted, lifted.ladder[0] !== usual.ladder[0], 'raise'), { raised: raised.reason });
}

function beginning({ reason, ladder }: Landing, bySwitch: boolean, placed?: PlacedBy): Beginning {
  return placed === undefined ? { reason, ladder, bySwitch } : { reason, ladder, bySwitch, placed };
}

/** From the tier that was wanted to the next eligible one above it, or else the nearest below. */
function land(ladder: readonly Tier[], wanted: Choice, eligible: readonly [Tier, ...Tier[]]): Landing {
  const from = ladder.findIndex(({ id }) => id === wanted.tier);
  const [next, ...above] = eligible.filter((tier) => ladder.indexOf(tier) >= from);
  if (next) return { reason: next.id === wanted.tier ? wanted.reason : 'guarded', ladder: [next, ...above] };
  return { reason: 'guarded', ladder: [eligible[eligible.length - 1] ?? eligible[0]] };
}

/** The landing itself, where it does not lie below that place of the ladder. */
function liftedTo(floor: number, landing: Landing, { ladder }: Way, { eligible }: Bound): Landing {
  const tier = ladder[floor];
  if (tier === undefined || ladder.indexOf(landing.ladder[0]) >= floor) return landing;
  return land(ladder, { tier: tier.id, reason: 'raised' }, eligible);
}

/** Where its session keeps the request instead, if it does; never below that place of the ladder. */
function heldFrom(floor: number, landing: Landing, { ladder, uncertified }: Way, bound: Bound): Landing | undefined {
  const { request, features, eligible, circumstances, costUsd } = bound;
  if (circumstances.session === undefined) return undefined;
  const open = floor > 0 ? eligible.filter((tier) => ladder.indexOf(tier) >= floor) : eligible;
  const held = heldTier({ request, features, bound: landing, eligible: open, uncertified, circumstances, costUsd });
  return held && land(ladder, { tier: held.id, reason: 'session' }, eligible);
}
