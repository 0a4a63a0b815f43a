import { Token } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { PolicySource } from '../policy-source';
import { refuseOutsideTiers } from '../residency/refuse-outside-tiers';
import type { ResidencyNetwork } from '../residency-network';
import type { RouterFunction } from '../router-function';
import type { RouterTables } from '../router-tables';
import { BedrockTier } from '../tiers/bedrock-tier';
import type { ITier } from '../tiers/tier';

/** A router that stands in a network without a way out. */
export interface Resident {
  readonly policy: PolicySource;
  readonly function: RouterFunction;
  readonly tables: RouterTables;
  readonly tiers: Readonly<Record<string, ITier>>;
}

/** Refuses tiers that would carry prompts outside, and opens the network for what the router needs, and no further. */
export function settleInNetwork(scope: Construct, network: ResidencyNetwork, resident: Resident): void {
  const { policy, function: router, tables, tiers } = resident;
  refuseOutsideTiers(policy._policy, router._bindings, network);
  const models = Object.values(tiers).filter((tier) => tier instanceof BedrockTier);
  const environment = network.forRouter(router, {
    tables: [tables.policyTable, tables.attributionTable, tables.accessTable],
    secrets: secretsOf(scope, router),
    modelArns: models.flatMap((tier) => tier.modelArns),
    guardrailArns: models.flatMap((tier) => tier.guardrailArns),
  });
  for (const [name, value] of Object.entries(environment)) router.addEnvironment(name, value);
}

/** The secrets that tiers told the router to read. */
function secretsOf(scope: Construct, router: RouterFunction): secretsmanager.ISecret[] {
  const imported = new Construct(scope, 'Secrets');
  return Object.entries(router._bindings).flatMap(([tier, { apiKeySecret }]) => {
    if (apiKeySecret === undefined) return [];
    const isArn = Token.isUnresolved(apiKeySecret) || apiKeySecret.startsWith('arn:');
    return [
      isArn
        ? secretsmanager.Secret.fromSecretCompleteArn(imported, tier, apiKeySecret)
        : secretsmanager.Secret.fromSecretNameV2(imported, tier, apiKeySecret),
    ];
  });
}
