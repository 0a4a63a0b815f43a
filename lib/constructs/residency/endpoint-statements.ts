import { Arn, ArnFormat, Aws, type Stack, Token } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { FactName, RegionInfo } from 'aws-cdk-lib/region-info';
import { METRIC_NAMESPACE } from '../../core/contract';

/**
 * What an endpoint lets through. Credentials of another account that are brought into the network must be of no use there,
 * so every statement but two is bound to principals of the stack's own account.
 */

const OWN_PRINCIPALS = { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } };

function own(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions,
    resources,
    conditions: OWN_PRINCIPALS,
  });
}

/** Reading and writing rows of the given tables, and nothing of any other. */
export function tableStatement(tables: ITable[]): PolicyStatement {
  return own(
    [
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:DescribeTable',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    tables.flatMap(({ tableArn }) => [tableArn, `${tableArn}/index/*`]),
  );
}

/** Putting metrics of one's own namespace; the action knows no resources. */
export function metricStatement(): PolicyStatement {
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID, 'cloudwatch:namespace': METRIC_NAMESPACE } },
  });
}

export function secretStatement(secrets: ISecret[]): PolicyStatement {
  // The ARN of a secret known by its name alone lacks the six characters that AWS appends.
  const arns = secrets.map(({ secretFullArn, secretArn }) => secretFullArn ?? `${secretArn}-??????`);
  return own(['secretsmanager:GetSecretValue'], arns);
}

export function modelStatement(modelArns: string[]): PolicyStatement {
  return own(['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'], modelArns);
}

export function guardrailStatement(guardrailArns: string[]): PolicyStatement {
  return own(['bedrock:ApplyGuardrail'], guardrailArns);
}

/** A bucket's ARN names no account, and its name may be taken by somebody else once it is deleted. */
export function weightsStatements(bucket: IBucket, prefix: string): PolicyStatement[] {
  const conditions = {
    StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID, 'aws:ResourceAccount': bucket.env.account },
  };
  const principals = [new AnyPrincipal()];
  return [
    new PolicyStatement({
      principals,
      conditions,
      actions: ['s3:GetObject'],
      resources: [bucket.arnForObjects(`${prefix}*`)],
    }),
    new PolicyStatement({ principals, conditions, actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
  ];
}

/** Where ECR keeps the layers of images. Its links are signed by ECR itself, so the principal is not one of ours. */
export function imageLayerStatement(): PolicyStatement {
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: ['s3:GetObject'],
    resources: [`arn:${Aws.PARTITION}:s3:::prod-${Aws.REGION}-starport-layer-bucket/*`],
  });
}

export function imageStatements(stack: Stack): PolicyStatement[] {
  return [
    // The token is for the caller's own registry; the action knows no resources.
    own(['ecr:GetAuthorizationToken'], ['*']),
    own(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [arnOf(stack, 'ecr', 'repository'), ...deepLearningRepository(stack)],
    ),
  ];
}

/** Where AWS publishes vLLM, in a registry of its own in most regions: read without leaving the network. */
function deepLearningRepository(stack: Stack): string[] {
  const { region } = stack;
  if (!Token.isUnresolved(region) && RegionInfo.get(region).dlcRepositoryAccount === undefined) return [];
  const account = stack.regionalFact(FactName.DLC_REPOSITORY_ACCOUNT);
  return [Arn.format({ service: 'ecr', resource: 'repository', resourceName: 'vllm', account }, stack)];
}

export function logStatement(stack: Stack): PolicyStatement {
  return own(
    ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    [arnOf(stack, 'logs', 'log-group', ArnFormat.COLON_RESOURCE_NAME)],
  );
}

/** What an ECS agent asks. ECS has no resource policies, so one's own principals reach one's own clusters alone. */
export function clusterStatement(): PolicyStatement {
  return own(
    [
      'ecs:DeregisterContainerInstance',
      'ecs:DiscoverPollEndpoint',
      'ecs:RegisterContainerInstance',
      'ecs:SubmitAttachmentStateChanges',
      'ecs:SubmitContainerStateChange',
      'ecs:SubmitTaskStateChange',
      'ecs:TagResource',
      'ecs:UpdateContainerInstancesState',
    ],
    ['*'],
  );
}

/** Callers of a private API need not be principals of IAM, so only whose API it is counts. */
export function apiStatement(stack: Stack): PolicyStatement {
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: ['execute-api:Invoke'],
    resources: [Arn.format({ service: 'execute-api', resource: '*' }, stack)],
  });
}

/** All resources of one kind in the stack's own account and region. */
function arnOf(stack: Stack, service: string, resource: string, arnFormat = ArnFormat.SLASH_RESOURCE_NAME): string {
  return Arn.format({ service, resource, resourceName: '*', arnFormat }, stack);
}
