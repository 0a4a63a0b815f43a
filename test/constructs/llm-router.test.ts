import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { LlmRouter, type LlmRouterProps } from '../../lib/constructs/llm-router';
import { PolicySource } from '../../lib/constructs/policy-source';
import { ResidencyNetwork } from '../../lib/constructs/residency-network';
import { RouterTables } from '../../lib/constructs/router-tables';
import { BedrockTier } from '../../lib/constructs/tiers/bedrock-tier';
import { ExternalApiTier, ExternalProvider } from '../../lib/constructs/tiers/external-api-tier';
import { type ITier, TierLocation } from '../../lib/constructs/tiers/tier';
import { aPolicySource } from './a-policy';
import { aStack, resources } from './a-stack';
import { nagFindings } from './nag';

function tiers(stack: Stack, id = ''): { [id: string]: ITier } {
  return {
    small: new ExternalApiTier(stack, `Small${id}`, {
      provider: ExternalProvider.OPENAI_COMPATIBLE,
      baseUrl: 'http://models.internal/v1',
      location: TierLocation.VPC,
    }),
    frontier: new BedrockTier(stack, `Frontier${id}`),
  };
}

function aRouter(stack: Stack, props: Partial<LlmRouterProps> = {}, id = 'Router'): LlmRouter {
  return new LlmRouter(stack, id, { policy: aPolicySource(), tiers: tiers(stack, id), ...props });
}

function environmentOf(stack: Stack): Record<string, unknown> {
  const functions = resources(stack, 'AWS::Lambda::Function');
  return functions.find(({ Environment }) => Environment !== undefined).Environment.Variables;
}

