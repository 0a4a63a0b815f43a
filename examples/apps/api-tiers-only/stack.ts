import { Stack, type StackProps } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { BedrockTier, ExternalApiTier, ExternalProvider, LlmRouter, PolicySource } from 'tierwise';

/** A router over rented models. */
export class ApiTiersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    // Both models of Anthropic share an account there, and so a key.
    const anthropic = new ExternalApiTier(this, 'Anthropic', {
      provider: ExternalProvider.ANTHROPIC,
      apiKey: secretsmanager.Secret.fromSecretNameV2(this, 'AnthropicKey', 'tierwise/anthropic'),
    });
    const router = new LlmRouter(this, 'Router', {
      policy: PolicySource.fromFile('examples/policies/api-only.yaml'),
      tiers: {
        cheap: anthropic,
        // The policy says which model; the permissions follow, in every region of its profile.
        mid: new BedrockTier(this, 'Mid', { region: 'eu-central-1' }),
        frontier: anthropic,
      },
      throttlingRateLimit: 50,
      // Callers of the router need a key of its own; here they sign as well, and bring the key in `x-api-key`.
      authorizationType: apigateway.AuthorizationType.IAM,
      // Once for an account and region; leave it out where API Gateway writes logs already.
      cloudWatchRole: true,
    });

    // This role of the support desk, which exists already, may call.
    router.grantInvoke(iam.Role.fromRoleName(this, 'SupportDesk', 'support-desk'));
  }
}
