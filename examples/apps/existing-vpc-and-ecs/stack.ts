import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import {
  BedrockTier,
  ExternalApiTier,
  ExternalProvider,
  type ITier,
  LlmRouter,
  PolicySource,
  TierLocation,
  VllmTier,
  VllmWeights,
} from 'tierwise';
import { Platform } from './platform';

/** The app of a shop, whose assistant asks the router from now on. */
export class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const platform = new Platform(this, 'Platform');

    const router = new LlmRouter(this, 'Router', {
      policy: PolicySource.fromFile('examples/policies/self-hosted.yaml'),
      tiers: this.tiers(platform),
      vpc: platform.vpc,
      encryptionKey: platform.key,
      alarmTopic: platform.onCall,
      alarmNamePrefix: 'shop-llm',
    });
    // A tier by address opens no way of its own inside the VPC.
    router.connections.allowTo(platform.modelServers, ec2.Port.tcp(8000), 'Requests for tier large');

    const assistant = platform.assistant.taskDefinition.defaultContainer;
    assistant?.addEnvironment('LLM_URL', `${router.url}v1`);
    // Made by `tierwise key create --customer assistant --stack Shop`, and put there by whoever made it.
    const key = secretsmanager.Secret.fromSecretNameV2(this, 'AssistantKey', 'shop/assistant-llm-key');
    assistant?.addSecret('LLM_KEY', ecs.Secret.fromSecretsManager(key));
  }

  private tiers({ vpc, cluster, weights }: Platform): { [id: string]: ITier } {
    return {
      // Joins the cluster as a service on GPU instances of its own capacity provider.
      small: new VllmTier(this, 'Small', {
        vpc,
        cluster,
        instanceType: new ec2.InstanceType('g6e.xlarge'),
        model: 'llama-3.1-8b-instruct',
        modelVersion: 'v1',
        weights: VllmWeights.fromS3(weights, 'llama-3.1-8b-instruct'),
        parametersBillions: 8,
        contextWindow: 32768,
        toolCallParser: 'llama3_json',
        minReplicas: 2,
        maxReplicas: 6,
      }),
      // A server that is there already and speaks OpenAI's dialect.
      large: new ExternalApiTier(this, 'Large', {
        provider: ExternalProvider.OPENAI_COMPATIBLE,
        baseUrl: 'http://models.shop.internal:8000/v1',
        location: TierLocation.VPC,
      }),
      overflow: new BedrockTier(this, 'Overflow', { region: 'eu-central-1' }),
    };
  }
}
