import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { VllmAdapter, VllmWeights } from '../../../lib/constructs/tiers/vllm-tier';
import { nagFindings } from '../nag';
import { aBench, aBucket, aCaller, aTier, type SomeProps } from './vllm-stack';

/** Findings of the tier; the bucket of the bench is not its own. */
function findingsOf(some: SomeProps): string[] {
  const bench = aBench();
  const tier = aTier(bench, some);
  tier.bind(aCaller(bench), { id: 'small', model: 'llama-3.1-8b-instruct' });
  return nagFindings(bench.stack).filter((finding) => finding.includes(tier.node.path));
}

const KINDS: readonly (readonly [what: string, some: SomeProps])[] = [
  ['as it comes', {}],
  [
    'with weights from the hub',
    ({ stack }) => ({
      weights: VllmWeights.fromHub('org/model', { tokenSecret: Secret.fromSecretNameV2(stack, 'Token', 'token') }),
    }),
  ],
  ['with adapters', ({ weights }) => ({ adapters: [VllmAdapter.fromS3('support', weights, 'adapters', '1')] })],
  ['with an access log', ({ stack }) => ({ accessLogBucket: aBucket(stack, 'Logs') })],
  ['that sleeps', { minReplicas: 0 }],
  [
    'with weights of an imported bucket',
    ({ stack }) => ({ weights: VllmWeights.fromS3(s3.Bucket.fromBucketName(stack, 'Theirs', 'theirs'), 'models') }),
  ],
  [
    'with an encrypted bucket of another stack',
    ({ stack }) => {
      const other = new Stack(stack.node.scope, 'Other');
      const bucket = aBucket(other, 'Theirs', { encryptionKey: new kms.Key(other, 'Key') });
      return { weights: VllmWeights.fromS3(bucket, 'models') };
    },
  ],
];

describe('A VllmTier leaves AwsSolutions nothing to find', () => {
  it.each(KINDS)('%s', (_, some) => {
    expect(findingsOf(some)).toEqual([]);
  });

  it('while a wildcard that nobody has explained is found', () => {
    const bench = aBench();
    const tier = aTier(bench);
    bench.weights.grantRead(tier.service.taskDefinition.taskRole);
    expect(nagFindings(bench.stack)).toContainEqual(
      expect.stringContaining('AwsSolutions-IAM5[Action::s3:GetObject*]'),
    );
  });
});

describe('Its wildcards', () => {
  it('are those of the ECS agent, of the registry and of one folder', () => {
    const bench = aBench();
    aTier(bench);
    const policies = Object.values(Template.fromStack(bench.stack).findResources('AWS::IAM::Policy'));
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const open = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(new Set(open)).toEqual(
      new Set([
        'ecs:Poll',
        'ecs:StartTelemetrySession',
        'ecs:DiscoverPollEndpoint',
        'ecr:GetAuthorizationToken',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
      ]),
    );
  });
});
