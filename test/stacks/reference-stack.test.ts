import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { TABLE_KEYS } from '../../lib/core/contract';
import { ALL_FORMS, formOf } from './a-reference-stack';

describe.each(ALL_FORMS)('the reference stack %s', (form) => {
  const made = formOf(form);
  const { stack, template, router } = made;

  it('runs the function on arm64 and Node 24, as long as the platform lets it', () => {
    expect(router.properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 900,
      MemorySize: 1024,
    });
  });

  it('has that function and the one that watches it: none that drains, none that stands for a resource', () => {
    template.resourceCountIs('AWS::Lambda::Function', 2);
    const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    expect(types.filter((type) => /^Custom::|CustomResource|LifecycleHook/.test(type))).toEqual([]);
  });

  it('streams for up to 15 minutes, by an API that leaves keys to the router', () => {
    const methods = made.ofType('AWS::ApiGateway::Method');
    expect(methods).toHaveLength(2);
    for (const { properties } of methods) {
      expect(properties).toMatchObject({ HttpMethod: 'ANY', AuthorizationType: 'NONE', ApiKeyRequired: false });
      expect(properties.Integration).toMatchObject({
        Type: 'AWS_PROXY',
        ResponseTransferMode: 'STREAM',
        TimeoutInMillis: 900_000,
      });
      expect(JSON.stringify(properties.Integration.Uri)).toContain('/response-streaming-invocations');
    }
    for (const type of ['AWS::ApiGateway::ApiKey', 'AWS::ApiGateway::UsagePlan']) template.resourceCountIs(type, 0);
  });

  it('is reached by a regional endpoint, or by one of the VPC where nothing may leave', () => {
    const { EndpointConfiguration, Policy } = made.only('AWS::ApiGateway::RestApi').properties;
    expect(EndpointConfiguration.Types).toEqual([form === 'resident' ? 'PRIVATE' : 'REGIONAL']);
    if (form !== 'resident') return;
    const endpoint = stack.resolve(stack.network?.apiEndpoint.vpcEndpointId);
    expect(EndpointConfiguration.VpcEndpointIds).toEqual([endpoint]);
    expect(Policy.Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpce': [endpoint] } } }),
    );
  });

  it('throttles its stage and logs every call, with the timings of the integration and without what was said', () => {
    const { MethodSettings, AccessLogSetting } = made.only('AWS::ApiGateway::Stage').properties;
    const [settings] = MethodSettings;
    expect(settings).toMatchObject({ DataTraceEnabled: false, LoggingLevel: 'OFF', MetricsEnabled: true });
    expect(settings.ThrottlingRateLimit).toBeGreaterThan(0);
    expect(settings.ThrottlingBurstLimit).toBeGreaterThan(0);
    expect(AccessLogSetting.Format).toContain('$context.integration.timeToFirstContent');
    const known =
      /^\$context\.(requestId|requestTimeEpoch|identity\.userArn|httpMethod|path|status|error\.responseType)$/;
    const timings = /^\$context\.(responseLength|responseLatency|integration\.[A-Za-z]+)$/;
    const logged: string[] = AccessLogSetting.Format.match(/\$[A-Za-z.]+/g);
    expect(logged.filter((variable) => !known.test(variable) && !timings.test(variable))).toEqual([]);
  });

  it('keeps its rows on demand, encrypted, to be set back, under the keys that the router knows', () => {
    const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
    const keys = (partition: string, sort: string) => [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ];
    const { partition, sort, index, indexPartition, indexSort, expiry } = TABLE_KEYS;
    const tables = made.ofType('AWS::DynamoDB::Table');
    expect(tables).toHaveLength(3);
    for (const { properties, deletionPolicy } of tables) {
      expect(properties).toEqual({
        AttributeDefinitions: [partition, sort, indexPartition, indexSort].map(text),
        KeySchema: keys(partition, sort),
        GlobalSecondaryIndexes: [
          { IndexName: index, KeySchema: keys(indexPartition, indexSort), Projection: { ProjectionType: 'ALL' } },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: expiry, Enabled: true },
        DeletionProtectionEnabled: true,
      });
      expect(deletionPolicy).toBe('Retain');
    }
  });

  it('keeps every log for a time and not for ever', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: Match.anyValue() });
  });

  it('takes messages and files over TLS alone', () => {
    for (const type of ['AWS::SNS::TopicPolicy', 'AWS::S3::BucketPolicy'])
      for (const { properties } of made.ofType(type))
        expect(properties.PolicyDocument.Statement).toContainEqual(
          expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        );
    expect(made.ofType('AWS::SNS::TopicPolicy')).toHaveLength(1);
    for (const { properties } of made.ofType('AWS::S3::Bucket')) {
      expect(Object.values(properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
      expect(properties.BucketEncryption).toBeDefined();
    }
  });

  it('gives nothing a name, so that a second one can stand beside it', () => {
    const named = Object.entries(template.toJSON().Resources as Record<string, { Properties?: object }>).flatMap(
      ([id, { Properties = {} }]) =>
        Object.entries(Properties)
          .filter(([key, value]) => NAMES.includes(key) && typeof value === 'string')
          .map(([key]) => `${id}.${key}`),
    );
    expect(named).toEqual([]);
  });
});

/** Properties by which CloudFormation is told to call something by a name that only one in the account may have. */
const NAMES = [
  'AlarmName',
  'AutoScalingGroupName',
  'BucketName',
  'ClusterName',
  'DashboardName',
  'FunctionName',
  'GroupName',
  'InstanceProfileName',
  'LaunchTemplateName',
  'LayerName',
  'LogGroupName',
  'RoleName',
  'ServiceName',
  'TableName',
  'TopicName',
];
