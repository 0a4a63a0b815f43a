import { describe, expect, it } from 'vitest';
import { asText } from '../constructs/a-router';
import { ALL_FORMS, type Form, formOf, OWN_FORMS, type Statement } from './a-reference-stack';

/** Statements that speak of any resource, or of more than one by a pattern, and why they may. */
const WILDCARDS: readonly [role: RegExp, actions: RegExp, resource: RegExp, why: string][] = [
  [
    /RouterFunctionRole|RouterWatchRole/,
    /^ec2:(Assign|Unassign)PrivateIpAddresses$|^ec2:(Create|Delete|Describe)NetworkInterfaces?$|^ec2:DescribeSubnets$/,
    /^"\*"$/,
    'network interfaces of a function in a VPC have no ids before they are made',
  ],
  [
    /RouterWatchRole/,
    /^cloudwatch:PutMetricData$/,
    /^"\*"$/,
    'metrics have no resources; a condition binds them to the namespace of the router',
  ],
  [
    /RouterFunctionRole/,
    /^secretsmanager:(GetSecretValue|DescribeSecret)$/,
    /:secret:tierwise\/anthropic-\?{6}/,
    'Secrets Manager ends the ARN of a secret in six characters of its own',
  ],
  [
    /CapacityInstanceRole/,
    /^ecs:(Poll|StartTelemetrySession|DiscoverPollEndpoint|Submit\*|(Der|R)egisterContainerInstance)$|^ecr:GetAuthorizationToken$|^logs:(CreateLogStream|PutLogEvents)$/,
    /^"\*"$|Cluster/,
    'what the ECS agent does, by CDK; the registry and the cluster conditions bound it',
  ],
  [
    /TaskTaskRole/,
    /^s3:GetObject$/,
    /\/weights\/[a-z0-9.-]+\/\*/,
    'all versions of one model: a rollback reads the last',
  ],
  [/TaskDefinitionExecutionRole/, /^ecr:GetAuthorizationToken$/, /^"\*"$/, 'the token of a registry takes no resource'],
];

function actionsOf({ Action }: Statement): string[] {
  return [Action].flat();
}

function resourcesOf({ Resource }: Statement): string[] {
  return [Resource].flat().map((one) => JSON.stringify(one));
}

/** A wildcard, but not the separator that CloudFormation joins by. */
function isOpen(text: string): boolean {
  return /[*?]/.test(text);
}

function bedrockOf(form: Form): Statement[] {
  return formOf(form)
    .statements(/^RouterFunctionRole/)
    .filter((statement) => actionsOf(statement).some((action) => action.startsWith('bedrock:')));
}

const INVOKE = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
const EU = ['central-1', 'central-2', 'north-1', 'south-1', 'south-2', 'west-1', 'west-2', 'west-3'].map(
  (r) => `eu-${r}`,
);

