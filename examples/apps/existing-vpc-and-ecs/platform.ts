import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** Stands for what the team has already. Nothing here knows of the router. */
export class Platform extends Construct {
  readonly vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
  readonly cluster = new ecs.Cluster(this, 'Cluster', { vpc: this.vpc });
  readonly assistant = this.newAssistant();
  /** Servers of vLLM that the team runs, at `models.shop.internal`. */
  readonly modelServers = new ec2.SecurityGroup(this, 'ModelServers', { vpc: this.vpc, allowAllOutbound: false });
  readonly weights = s3.Bucket.fromBucketName(this, 'Weights', 'shop-model-weights');
  readonly key = this.newKey();
  readonly onCall = new sns.Topic(this, 'OnCall', { masterKey: this.key, enforceSSL: true });

  private newAssistant(): ecs.FargateService {
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'AssistantTask');
    taskDefinition.addContainer('assistant', {
      image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/node:24'),
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'assistant' }),
    });
    return new ecs.FargateService(this, 'Assistant', {
      cluster: this.cluster,
      taskDefinition,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
    });
  }

  private newKey(): kms.Key {
    const key = new kms.Key(this, 'Key', { enableKeyRotation: true });
    // Without it alarms would not get through to an encrypted topic.
    key.grantEncryptDecrypt(new iam.ServicePrincipal('cloudwatch.amazonaws.com'));
    return key;
  }
}
