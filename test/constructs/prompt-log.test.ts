import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { LlmRouter } from '../../lib/constructs/llm-router';
import { PolicySource } from '../../lib/constructs/policy-source';
import { PromptLog } from '../../lib/constructs/prompt-log';
import { ResidencyNetwork } from '../../lib/constructs/residency-network';
import { PROMPT_DAYS } from '../../lib/core/policy/prompt-days';
import { aCaller, statementsOf as callersStatements } from '../contracts/tier-contract';
import { aRouter, environmentOf, THREE_TIERS, threeTiers } from './a-router';
import { aStack, resources } from './a-stack';
import { nagFindings } from './nag';

const KEEPING = `${THREE_TIERS}attribution: { prompts: { kmsKey: "\${PROMPT_KEY}", owner: data office, expires: ${inDays(90)} } }\n`;

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

function statementsOf(stack: Stack) {
  const policies = resources(stack, 'AWS::IAM::Policy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  return policies.filter(({ Action }) => /^(s3|kms):/.test([Action].flat()[0]));
}

describe('PromptLog', () => {
  it('is a bucket of its own key, closed to the public, which empties its folders', () => {
    const stack = aStack();
    new PromptLog(stack, 'Prompts');
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: Match.anyValue() },
          },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: Match.absent(),
      LifecycleConfiguration: {
        Rules: PROMPT_DAYS.map((days) =>
          Match.objectLike({ Prefix: `keep-${days}-days/`, ExpirationInDays: days, Status: 'Enabled' }),
        ),
      },
    });
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
  });

  it('takes your key and your bucket for access logs, and goes with the stack where you say so', () => {
    const stack = aStack();
    new PromptLog(stack, 'Prompts', {
      key: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:111122223333:key/mine'),
      accessLogBucket: s3.Bucket.fromBucketName(stack, 'Logs', 'logs'),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.hasResourceProperties('AWS::S3::Bucket', { LoggingConfiguration: { DestinationBucketName: 'logs' } });
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  });

  it('lets a router put prompts, and neither read nor delete them', () => {
    const stack = aStack();
    aRouter(stack, { promptLog: new PromptLog(stack, 'Prompts') });
    expect(statementsOf(stack).map(({ Action }) => Action)).toEqual(['s3:PutObject', 'kms:GenerateDataKey']);
    expect(nagFindings(stack)).toEqual([]);
  });

  it('tells the router where, and the policy which key', () => {
    const stack = aStack();
    aRouter(stack, { text: KEEPING, promptLog: new PromptLog(stack, 'Prompts') });
    const { PROMPT_KEY = '', TIERWISE_DEPLOYMENT = '' } = environmentOf(stack);
    expect(PROMPT_KEY).toMatch(/^<PromptsKey.*\.Arn>$/);
    const { prompts } = JSON.parse(TIERWISE_DEPLOYMENT);
    expect(prompts).toEqual({ bucket: expect.stringMatching(/^<PromptsBucket/), key: PROMPT_KEY });
  });
});

describe('a router without a place for prompts', () => {
  it('is told of none, and refuses to be deployed with a policy that wants them kept', () => {
    const stack = aStack();
    const router = aRouter(stack, { text: KEEPING.replace('${PROMPT_KEY}', 'mine') });
    expect(router.node.validate()).toEqual([
      'attribution.prompts: this deployment has no place for prompts, so none may be kept',
    ]);
    const silent = aStack();
    expect(aRouter(silent).node.validate()).toEqual([]);
    expect(environmentOf(silent)).not.toHaveProperty('PROMPT_KEY');
    expect(JSON.parse(environmentOf(silent).TIERWISE_DEPLOYMENT ?? '')).not.toHaveProperty('prompts');
  });

  it('refuses a policy that names another key than that of its place', () => {
    const stack = aStack();
    const promptLog = new PromptLog(stack, 'Prompts');
    const router = aRouter(stack, { text: KEEPING.replace('${PROMPT_KEY}', 'alias/mine'), promptLog });
    expect(router.node.validate()).toEqual([expect.stringContaining('is another key than that of the deployment')]);
    const sound = aStack();
    expect(aRouter(sound, { text: KEEPING, promptLog: new PromptLog(sound, 'Prompts') }).node.validate()).toEqual([]);
  });
});

describe('LlmRouter', () => {
  it('hands the place for prompts to its function, and takes none in a network without a way out', () => {
    const stack = aStack();
    const props = { policy: PolicySource.fromText(THREE_TIERS), tiers: { ...threeTiers(stack) } };
    const promptLog = new PromptLog(stack, 'Prompts');
    new LlmRouter(stack, 'Router', { ...props, promptLog });
    expect(environmentOf(stack)).toHaveProperty('PROMPT_KEY');
    const network = new ResidencyNetwork(stack, 'Network');
    expect(() => new LlmRouter(stack, 'Resident', { ...props, promptLog, network })).toThrow(
      'promptLog cannot be given together with network: a bucket lies outside it, and prompts may not leave it',
    );
  });

  it('lets somebody erase a customer: find and delete prompts, and read none', () => {
    const stack = aStack();
    const props = { policy: PolicySource.fromText(THREE_TIERS), tiers: { ...threeTiers(stack) } };
    const router = new LlmRouter(stack, 'Router', { ...props, promptLog: new PromptLog(stack, 'Prompts') });
    const caller = aCaller(stack);
    router.grantErase(caller);
    const granted = callersStatements(stack, caller).map(({ Action }) => Action);
    expect(granted.filter((action) => /^(s3|kms):/.test([action].flat()[0] ?? ''))).toEqual([
      's3:DeleteObject',
      's3:ListBucket',
    ]);
    expect(granted).toContainEqual(expect.arrayContaining(['dynamodb:DeleteItem', 'dynamodb:DescribeTable']));
  });

  it('grants nothing of prompts where none are kept', () => {
    const stack = aStack();
    const props = { policy: PolicySource.fromText(THREE_TIERS), tiers: { ...threeTiers(stack) } };
    const caller = aCaller(stack);
    new LlmRouter(stack, 'Router', props).grantErase(caller);
    const actions = callersStatements(stack, caller).flatMap(({ Action }) => Action);
    expect(actions.every((action) => action.startsWith('dynamodb:'))).toBe(true);
  });
});
