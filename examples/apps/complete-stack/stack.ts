import { CfnOutput } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { PolicySource, ReferenceStack, Stage } from 'tierwise';

/** The reference stack, with somebody to wake and somebody who may publish. */
export class CompleteStack extends ReferenceStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      stage: Stage.HYBRID,
      policy: PolicySource.fromFile('examples/policies/hybrid.yaml'),
      // What the policy cannot know of a model to deploy. A new version is a rolling rollout.
      models: { small: { version: 'v1' } },
      // The region of the policy's Bedrock tier. The account is that of whoever deploys.
      env: { region: 'eu-central-1' },
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