describe('LlmRouter', () => {
  it('makes tables, a function, an API, alarms and a dashboard of a policy and its tiers', () => {
    const stack = aStack();
    aRouter(stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::DynamoDB::Table', 3);
    template.resourceCountIs('AWS::ApiGateway::RestApi', 1);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    template.hasResourceProperties('AWS::Lambda::Function', { Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      AuthorizationType: 'NONE',
      Integration: Match.objectLike({ ResponseTransferMode: 'STREAM' }),
    });
    expect(resources(stack, 'AWS::CloudWatch::Alarm').length).toBeGreaterThan(15);
  });

  it('leaves no finding of cdk-nag', () => {
    const stack = aStack();
    aRouter(stack);
    expect(nagFindings(stack)).toEqual([]);
  });

  it('emits, watches and shows its metrics under one name', () => {
    const stack = aStack();
    const router = aRouter(stack, { routerName: 'desk' });
    expect(router.metrics.router).toBe('desk');
    expect(environmentOf(stack).TIERWISE_ROUTER).toBe('desk');
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'PolicyAge',
      Dimensions: [{ Name: 'Router', Value: 'desk' }],
    });
    expect(JSON.stringify(resources(stack, 'AWS::CloudWatch::Dashboard'))).toContain('Router=\\\\\\"desk');
  });

  it('tells the command line, under names that stay the same, where everything is', () => {
    const stack = aStack();
    const router = aRouter(stack, { routerName: 'desk' });
    const { Outputs } = Template.fromStack(stack).toJSON();
    expect(Object.keys(Outputs)).toEqual(
      expect.arrayContaining([
        'RouterUrl',
        'RouterName',
        'PolicyTableName',
        'AttributionTableName',
        'AccessTableName',
        'DeploymentFixed',
      ]),
    );
    expect(Outputs.RouterName.Value).toBe('desk');
    expect(Outputs.PolicyTableName.Value).toEqual(stack.resolve(router.tables.policyTable.tableName));
    expect(Outputs.RouterUrl.Value).toEqual(stack.resolve(router.url));
    expect(Outputs.DeploymentFixed.Value).toEqual(environmentOf(stack).TIERWISE_DEPLOYMENT);
    expect(JSON.stringify(Outputs.DeploymentFixed.Value)).toContain('models.internal');
  });

  it('stands twice in one stack, and no name or metric of the two meets', () => {
    const stack = aStack();
    const one = aRouter(stack, {}, 'One');
    const two = aRouter(stack, {}, 'Two');
    const { Outputs } = Template.fromStack(stack).toJSON();
    expect(one.metrics.router).not.toBe(two.metrics.router);
    expect(one.api.metricCount().dimensions?.ApiName).not.toBe(two.api.metricCount().dimensions?.ApiName);
    expect(Object.keys(Outputs).filter((name) => name.includes('RouterUrl'))).toEqual([
      'RouterUrl',
      expect.stringMatching(/^TwoRouterUrl/),
    ]);
    const named = Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, { Properties: object }>)
      .flatMap(({ Properties = {} }) => Object.entries(Properties))
      .filter(([key]) => ['AlarmName', 'TableName', 'FunctionName', 'DashboardName', 'RoleName'].includes(key))
      .filter(([, value]) => typeof value === 'string');
    expect(named).toEqual([]);
  });

  it('stands in the default environment of two apps under two names', () => {
    const names = ['App', 'Other'].map((id) => {
      const stack = new Stack(new App({ builtinCloudFormationValidation: false }), id);
      return aRouter(stack).metrics.router;
    });
    expect(new Set(names).size).toBe(2);
  });

  it('takes tables, topic, names and an API setting of yours', () => {
    const stack = aStack();
    const tables = new RouterTables(stack, 'Mine');
    const topic = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:111122223333:on-call');
    const router = aRouter(stack, {
      tables,
      alarmTopic: topic,
      alarmNamePrefix: 'desk',
      throttlingRateLimit: 5,
      memorySize: 2048,
    });
    const template = Template.fromStack(stack);
    expect(router.tables).toBe(tables);
    template.resourceCountIs('AWS::DynamoDB::Table', 3);
    template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 2048 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'desk-PolicyAge',
      AlarmActions: ['arn:aws:sns:eu-central-1:111122223333:on-call'],
    });
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 5 })],
    });
  });

  it('leaves nothing behind where it is told to', () => {
    const stack = aStack();
    aRouter(stack, { removalPolicy: RemovalPolicy.DESTROY });
    const kept = Object.values(
      Template.fromStack(stack).toJSON().Resources as Record<string, { DeletionPolicy?: string }>,
    );
    expect(kept.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')).toEqual([]);
  });

  it('lets callers call and publishers publish, and nothing of the other', () => {
    const stack = aStack();
    const router = aRouter(stack, { publishers: [new iam.AccountRootPrincipal()] });
    router.grantInvoke(new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() }));
    router.grantPublish(new iam.Role(stack, 'Author', { assumedBy: new iam.AccountRootPrincipal() }));
    expect(router.publisherRole).toBeDefined();
    const actions = (id: RegExp) =>
      Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
        .filter(([name]) => id.test(name))
        .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement)
        .flatMap(({ Action }) => Action);
    expect(actions(/^Caller/)).toEqual(['execute-api:Invoke']);
    expect(actions(/^Author/)).toEqual(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem']);
  });

  it('watches the queue of a tier that tells of one, whoever made it', () => {
    const stack = aStack();
    const read = (metricName: string) => () => new cloudwatch.Metric({ namespace: 'Mine', metricName });
    const small = Object.assign(tiers(stack).small as ITier, {
      metricWaiting: read('Waiting'),
      metricRunning: read('Running'),
      metricKvCache: read('KvCache'),
    });
    aRouter(stack, { tiers: { small, frontier: new BedrockTier(stack, 'Other') } });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'Mine',
      MetricName: 'Waiting',
      Threshold: 16,
    });
  });

  it('has connections in a VPC, and says why not without one', () => {
    const stack = aStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    expect(aRouter(stack, { vpc: vpc as ec2.IVpc }, 'Inside').connections.securityGroups).toHaveLength(1);
    expect(() => aRouter(stack, {}, 'Outside').connections).toThrow('pass vpc');
  });

  it('fails when it is given two things that exclude each other', () => {
    const stack = aStack();
    const tables = new RouterTables(stack, 'Tables');
    expect(() => aRouter(stack, { tables, publishers: [new iam.AccountRootPrincipal()] })).toThrow(
      'Stack/Router: publishers cannot be given together with tables: set them on the tables',
    );
    const network = new ResidencyNetwork(stack, 'Network');
    expect(() => aRouter(stack, { network, vpc: network.vpc }, 'Second')).toThrow(
      'vpc cannot be given together with network',
    );
  });
});

