import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { PolicySource } from '../constructs/policy-source';
import { BedrockTier } from '../constructs/tiers/bedrock-tier';
import { ExternalApiTier, type ExternalProvider } from '../constructs/tiers/external-api-tier';
import type { ITier, TierLocation } from '../constructs/tiers/tier';
import type { Tier } from '../core/types-policy';

/** A model that is rented: of Amazon Bedrock, or behind an API whose key lies in Secrets Manager. */
export function cloudTier(scope: Construct, tier: Tier, policy: PolicySource): ITier {
  return tier.provider === 'bedrock' ? bedrockTier(scope, tier) : externalTier(scope, tier, policy);
}

function bedrockTier(scope: Construct, tier: Tier): ITier {
  const { id, model, profile, region, guardrail } = tier;
  return new BedrockTier(scope, `Tier-${id}`, {
    modelId: model,
    ...(profile !== undefined && { inferenceProfile: profile }),
    ...(region !== undefined && { region }),
    ...(guardrail && { guardrail: { id: guardrail.id, version: guardrail.version } }),
  });
}

function externalTier(scope: Construct, tier: Tier, policy: PolicySource): ITier {
  const { id, provider, baseUrl, apiKeySecret, location, geography } = tier;
  if (takesWrittenKey(policy, id)) {
    throw new Error(
      `tier ${id} of policy ${policy._policy.id} takes its key from apiKey, which would stand in the function's environment; name a secret with apiKeySecret`,
    );
  }
  if (apiKeySecret?.includes('${')) {
    throw new Error(
      `tier ${id} of policy ${policy._policy.id} reads the name of its secret from a variable without a default, so nobody knows what the router may read; write apiKeySecret: \${NAME:-the name of the secret}`,
    );
  }
  const named = apiKeySecret === undefined ? undefined : secretOf(scope, id, apiKeySecret);
  return new ExternalApiTier(scope, `Tier-${id}`, {
    provider: provider as ExternalProvider,
    location: location as TierLocation,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(geography !== undefined && { geography }),
    ...(named && { apiKey: named }),
  });
}

/** As the document has it: a variable that is empty now may be filled later. */
function takesWrittenKey({ _document: document }: PolicySource, id: string): boolean {
  const { tiers } = document as { readonly tiers: Readonly<Record<string, { readonly apiKey?: unknown }>> };
  return tiers[id]?.apiKey !== undefined;
}

function secretOf(scope: Construct, tier: string, nameOrArn: string): secretsmanager.ISecret {
  const id = `Secret-${tier}`;
  if (nameOrArn.startsWith('arn:')) return secretsmanager.Secret.fromSecretCompleteArn(scope, id, nameOrArn);
  return secretsmanager.Secret.fromSecretNameV2(scope, id, nameOrArn);
}