describe.each(ALL_FORMS)('permissions in the reference stack %s', (form) => {
  const made = formOf(form);
  const roles = made.ofType('AWS::IAM::Role');

  it('allow all of something only where there is a reason', () => {
    const unexplained = roles.flatMap(({ id }) =>
      made
        .statements(new RegExp(`^${id}$`))
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap((statement) =>
          actionsOf(statement).flatMap((action) =>
            resourcesOf(statement)
              .filter((resource) => isOpen(action) || isOpen(resource))
              .filter(
                (resource) =>
                  !WILDCARDS.some(
                    ([role, actions, resources]) => role.test(id) && actions.test(action) && resources.test(resource),
                  ),
              )
              .map((resource) => `${id}: ${action} on ${resource}`),
          ),
        ),
    );
    expect(unexplained).toEqual([]);
  });

  it('come from no policy that AWS manages, but for the one that API Gateway asks for', () => {
    const managed = roles.flatMap(({ id, properties }) =>
      (properties.ManagedPolicyArns ?? []).map(asText).map((arn: string) => [id, arn]),
    );
    expect(managed).toEqual([
      [
        expect.stringMatching(/^RouterApi.*CloudWatchRole/),
        'arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
      ],
    ]);
  });

  it('give the router its tables, each for what it does there, and no other', () => {
    const { policyTable, attributionTable, accessTable } = made.stack.router.tables;
    const granted = made
      .statements(/^RouterFunctionRole/)
      .filter((statement) => actionsOf(statement).some((action) => action.startsWith('dynamodb:')));
    expect(granted.map(({ Action, Resource }) => [[Action].flat(), Resource])).toEqual([
      [['dynamodb:GetItem', 'dynamodb:Query'], made.stack.resolve(policyTable.tableArn)],
      [['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], made.stack.resolve(attributionTable.tableArn)],
      [['dynamodb:Query'], made.stack.resolve(`${attributionTable.tableArn}/index/gsi1`)],
      [['dynamodb:GetItem', 'dynamodb:UpdateItem'], made.stack.resolve(accessTable.tableArn)],
    ]);
  });

  it('let the watch function put metrics of one namespace, and neither scan nor delete nor publish anything', () => {
    const statements = made.statements(/^RouterWatchRole/);
    const actions = statements.flatMap(actionsOf);
    expect(actions.filter((action) => /Scan|dynamodb:Delete|Batch|\*/.test(action))).toEqual([]);
    expect(statements.filter((statement) => actionsOf(statement).includes('cloudwatch:PutMetricData'))).toEqual([
      {
        Effect: 'Allow',
        Action: 'cloudwatch:PutMetricData',
        Resource: '*',
        Condition: { StringEquals: { 'cloudwatch:namespace': 'Tierwise' } },
      },
    ]);
    const { policyTable } = made.stack.router.tables;
    const onPolicies = statements.filter(({ Resource }) =>
      JSON.stringify(Resource).includes(JSON.stringify(made.stack.resolve(policyTable.tableArn))),
    );
    expect(onPolicies.flatMap(actionsOf)).toEqual(['dynamodb:GetItem']);
  });

  it('let a role of its own publish policies, and the router none', () => {
    const publisher = made.stack.resolve(made.stack.router.publisherRole?.roleArn)['Fn::GetAtt'][0];
    expect(made.statements(new RegExp(`^${publisher}$`))).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        Resource: made.stack.resolve(made.stack.router.tables.policyTable.tableArn),
      },
    ]);
    const table = JSON.stringify(made.stack.resolve(made.stack.router.tables.policyTable.tableArn));
    const writers = roles
      .map(({ id }) => id)
      .filter((id) =>
        made
          .statements(new RegExp(`^${id}$`))
          .some(
            (statement) =>
              actionsOf(statement).some((action) => /dynamodb:(Put|Update|Delete|Batch|\*)/.test(action)) &&
              resourcesOf(statement).includes(table),
          ),
      );
    expect(writers).toEqual([publisher]);
    expect(made.outputs.PublisherRoleArn?.Value).toEqual({ 'Fn::GetAtt': [publisher, 'Arn'] });
  });

  it('trust one service each, but for the publisher, whom the account lets in', () => {
    const principals = roles.map(({ id, properties }) => [
      /Publisher/.test(id),
      Object.keys(properties.AssumeRolePolicyDocument.Statement[0].Principal).join(),
      properties.AssumeRolePolicyDocument.Statement.length,
    ]);
    for (const [isPublisher, kind, count] of principals)
      expect([kind, count]).toEqual([isPublisher ? 'AWS' : 'Service', 1]);
  });
});