describe('LlmRouter in a residency network', () => {
  it('runs in isolated subnets behind a private API and reaches its tables and models by endpoints', () => {
    const stack = aStack();
    const network = new ResidencyNetwork(stack, 'Network');
    aRouter(stack, { network });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: Match.objectLike({ Types: ['PRIVATE'] }),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: [Match.anyValue(), Match.anyValue()] },
    });
    expect(environmentOf(stack)).toHaveProperty('AWS_ENDPOINT_URL_DYNAMODB');
    expect(Object.keys(network.endpoints).sort()).toEqual(['bedrock-runtime', 'dynamodb', 'execute-api', 'monitoring']);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
  });

  it('stays private when a private endpoint is left undefined on purpose', () => {
    const stack = aStack();
    const network = new ResidencyNetwork(stack, 'Network');
    aRouter(stack, { network, ...({ privateEndpoint: undefined } as object) });
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: Match.objectLike({ Types: ['PRIVATE'] }),
    });
  });

  it('opens a way to the secrets that tiers read, and none where they read none', () => {
    const stack = aStack();
    const network = new ResidencyNetwork(stack, 'Network');
    const small = new ExternalApiTier(stack, 'Keyed', {
      provider: ExternalProvider.OPENAI_COMPATIBLE,
      baseUrl: 'http://models.internal/v1',
      location: TierLocation.VPC,
      apiKey: new secretsmanager.Secret(stack, 'Key') as secretsmanager.ISecret,
    });
    const text = aPolicySource()._text.replace(
      'model: small-model',
      `model: small-model\n    apiKeySecret: \${SMALL_KEY}`,
    );
    const frontier = new BedrockTier(stack, 'Frontier');
    aRouter(stack, { network, policy: PolicySource.fromText(text), tiers: { small, frontier } });
    Template.fromStack(stack);
    expect(Object.keys(network.endpoints)).toContain('secretsmanager');
  });

  it('refuses a tier outside, and says what to do', () => {
    const stack = aStack();
    const network = new ResidencyNetwork(stack, 'Network');
    const outside = new ExternalApiTier(stack, 'Outside', {
      provider: ExternalProvider.OPENAI_COMPATIBLE,
      baseUrl: 'https://api.example.com/v1',
      location: TierLocation.ANYWHERE,
    });
    const text = aPolicySource()._text.replace('location: vpc', 'location: anywhere');
    expect(() =>
      aRouter(stack, {
        network,
        policy: PolicySource.fromText(text),
        tiers: { small: outside, frontier: new BedrockTier(stack, 'Frontier') },
      }),
    ).toThrow(/small.*outside.*VllmTier/s);
  });

  it('refuses a task that keeps its prompts in the VPC and climbs to a tier that does not', () => {
    const stack = aStack();
    const network = new ResidencyNetwork(stack, 'Network');
    const text = aPolicySource()._text.replace('latencyBudgetMs: 800', 'residency: vpc');
    expect(() => aRouter(stack, { network, policy: PolicySource.fromText(text) })).toThrow(
      /task triage keeps its prompts in the VPC .* names tier frontier/,
    );
  });

  it('leaves no finding of cdk-nag', () => {
    const stack = aStack();
    aRouter(stack, { network: new ResidencyNetwork(stack, 'Network') });
    expect(nagFindings(stack)).toEqual([]);
  });
});
