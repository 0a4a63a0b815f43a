import type { Circumstances, Features, Reason, Request } from '../types';
import type { SessionStanding } from '../types-live';
import type { Tier } from '../types-policy';

/** How long a host's prompt cache keeps what nobody reads: 5 minutes at Anthropic, 5 to 10 at OpenAI. */
const CACHED_PREFIX_MS = 5 * 60_000;
/** A tool may take its time: its result still belongs to the tier that asked for it. */
const TOOL_LOOP_MS = 60 * 60_000;

/** What a decision holds against a session's standing. */
export interface Pull {
  readonly request: Request;
  readonly features: Features;
  /** Why the request goes where it goes otherwise: to the first of these. */
  readonly bound: { readonly reason: Reason; readonly ladder: readonly [Tier, ...Tier[]] };
  /** Tiers that it may stay on, in the order of the ladder. */
  readonly eligible: readonly Tier[];
  /** Ids of tiers from which no price keeps it from moving up. */
  readonly uncertified: ReadonlySet<string>;
  readonly circumstances: Pick<Circumstances, 'nowMs' | 'session'>;
  /** In USD, for the whole request, so many of its input tokens being read from the tier's cache. */
  readonly costUsd: (tier: Tier, cachedTokens: number) => number;
}

/**
 * The tier on which a session stays instead of going where the request is bound, or undefined. A tool loop stays with the
 * tier that made the call. Otherwise moves up happen, save one between certified tiers that only looks for the cheapest; every
 * other move happens where the request costs less on the new tier, which reads all of it anew, than on the old one with its
 * cache.
 */
export function heldTier({
  request,
  features,
  bound,
  eligible,
  uncertified,
  circumstances,
  costUsd,
}: Pull): Tier | undefined {
  const { session, nowMs } = circumstances;
  if (session === undefined) return undefined;
  const standsAt = eligible.findIndex(({ id }) => id === session.tier);
  const stands = eligible[standsAt];
  const [first] = bound.ladder;
  if (stands === undefined || stands === first) return undefined;
  const ageMs = nowMs - session.atMs;
  if (isToolLoop(request)) return ageMs <= TOOL_LOOP_MS ? stands : undefined;
  if (ageMs > CACHED_PREFIX_MS) return undefined;
  const rises = eligible.indexOf(first) > standsAt;
  if (rises && (bound.reason !== 'score-cheapest' || uncertified.has(stands.id))) return undefined;
  return costUsd(first, 0) < costUsd(stands, cachedTokens(session, features)) ? undefined : stands;
}

/** A tool's result is what the request brings, or calls were the last that the assistant said. */
function isToolLoop({ body }: Request): boolean {
  if (body.messages[body.messages.length - 1]?.role === 'tool') return true;
  const said = body.messages.findLast(({ role }) => role === 'assistant');
  return (said?.tool_calls?.length ?? 0) > 0;
}

/** Of this prompt: no more than was read last time, and no more than may have been sent before. */
function cachedTokens({ contextTokens }: SessionStanding, { inputTokens, dimensions }: Features): number {
  return Math.min(contextTokens, (inputTokens * dimensions.cacheHit) / 10);
}
