import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { atLeastMillions, type RouterWafOptions } from '../../lib/constructs/api/router-waf';
import { RouterApi, type RouterApiProps } from '../../lib/constructs/router-api';
import { aFunction, aStack, resources } from './a-stack';
import { nagFindings } from './nag';

function anApi(stack: Stack, props: Partial<RouterApiProps> = {}, id = 'RouterApi'): RouterApi {
  return new RouterApi(stack, id, { function: aFunction(stack), ...props });
}

function anEndpoint(stack: Stack): ec2.InterfaceVpcEndpoint {
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false });
  return vpc.addInterfaceEndpoint('ExecuteApi', {
    service: ec2.InterfaceVpcEndpointAwsService.APIGATEWAY,
    open: false,
  });
}

describe('RouterApi', () => {
  it('streams every path to the function for up to fifteen minutes, and leaves it to the router to ask for keys', () => {
    const stack = aStack();
    anApi(stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGateway::Method', 2);
    template.allResourcesProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'ANY',
      ApiKeyRequired: false,
      AuthorizationType: 'NONE',
      Integration: Match.objectLike({ Type: 'AWS_PROXY', ResponseTransferMode: 'STREAM', TimeoutInMillis: 900_000 }),
    });
    expect(JSON.stringify(template.findResources('AWS::ApiGateway::Method'))).toContain(
      '/response-streaming-invocations',
    );
    template.hasResourceProperties('AWS::ApiGateway::Resource', { PathPart: '{proxy+}' });
    template.resourceCountIs('AWS::ApiGateway::ApiKey', 0);
    template.resourceCountIs('AWS::ApiGateway::UsagePlan', 0);
  });

  it('is regional and leaves the role of the whole account alone', () => {
    const stack = aStack();
    anApi(stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } });
    template.resourceCountIs('AWS::ApiGateway::Account', 0);
  });

  it('sets the role of the whole account where it is asked to', () => {
    const stack = aStack();
    anApi(stack, { cloudWatchRole: true });
    Template.fromStack(stack).resourceCountIs('AWS::ApiGateway::Account', 1);
  });

  it('throttles the stage, measures it and logs the timings of streams without query, header or body', () => {
    const stack = aStack();
    anApi(stack, { throttlingRateLimit: 7, throttlingBurstLimit: 9 });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'v',
      MethodSettings: [
        Match.objectLike({
          HttpMethod: '*',
          ResourcePath: '/*',
          MetricsEnabled: true,
          DataTraceEnabled: false,
          LoggingLevel: 'OFF',
          ThrottlingRateLimit: 7,
          ThrottlingBurstLimit: 9,
        }),
      ],
    });
    const [stage] = resources(stack, 'AWS::ApiGateway::Stage');
    const format: Record<string, string> = JSON.parse(stage.AccessLogSetting.Format);
    expect(Object.values(format)).toEqual(
      expect.arrayContaining([
        '$context.requestId',
        '$context.status',
        '$context.integration.responseTransferMode',
        '$context.integration.latency',
        '$context.integration.timeToAllHeaders',
        '$context.integration.timeToFirstContent',
      ]),
    );
    expect(JSON.stringify(format)).not.toMatch(/query|input|body|sourceIp|apiKey/i);
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  it('is private with an endpoint, and refuses whatever did not come through it', () => {
    const stack = aStack();
    const endpoint = anEndpoint(stack);
    anApi(stack, { privateEndpoint: endpoint });
    const endpointId = stack.resolve(endpoint.vpcEndpointId);
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: [endpointId] },
      Policy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'execute-api:Invoke',
            Condition: { StringNotEquals: { 'aws:SourceVpce': [endpointId] } },
          }),
        ]),
      },
    });
  });

  it('lets calls be signed with IAM where it is asked to', () => {
    const stack = aStack();
    anApi(stack, { authorizationType: apigateway.AuthorizationType.IAM });
    Template.fromStack(stack).allResourcesProperties('AWS::ApiGateway::Method', {
      ApiKeyRequired: false,
      AuthorizationType: 'AWS_IAM',
    });
  });

  it('takes an authorizer', () => {
    const stack = aStack();
    const authorizer = new apigateway.TokenAuthorizer(stack, 'Authorizer', { handler: aFunction(stack) });
    new RouterApi(stack, 'RouterApi', {
      function: lambda.Function.fromFunctionName(stack, 'Imported', 'router'),
      authorizer,
    });
    Template.fromStack(stack).allResourcesProperties('AWS::ApiGateway::Method', { AuthorizationType: 'CUSTOM' });
  });

  it('adds its routes to an API that is there already, and makes none', () => {
    const stack = aStack();
    const existing = new apigateway.RestApi(stack, 'Existing', { deployOptions: { stageName: 'live' } });
    const api = anApi(stack, { api: existing as apigateway.IRestApi });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGateway::RestApi', 1);
    template.resourceCountIs('AWS::ApiGateway::Stage', 1);
    expect(stack.resolve(api.metricCount().dimensions)).toEqual({
      ApiName: 'Existing',
      Stage: stack.resolve(existing.deploymentStage.stageName),
    });
  });

  it('takes an imported API, whose stage it must be told', () => {
    const stack = aStack();
    const existing = apigateway.RestApi.fromRestApiAttributes(stack, 'Imported', {
      restApiId: 'abc',
      rootResourceId: 'def',
      restApiName: 'theirs',
    });
    const api = anApi(stack, { api: existing, stageName: 'live' });
    expect(JSON.stringify(stack.resolve(api.url))).toContain('/live/');
    expect(api.metricServerErrors().dimensions).toEqual({ ApiName: 'theirs', Stage: 'live' });
  });

  it('fails when an existing API is given together with what only its own takes', () => {
    const stack = aStack();
    const api = new apigateway.RestApi(stack, 'Existing') as apigateway.IRestApi;
    expect(() => anApi(stack, { api, throttlingRateLimit: 5, cloudWatchRole: true })).toThrow(
      'throttlingRateLimit, cloudWatchRole cannot be set on an existing API',
    );
  });

  it('grants the calls of the router one by one, without a wildcard', () => {
    const stack = aStack();
    const api = anApi(stack);
    api.grantInvoke(new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() }));
    const [policy] = resources(stack, 'AWS::IAM::Policy');
    const [statement] = policy.PolicyDocument.Statement;
    expect(statement).toMatchObject({ Action: 'execute-api:Invoke', Effect: 'Allow' });
    const paths = statement.Resource.map((arn: { 'Fn::Join': [string, string[]] }) => arn['Fn::Join'][1].at(-1));
    expect(paths).toContain('/POST/v1/chat/completions');
    expect(paths).toContain('/GET/health');
    expect(paths.join()).not.toContain('*');
  });

  it('names two routers apart, so that their metrics do not meet', () => {
    const stack = aStack();
    const name = 'Api';
    const one = new RouterApi(stack, 'One', { function: aFunction(stack) });
    const two = new RouterApi(stack, 'Two', { function: lambda.Function.fromFunctionName(stack, 'F', name) });
    expect(one.metricCount().dimensions).not.toEqual(two.metricCount().dimensions);
  });
});

