import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { TierLocation } from '../../../lib/constructs/tiers/tier';
import { VllmAdapter } from '../../../lib/constructs/tiers/vllm-tier';
import { aBench, aBucket, aCaller, aTemplate, aTier } from './vllm-stack';

const MODEL = { id: 'small', model: 'llama-3.1-8b-instruct' };

describe('The load balancer of a VllmTier', () => {
  const template = aTemplate();

  it('is internal, drops bad headers, and lets streams be silent for longer than the router waits', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internal',
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'idle_timeout.timeout_seconds', Value: '960' },
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
      ]),
    });
  });

  it('sends each request to the replica with the fewest, and looks at its health', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8000,
      TargetType: 'ip',
      HealthCheckPath: '/health',
      TargetGroupAttributes: Match.arrayWith([
        { Key: 'load_balancing.algorithm.type', Value: 'least_outstanding_requests' },
      ]),
    });
  });

  it('lets through what a router asks for and no path that vLLM does not guard', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      DefaultActions: [
        Match.objectLike({ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '404' }) }),
      ],
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/v1/*', '/metrics', '/load', '/health'] } }],
    });
  });

  it('writes an access log into the bucket given, in a stack that does not know its region', () => {
    const template = aTemplate(({ stack }) => ({ accessLogBucket: aBucket(stack, 'Logs') }));
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'access_logs.s3.enabled', Value: 'true' }]),
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
            Action: 's3:PutObject',
          }),
        ]),
      }),
    });
  });
});

describe('The security groups of a VllmTier', () => {
  it('admit nobody before a caller is bound', () => {
    const template = aTemplate();
    expect(ingressOf(template)).toEqual([{ port: 8000, from: 'EntranceAccess', to: 'TaskAccess' }]);
    for (const group of Object.values(template.findResources('AWS::EC2::SecurityGroup')))
      expect(group.Properties.SecurityGroupIngress).toBeUndefined();
  });

  it('admit the bound caller at the load balancer alone', () => {
    const bench = aBench();
    aTier(bench).bind(aCaller(bench), MODEL);
    expect(ingressOf(Template.fromStack(bench.stack))).toEqual([
      { port: 8000, from: 'EntranceAccess', to: 'TaskAccess' },
      { port: 80, from: 'CallerAccess', to: 'EntranceAccess' },
    ]);
  });

  it('let the caller out to the load balancer', () => {
    const bench = aBench();
    aTier(bench).bind(aCaller(bench), MODEL);
    Template.fromStack(bench.stack).hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      FromPort: 80,
      ToPort: 80,
      DestinationSecurityGroupId: Match.objectLike({
        'Fn::GetAtt': [Match.stringLikeRegexp('EntranceAccess'), 'GroupId'],
      }),
    });
  });

  it('let instances and tasks out by HTTPS and nothing else', () => {
    const egress = Object.entries(aTemplate().findResources('AWS::EC2::SecurityGroup')).flatMap(
      ([, { Properties }]) => Properties.SecurityGroupEgress ?? [],
    );
    expect(egress).toHaveLength(2);
    for (const rule of egress) expect(rule).toMatchObject({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 });
  });

  it('let them out to the peers given alone', () => {
    const template = aTemplate({ httpsTo: [ec2.Peer.prefixList('pl-1')] });
    expect(JSON.stringify(template.findResources('AWS::EC2::SecurityGroup'))).not.toContain('0.0.0.0/0');
    expect(JSON.stringify(template.toJSON())).toContain('pl-1');
  });

  it('stay shut for something else to open', () => {
    const bench = aBench();
    const tier = aTier(bench, { httpsTo: [] });
    const template = Template.fromStack(bench.stack);
    expect(JSON.stringify(template.findResources('AWS::EC2::SecurityGroup'))).not.toContain('0.0.0.0/0');
    const groups = [...tier.connections.securityGroups, ...tier.instanceConnections.securityGroups];
    expect(groups.map(({ allowAllOutbound }) => allowAllOutbound)).toEqual([false, false]);
  });
});

describe('VllmTier.bind', () => {
  it('says where the tier answers', () => {
    const bench = aBench();
    const tier = aTier(bench);
    const { baseUrl, ...binding } = tier.bind(aCaller(bench), MODEL);
    expect(binding).toEqual({ provider: 'openai-compatible', location: TierLocation.VPC });
    expect(bench.stack.resolve(baseUrl)).toEqual({
      'Fn::Join': ['', ['http://', { 'Fn::GetAtt': [expect.stringContaining('LoadBalancer'), 'DNSName'] }, '/v1']],
    });
  });

  it.each(['llama-3.1-8b-instruct', 'llama-3.1-8b-instruct@2024-07'])('knows the model as %s', (model) => {
    const bench = aBench();
    expect(() => aTier(bench).bind(aCaller(bench), { id: 'small', model })).not.toThrow();
  });

  it('refuses a policy that asks for another model', () => {
    const bench = aBench();
    expect(() => aTier(bench).bind(aCaller(bench), { id: 'small', model: 'qwen3' })).toThrow(
      "the policy's tier small asks for qwen3, but this VllmTier serves llama-3.1-8b-instruct",
    );
  });

  it('knows its adapters, and lets through what only the router knows', () => {
    const bench = aBench();
    const tier = aTier(bench, { adapters: [VllmAdapter.fromS3('support', bench.weights, 'adapters', '1')] });
    const caller = aCaller(bench);
    const asked = (adapters: string[]) => () => tier.bind(caller, { ...MODEL, adapters });
    expect(asked(['support', '$'.concat('{ADAPTER}')])).not.toThrow();
    expect(asked(['support', 'sales'])).toThrow(
      /tier small asks for the adapters sales, but this VllmTier serves .*, support; pass them as adapters/,
    );
  });

  it('refuses a caller outside the VPC', () => {
    const bench = aBench();
    expect(() => aTier(bench).bind(aCaller(bench, false), MODEL)).toThrow('tier small answers only inside its VPC');
  });
});

describe('VllmTier', () => {
  it('can stand twice in a stack', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Two');
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }) as ec2.IVpc;
    const bench = { stack, vpc, weights: aBucket(stack, 'Weights') };
    const names = ['First', 'Second'].map((id) => aTier(bench, {}, id).tierName);
    expect(new Set(names).size).toBe(2);
    Template.fromStack(stack).resourceCountIs('AWS::ECS::Service', 2);
  });
});

interface Ingress {
  readonly port: number;
  readonly from: string;
  readonly to: string;
}

/** Rules between groups, by the part of their names that the tests know. */
function ingressOf(template: Template): Ingress[] {
  return Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => ({
    port: Properties.FromPort,
    from: nameOf(Properties.SourceSecurityGroupId),
    to: nameOf(Properties.GroupId),
  }));
}

function nameOf(reference: { 'Fn::GetAtt': [string, string] }): string {
  return /(EntranceAccess|TaskAccess|CallerAccess|InstanceAccess)/.exec(reference['Fn::GetAtt'][0])?.[1] ?? '';
}
