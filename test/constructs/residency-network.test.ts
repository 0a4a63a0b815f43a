import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { ResidencyNetwork, type ResidencyNetworkProps } from '../../lib/constructs/residency-network';
import { ResidencyStack } from '../fixtures/residency-stack';

/** What must hold of a network for data that stays in the VPC, and of the parts that stand in it. */

function alone(props: ResidencyNetworkProps = {}): { stack: Stack; network: ResidencyNetwork } {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Alone');
  return { stack, network: new ResidencyNetwork(stack, 'Network', props) };
}

function groupIn(stack: Stack, network: ResidencyNetwork, id = 'Part', allowAllOutbound = false): ec2.SecurityGroup {
  return new ec2.SecurityGroup(stack, id, { vpc: network.vpc, allowAllOutbound });
}

function servicesOf(template: Template): string[] {
  return Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
    .map(({ Properties }) => Properties.ServiceName['Fn::Join'][1].at(-1).slice(1))
    .sort();
}

const whole = new ResidencyStack();
const template = Template.fromStack(whole);

describe('a residency network', () => {
  it('has isolated subnets and nothing that leads out', () => {
    template.resourceCountIs('AWS::EC2::Subnet', 2);
    for (const type of ['InternetGateway', 'NatGateway', 'EIP', 'Route', 'EgressOnlyInternetGateway', 'VPNGateway'])
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  it('starts no function of its own', () => {
    const { stack } = alone();
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  it('has no endpoint before a part is named', () => {
    const { stack, network } = alone();
    Template.fromStack(stack).resourceCountIs('AWS::EC2::VPCEndpoint', 0);
    expect(network.endpoints).toEqual({});
  });

  it('has exactly the endpoints that its parts need, each once', () => {
    expect(servicesOf(template)).toEqual([
      'bedrock-runtime',
      'dynamodb',
      'ecr.api',
      'ecr.dkr',
      'ecs',
      'ecs-agent',
      'ecs-telemetry',
      'logs',
      's3',
      'secretsmanager',
    ]);
    expect(Object.keys(whole.network.endpoints).sort()).toEqual(servicesOf(template));
  });

  it('gives a router without secrets and models its tables alone', () => {
    const { stack, network } = alone();
    network.forRouter(groupIn(stack, network), { tables: [] });
    expect(Object.keys(network.endpoints)).toEqual(['dynamodb']);
  });

  it('keeps flow logs, unless told not to', () => {
    const flowLog = { ResourceType: 'VPC', TrafficType: 'ALL', LogDestinationType: 'cloud-watch-logs' };
    template.hasResourceProperties('AWS::EC2::FlowLog', flowLog);
    Template.fromStack(alone({ flowLogs: false }).stack).resourceCountIs('AWS::EC2::FlowLog', 0);
  });

  it('opens an endpoint to the parts that need it, on one port, and to nobody else', () => {
    const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'));
    const toEndpoints = rules.filter(({ Properties }) => JSON.stringify(Properties.GroupId).includes('EndpointAccess'));
    expect(toEndpoints).toHaveLength(12);
    for (const { Properties } of toEndpoints)
      expect(Properties).toMatchObject({ FromPort: 443, ToPort: 443, SourceSecurityGroupId: expect.anything() });
    const groups = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
    const inline = groups.flatMap(({ Properties }) => Properties.SecurityGroupEgress ?? []);
    expect(groups.flatMap(({ Properties }) => Properties.SecurityGroupIngress ?? [])).toEqual([]);
    expect(new Set(inline.map(({ CidrIp }) => CidrIp))).toEqual(new Set(['255.255.255.255/32']));
  });

  it('gives every endpoint a policy, but those of the agent, which take none', () => {
    const open = Object.values(template.findResources('AWS::EC2::VPCEndpoint')).filter(
      ({ Properties }) => Properties.PolicyDocument === undefined,
    );
    expect(open.map(({ Properties }) => Properties.ServiceName['Fn::Join'][1].at(-1))).toEqual([
      '.ecs-agent',
      '.ecs-telemetry',
    ]);
  });

  it('holds the bucket of the weights to its account and its prefix, and lets the layers of images through', () => {
    const own = { Ref: 'AWS::AccountId' };
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith(['.s3'])] }),
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:GetObject',
            Resource: { 'Fn::Join': ['', Match.arrayWith(['-starport-layer-bucket/*'])] },
          }),
          Match.objectLike({
            Action: 's3:GetObject',
            Condition: { StringEquals: { 'aws:PrincipalAccount': own, 'aws:ResourceAccount': own } },
            Resource: { 'Fn::Join': ['', Match.arrayWith([':s3:::weights-of-ours/llama/*'])] },
          }),
        ]),
      },
    });
  });

  it("lets images of the account's own registry through, and vLLM of the AWS Deep Learning Containers", () => {
    const repositories = (region?: string): string => {
      const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Images', {
        ...(region !== undefined && { env: { region } }),
      });
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['a'],
        isolatedSubnetIds: ['subnet-1'],
        isolatedSubnetRouteTableIds: ['rtb-1'],
      });
      const network = new ResidencyNetwork(stack, 'Network', { vpc });
      network.forContainerInstances(groupIn(stack, network));
      const endpoints = Template.fromStack(stack).findResources('AWS::EC2::VPCEndpoint');
      return JSON.stringify(Object.entries(endpoints).filter(([id]) => id.includes('EcrDkr')));
    };
    expect(repositories()).toContain(':repository/*');
    expect(repositories()).toMatch(/DlcRepositoryAccountMap.*:repository\/vllm/);
    expect(repositories('us-east-1')).toContain(':763104351884:repository/vllm');
    expect(repositories('xx-nowhere-1')).not.toContain(':repository/vllm');
  });

  it('gives S3 its usual name inside, and tells the router the address of DynamoDB, which has none', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: { 'Fn::Join': ['', Match.arrayWith(['.s3'])] },
      PrivateDnsEnabled: true,
      DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: 'AllResolvers' },
    });
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: { 'Fn::Join': ['', Match.arrayWith(['.dynamodb'])] },
      PrivateDnsEnabled: false,
    });
    const [endpoint] = Object.keys(
      template.findResources('AWS::EC2::VPCEndpoint', { Properties: { PrivateDnsEnabled: false } }),
    );
    const first = { 'Fn::Select': [0, { 'Fn::GetAtt': [endpoint, 'DnsEntries'] }] };
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          AWS_ENDPOINT_URL_DYNAMODB: {
            'Fn::Join': ['', ['https://', { 'Fn::Select': [1, { 'Fn::Split': [':', first] }] }]],
          },
        },
      },
    });
  });

  it('answers for no name outside AWS, save those it is told', () => {
    template.hasResourceProperties('AWS::Route53Resolver::FirewallRuleGroup', {
      FirewallRules: [
        Match.objectLike({ Action: 'ALLOW', Priority: 1 }),
        Match.objectLike({ Action: 'BLOCK', BlockResponse: 'NXDOMAIN', Priority: 2 }),
      ],
    });
    const { stack } = alone({ allowedDomains: ['*.corp.example'] });
    Template.fromStack(stack).hasResourceProperties('AWS::Route53Resolver::FirewallDomainList', {
      Domains: Match.arrayWith(['*.corp.example']),
    });
    const without = Template.fromStack(alone({ nameFirewall: false }).stack);
    without.resourceCountIs('AWS::Route53Resolver::FirewallRuleGroupAssociation', 0);
  });

  it('has one endpoint for private APIs, which nobody reaches until allowed', () => {
    const { stack, network } = alone();
    expect(network.apiEndpoint).toBe(network.apiEndpoint);
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);

    const other = alone();
    other.network.allowCallers(ec2.Peer.ipv4('10.1.0.0/16'));
    Template.fromStack(other.stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.1.0.0/16', FromPort: 443 })],
    });
  });

  it('opens one more service with the statements it is given', () => {
    const { stack, network } = alone();
    const statement = new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions: ['ssmmessages:OpenDataChannel'],
      resources: ['*'],
    });
    network.allow(groupIn(stack, network), ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES, [statement]);
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'ssmmessages:OpenDataChannel' })] },
    });
  });

  it('uses the isolated subnets of a VPC that is there already, and leaves its names alone', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Existing');
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a'],
      isolatedSubnetIds: ['subnet-1'],
      isolatedSubnetRouteTableIds: ['rtb-1'],
    });
    const network = new ResidencyNetwork(stack, 'Network', { vpc });
    network.forVllm(groupIn(stack, network));
    const found = Template.fromStack(stack);
    found.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcId: 'vpc-1', SubnetIds: ['subnet-1'] });
    found.resourceCountIs('AWS::EC2::VPC', 0);
    found.resourceCountIs('AWS::Route53Resolver::FirewallRuleGroupAssociation', 0);
  });

  it('fails with a VPC that has no isolated subnets', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Public');
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false }) as ec2.IVpc;
    expect(() => new ResidencyNetwork(stack, 'Network', { vpc })).toThrowError(/no isolated subnets; add some/);
  });

  it('fails when a part lets everything out', () => {
    const { stack, network } = alone();
    const part = groupIn(stack, network, 'Wide', true);
    expect(() => network.forVllm(part)).toThrowError(/Alone\/Wide lets everything out.*allowAllOutbound: false/);
  });

  it('fails when an endpoint would be open to every account', () => {
    const { stack, network } = alone();
    const part = groupIn(stack, network);
    expect(() => network.allow(part, ec2.InterfaceVpcEndpointAwsService.SSM, [])).toThrowError(
      /of ssm without a policy/,
    );
  });
});