describe('the firewall of RouterApi', () => {
  function acl(waf: RouterWafOptions = {}) {
    const stack = aStack();
    anApi(stack, { waf });
    expect(resources(stack, 'AWS::WAFv2::WebACLAssociation')).toHaveLength(1);
    const [properties] = resources(stack, 'AWS::WAFv2::WebACL');
    expect(properties.Scope).toBe('REGIONAL');
    return properties;
  }

  it('only counts the rules that would block long prompts, prompts with markup and clients without a user agent', () => {
    const overrides = acl().Rules[0].Statement.ManagedRuleGroupStatement.RuleActionOverrides;
    for (const name of ['SizeRestrictions_BODY', 'NoUserAgent_HEADER', 'CrossSiteScripting_BODY', 'GenericLFI_BODY']) {
      expect(overrides).toContainEqual({ Name: name, ActionToUse: { Count: {} } });
    }
  });

  it('limits each address and keeps no samples, in which callers would leave their credentials', () => {
    const { Rules, VisibilityConfig } = acl({ requestsPerFiveMinutes: 300 });
    expect(Rules[1]).toMatchObject({
      Action: { Block: {} },
      Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 300 } },
    });
    expect(VisibilityConfig.SampledRequestsEnabled).toBe(false);
    expect(Rules.filter((rule: (typeof Rules)[0]) => rule.VisibilityConfig.SampledRequestsEnabled)).toEqual([]);
  });

  it('blocks bodies by their stated length and by nothing shorter', () => {
    const statement = acl({ maxBodyMegabytes: 3 }).Rules[2].Statement.RegexMatchStatement;
    expect(statement).toMatchObject({ FieldToMatch: { SingleHeader: { Name: 'content-length' } } });
    const length = new RegExp(statement.RegexString);
    const told = [0, 8192, 65_536, 2_999_999, 3_000_000, 9_999_999, 10_000_000, 123_456_789].filter((bytes) =>
      length.test(String(bytes)),
    );
    expect(told).toEqual([3_000_000, 9_999_999, 10_000_000, 123_456_789]);
  });

  it('matches every whole number of megabytes from its own limit on', () => {
    for (let megabytes = 1; megabytes <= 10; megabytes++) {
      const length = new RegExp(atLeastMillions(megabytes));
      expect(length.test(String(megabytes * 1_000_000))).toBe(true);
      expect(length.test(`000${megabytes * 1_000_000}`)).toBe(true);
      expect(length.test(String(megabytes * 1_000_000 - 1))).toBe(false);
    }
  });

  it('fails on a limit that API Gateway cannot keep', () => {
    for (const megabytes of [0, 11, 2.5]) {
      expect(() => anApi(aStack(), { waf: { maxBodyMegabytes: megabytes } })).toThrow('a whole number from 1 to 10');
    }
  });
});

describe('findings about RouterApi', () => {
  function apiFindings(props: (stack: Stack) => Partial<RouterApiProps>): unknown[] {
    const stack = aStack();
    new RouterApi(stack, 'RouterApi', {
      function: lambda.Function.fromFunctionName(stack, 'Imported', 'router'),
      ...props(stack),
    });
    const rules = nagFindings(stack).map((finding) => finding.split(' at ')[0]);
    return [...new Set(rules)].filter((rule) => rule !== 'AwsSolutions-VPC7').sort();
  }

  it('leaves none by default, signed, with a firewall, private, or with the role that writes logs', () => {
    expect(apiFindings(() => ({}))).toEqual([]);
    expect(apiFindings(() => ({ authorizationType: apigateway.AuthorizationType.IAM }))).toEqual([]);
    expect(apiFindings(() => ({ waf: {} }))).toEqual([]);
    expect(apiFindings(() => ({ cloudWatchRole: true }))).toEqual([]);
    expect(apiFindings((stack) => ({ privateEndpoint: anEndpoint(stack) }))).toEqual([]);
  });
});
