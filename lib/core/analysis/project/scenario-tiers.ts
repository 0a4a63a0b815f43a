import { priceInForce } from '../../price-in-force';
import type { Policy, Tier } from '../../types-policy';
import { meanLatencyMs } from './formulas';
import { ImpossibleProjection } from './impossible';
import type { MeasuredProfile } from './measured-profile';
import { priceOf } from './price-of';
import type { ScenarioTier } from './scenario';

interface Tiers {
  readonly tiers: Readonly<Record<string, ScenarioTier>>;
  readonly notes: readonly string[];
}

/** What the constructs start where nothing is said. */
const DEFAULT_REPLICAS = { min: 1, max: 2 } as const;

/** The policy's tiers at the price of the day; without a policy those of the profile at the price they were measured at. */
export function tiersOf(profile: MeasuredProfile, policy: Policy | undefined, atMs: number): Tiers {
  if (policy === undefined) return fromProfile(profile, atMs);
  const tiers = Object.values(policy.tiers).map((tier) => [tier.id, fromPolicy(profile, tier, atMs)] as const);
  const measured = Object.keys(profile.tiers);
  const changed = measured.filter((id) => {
    const tier = policy.tiers[id];
    return tier !== undefined && profile.tiers[id]?.model !== tier.model;
  });
  return {
    tiers: Object.fromEntries(tiers),
    notes: changed.map((id) => `${id} was profiled with another model (${profile.tiers[id]?.model}); profile it again`),
  };
}

function fromPolicy(profile: MeasuredProfile, tier: Tier, atMs: number): ScenarioTier {
  const price = priceInForce(tier, atMs);
  const { min = DEFAULT_REPLICAS.min, max = Math.max(DEFAULT_REPLICAS.max, min) } = tier.gpu ?? {};
  return {
    id: tier.id,
    model: tier.model,
    price,
    ...(price.kind === 'gpu' && { replicas: { min, max } }),
    retries: tier.retries > 0,
    latencyMs: latencyOf(profile, tier.id),
  };
}

function fromProfile(profile: MeasuredProfile, atMs: number): Tiers {
  const tiers = Object.entries(profile.tiers).map(([id, { model, price }]) => {
    const read = priceOf(price, atMs);
    if (read === undefined) throw new ImpossibleProjection(`tiers.${id}.price is no price; name a policy that has one`);
    const replicas = read.kind === 'gpu' ? { replicas: DEFAULT_REPLICAS } : {};
    const tier: ScenarioTier = {
      id,
      model,
      price: read,
      ...replicas,
      retries: true,
      latencyMs: latencyOf(profile, id),
    };
    return [id, tier] as const;
  });
  if (tiers.length === 0) throw new ImpossibleProjection('the profile has no tiers');
  const note =
    'no policy was given: prices are those of the profile, the mix that of its corpus, and residency is not looked at';
  return { tiers: Object.fromEntries(tiers), notes: [note] };
}

function latencyOf(profile: MeasuredProfile, id: string): number {
  const measured = profile.tiers[id];
  return measured === undefined ? 0 : meanLatencyMs(measured.latencyMs);
}
