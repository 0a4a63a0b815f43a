import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { PolicySource, ReferenceStack, Stage } from 'tierwise';

/** The region of the policy's Bedrock tier. The account is that of whoever deploys. */
const ENVIRONMENT = { region: 'eu-central-1' };

/** Where weights lie before there is a model to load them. */
export class WeightsStack extends Stack {
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id, { env: ENVIRONMENT });
    this.bucket = new s3.Bucket(this, 'Bucket', { enforceSSL: true, versioned: true });
    new CfnOutput(this, 'BucketName', { value: this.bucket.bucketName });
  }
}

/** The reference stack, with somebody to wake and somebody who may publish. */
export class CompleteStack extends ReferenceStack {
  constructor(scope: Construct, id: string, weightsBucket: s3.IBucket) {
    super(scope, id, {
      stage: Stage.HYBRID,
      policy: PolicySource.fromFile('examples/policies/hybrid.yaml'),
      // Another version is a rolling rollout, once its weights are in the bucket.
      models: { small: { version: 'v1' } },
      weightsBucket,
      env: ENVIRONMENT,
      terminationProtection: true,
    });

    // AWS asks the address to confirm; until then no alarm reaches it.
    this.alarmTopic.addSubscription(new subscriptions.EmailSubscription('llm-on-call@example.com'));

    // Taken by the pipeline that runs `tierwise publish`. It may write policies and nothing else.
    const publisher = new iam.Role(this, 'Publisher', {
      assumedBy: new iam.AccountRootPrincipal(),
      description: 'Publishes policies of the router',
    });
    this.router.grantPublish(publisher);
    new CfnOutput(this, 'PublisherRole', { value: publisher.roleArn });
  }
}