describe('permissions of Bedrock', () => {
  it.each(['api', 'hybrid'] as const)(
    'in stage %s are for the profile of the EU, and through it for its model in each of its regions',
    (form) => {
      const [profile, models, ...others] = bedrockOf(form);
      const profileArn =
        'arn:<AWS::Partition>:bedrock:eu-central-1:<AWS::AccountId>:inference-profile/eu.amazon.nova-2-lite-v1:0';
      expect(others).toEqual([]);
      expect(actionsOf(profile as Statement)).toEqual(INVOKE);
      expect(asText(profile?.Resource)).toBe(profileArn);
      expect(profile?.Condition).toBeUndefined();
      expect(actionsOf(models as Statement)).toEqual(INVOKE);
      expect([models?.Resource].flat().map(asText).sort()).toEqual(
        EU.map((region) => `arn:<AWS::Partition>:bedrock:${region}::foundation-model/amazon.nova-2-lite-v1:0`),
      );
      expect(asText(models?.Condition?.StringEquals?.['bedrock:InferenceProfileArn'])).toBe(profileArn);
    },
  );

  it('in stage self-hosted are for the global profile, whose requests name no region where they are answered', () => {
    const [profile, here, anywhere, ...others] = bedrockOf('self-hosted');
    expect(others).toEqual([]);
    const model = 'anthropic.claude-opus-5-5';
    expect(asText(profile?.Resource)).toBe(
      `arn:<AWS::Partition>:bedrock:eu-central-1:<AWS::AccountId>:inference-profile/global.${model}`,
    );
    expect(asText(here?.Resource)).toBe(`arn:<AWS::Partition>:bedrock:eu-central-1::foundation-model/${model}`);
    expect(asText(anywhere?.Resource)).toBe(`arn:<AWS::Partition>:bedrock:::foundation-model/${model}`);
    expect(anywhere?.Condition?.StringEquals?.['aws:RequestedRegion']).toBe('unspecified');
    for (const statement of [here, anywhere])
      expect(asText(statement?.Condition?.StringEquals?.['bedrock:InferenceProfileArn'])).toBe(
        asText(profile?.Resource),
      );
  });

  it('are none where nothing leaves the VPC', () => {
    expect(bedrockOf('resident')).toEqual([]);
  });
});

describe('permissions to read secrets', () => {
  const readers = (form: Form) =>
    formOf(form)
      .ofType('AWS::IAM::Role')
      .flatMap(({ id }) =>
        formOf(form)
          .statements(new RegExp(`^${id}$`))
          .map((statement) => ({ id, statement })),
      )
      .filter(({ statement }) => actionsOf(statement).some((action) => action.startsWith('secretsmanager:')));

  it.each(['api', 'hybrid'] as const)('in stage %s are for one secret, and for the router alone', (form) => {
    const found = readers(form);
    expect(found.map(({ id }) => id)).toEqual([expect.stringMatching(/^RouterFunctionRole/)]);
    expect(actionsOf(found[0]?.statement as Statement)).toEqual([
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
    ]);
    expect(asText(found[0]?.statement.Resource)).toBe(
      'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:tierwise/anthropic-??????',
    );
    expect(formOf(form).router.properties.Environment.Variables.ANTHROPIC_SECRET).toBe('tierwise/anthropic');
  });

  it.each(['self-hosted', 'resident'] as const)('are none in %s, which has no secrets', (form) => {
    expect(readers(form)).toEqual([]);
  });
});

describe.each(OWN_FORMS)('the weights of the reference stack %s', (form) => {
  it('are read by the replicas of their model alone, and written by nobody in the stack', () => {
    const made = formOf(form);
    const bucket = JSON.stringify(made.stack.resolve(made.stack.weightsBucket?.bucketArn));
    const touching = made.ofType('AWS::IAM::Role').flatMap(({ id }) =>
      made
        .statements(new RegExp(`^${id}$`))
        .filter((statement) => JSON.stringify(statement.Resource).includes(bucket))
        .flatMap((statement) => actionsOf(statement).map((action) => [id, action] as const)),
    );
    expect(new Set(touching.map(([, action]) => action))).toEqual(new Set(['s3:GetObject', 's3:ListBucket']));
    for (const [id] of touching) expect(id).toMatch(/TaskTaskRole/);
  });
});
