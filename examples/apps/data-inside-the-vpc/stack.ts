import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { type ITier, LlmRouter, type PolicySource, ResidencyNetwork, VllmTier, VllmWeights } from 'tierwise';

/** What tells one deployment from another. */
export interface RecordsStackProps extends StackProps {
  readonly policy: PolicySource;
}

/** What differs between the two models. */
interface Model {
  readonly name: string;
  readonly instance: string;
  readonly parametersBillions: number;
  readonly contextWindow: number;
}

/** Two models of one's own and a router, in a network that leads nowhere. */
export class RecordsStack extends Stack {
  readonly network = new ResidencyNetwork(this, 'Network');

  private readonly weights = s3.Bucket.fromBucketName(this, 'Weights', 'records-model-weights');
  private readonly metricsImages = ecr.Repository.fromRepositoryName(this, 'MetricsImages', 'cloudwatch-agent');

  constructor(scope: Construct, id: string, { policy, ...props }: RecordsStackProps) {
    super(scope, id, props);
    new LlmRouter(this, 'Router', { policy, tiers: this.tiers(), network: this.network });

    // The API is private: whoever calls it stands in the network too, and has a key that `tierwise key create` made.
    const callers = new ec2.SecurityGroup(this, 'Callers', { vpc: this.network.vpc, allowAllOutbound: false });
    this.network.allowCallers(callers);
  }

  protected tiers(): { [id: string]: ITier } {
    const small = { instance: 'g6e.xlarge', parametersBillions: 8, contextWindow: 32768 };
    const large = { instance: 'g6e.12xlarge', parametersBillions: 70, contextWindow: 65536 };
    return {
      small: this.newModel('Small', { ...small, name: 'llama-3.1-8b-instruct' }),
      large: this.newModel('Large', { ...large, name: 'llama-3.3-70b-instruct' }),
    };
  }

  private newModel(id: string, model: Model): VllmTier {
    const { network, metricsImages, weights } = this;
    const tier = new VllmTier(this, id, {
      vpc: network.vpc,
      vpcSubnets: network.subnets,
      // The network opens what instances and tasks need, below.
      httpsTo: [],
      instanceType: new ec2.InstanceType(model.instance),
      model: model.name,
      modelVersion: 'v1',
      weights: VllmWeights.fromS3(weights, `weights/${model.name}`),
      parametersBillions: model.parametersBillions,
      contextWindow: model.contextWindow,
      toolCallParser: 'llama3_json',
      minReplicas: 2,
      maxReplicas: 4,
      // A copy of one's own: public registries cannot be reached. That of vLLM can, as it is a private one of AWS.
      metricsImage: ecs.ContainerImage.fromEcrRepository(metricsImages, '1.300062.0b1304'),
    });
    network.forContainerInstances({ connections: tier.instanceConnections });
    network.forVllm(tier, { weightsBucket: weights, weightsPrefix: 'weights/' });
    return tier;
  }
}
