import { Token } from 'aws-cdk-lib';
import {
  type DeployedTier,
  type Deployment,
  fixedResidency,
  type PromptPlace,
  wideningFaults,
} from '../../core/policy/deployment';
import { describeFault } from '../../core/policy/fault';
import { parsePolicy } from '../../core/policy/parse';
import type { Policy, Tier } from '../../core/types-policy';
import type { PolicySource } from '../policy-source';
import type { TierBinding } from '../tiers/tier';
import { StandIns } from './stand-ins';

/** A router's function as far as a policy meets it: its tiers, its region, its variables. Values may be tokens. */
export interface DeployedFunction {
  readonly policy: PolicySource;
  readonly bindings: Readonly<Record<string, TierBinding>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly region: string;
  /** Where prompts are kept, if a policy wants them to be. */
  readonly prompts?: PromptPlace;
}

/** What the router is told that no policy may widen. */
export function deploymentOf({ policy, bindings, variables, region, prompts }: DeployedFunction): Deployment {
  const parsed = parse(policy, variables, new StandIns());
  const tiers = Object.entries(bindings).map(([id, binding]) => [id, deployedTier(binding, region)] as const);
  return fixed(parsed.ok ? parsed.policy : policy._policy, region, Object.fromEntries(tiers), prompts);
}

/** What a binding fixes for a tier. */
export function deployedTier(binding: TierBinding, ownRegion: string): DeployedTier {
  const { provider, baseUrl, location, geography, region, models } = binding;
  return {
    provider,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(region !== undefined && region !== ownRegion && { region }),
    ...(models !== undefined && { models }),
    location,
    ...(geography !== undefined && { geography }),
  };
}

/** Everything that would keep the router from starting with its own policy, as far as it is known before it is deployed. */
export function startFaults({ policy, bindings, variables, region, prompts }: DeployedFunction): string[] {
  const standIns = new StandIns();
  const parsed = parse(policy, variables, standIns);
  if (!parsed.ok) return parsed.faults.map((fault) => describeFault(fault));
  const tiers = Object.entries(bindings).map(([id, binding]) => {
    const tier = parsed.policy.tiers[id] as Tier;
    return [id, knownTier(binding, region, tier, standIns)] as const;
  });
  const place = prompts && { bucket: standIns.of(prompts.bucket), key: standIns.of(prompts.key) };
  const deployment = fixed(parsed.policy, region, Object.fromEntries(tiers), place);
  return wideningFaults(parsed.policy, deployment).map((fault) => describeFault(fault));
}

/** As deployed, with what is not known yet as the policy says it. */
function knownTier(binding: TierBinding, ownRegion: string, tier: Tier, standIns: StandIns): DeployedTier {
  const { baseUrl, region, models, ...deployed } = deployedTier(binding, ownRegion);
  const known = Token.isUnresolved(binding.region) ? tier.region : region;
  return {
    ...deployed,
    ...(baseUrl !== undefined && { baseUrl: standIns.of(baseUrl) }),
    ...(known !== undefined && { region: known }),
    ...(models !== undefined && {
      models: models.map((model) => (Token.isUnresolved(model) ? (tier.profile ?? tier.model) : model)),
    }),
  };
}

function fixed(
  policy: Policy,
  region: string,
  tiers: Readonly<Record<string, DeployedTier>>,
  prompts: PromptPlace | undefined,
): Deployment {
  const { geography } = policy;
  return {
    region,
    ...(geography !== undefined && { geography }),
    tiers,
    residency: fixedResidency(policy),
    ...(prompts !== undefined && { prompts }),
  };
}

function parse(policy: PolicySource, variables: Readonly<Record<string, string>>, standIns: StandIns) {
  const known = Object.entries(variables).map(([name, value]) => [name, standIns.of(value)]);
  return parsePolicy(policy._text, { variables: Object.fromEntries(known), unset: 'fault', nowMs: Date.now() });
}
