import { Template } from 'aws-cdk-lib/assertions';
import { beforeEach, describe, expect, it } from 'vitest';
import { ResidencyStack } from '../fixtures/residency-stack';
import { outsideOf, reachable, senders } from '../fixtures/template-graph/reach';
import type { TemplateJson } from '../fixtures/template-graph/template';

/**
 * The proof that nothing in a residency network reaches anything outside, and that the proof breaks, each time for the
 * right reason, when one hole is made in the template.
 */

type Parts = Record<string, { Type: string; Properties: Record<string, unknown> }>;

const whole = new ResidencyStack();
const synthesized = Template.fromStack(whole).toJSON();
const ROUTER = whole.idOf(whole.router);
const VLLM = whole.getLogicalId(whole.service.node.findChild('Service') as never);
const INSTANCES = whole.getLogicalId(whole.instances.node.findChild('ASG') as never);
const VPC = { Ref: whole.getLogicalId(whole.network.vpc.node.defaultChild as never) };

let parts: Parts;
let json: TemplateJson;

beforeEach(() => {
  json = structuredClone(synthesized);
  parts = json.Resources as Parts;
});

function propertiesOf(id: string): Record<string, unknown> {
  const part = parts[id];
  if (part === undefined) throw new Error(`no ${id}`);
  return part.Properties;
}

function idsOf(type: string): string[] {
  return Object.entries(parts).flatMap(([id, { Type }]) => (Type === type ? [id] : []));
}

function idLike(type: string, pattern: RegExp): string {
  const found = idsOf(type).find((id) => pattern.test(id));
  if (found === undefined) throw new Error(`no ${type} like ${pattern}`);
  return found;
}

function add(Type: string, Properties: Record<string, unknown>): void {
  parts[`Added${Object.keys(parts).length}`] = { Type, Properties };
}

function addRoute(target: Record<string, unknown>): void {
  for (const table of idsOf('AWS::EC2::RouteTable'))
    add('AWS::EC2::Route', { RouteTableId: { Ref: table }, DestinationCidrBlock: '0.0.0.0/0', ...target });
}

function addEgress(group: RegExp, rule: Record<string, unknown>): void {
  const id = idLike('AWS::EC2::SecurityGroup', group);
  add('AWS::EC2::SecurityGroupEgress', { GroupId: { 'Fn::GetAtt': [id, 'GroupId'] }, IpProtocol: '-1', ...rule });
}

function addToRole(role: RegExp, statement: Record<string, unknown>): void {
  const id = idLike('AWS::IAM::Role', role);
  add('AWS::IAM::Policy', {
    Roles: [{ Ref: id }],
    PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] },
  });
}

/** Puts a statement beside those of an endpoint's policy. */
function addToEndpoint(endpoint: RegExp, statement: Record<string, unknown>): void {
  const document = propertiesOf(idLike('AWS::EC2::VPCEndpoint', endpoint)).PolicyDocument as { Statement: unknown[] };
  document.Statement.push({ Effect: 'Allow', Principal: '*', ...statement });
}

const OTHER_ACCOUNT = 'arn:aws:dynamodb:eu-west-1:999999999999:table/theirs';

/** What is done to the template, whom it lets out, and what the proof must say. */
const HOLES: readonly [hole: string, makes: () => void, who: readonly string[], because: RegExp][] = [
  ['a NAT route', () => addRoute({ NatGatewayId: { Ref: 'Nat' } }), [ROUTER, VLLM, INSTANCES], /0\.0\.0\.0\/0 to NatG/],
  ['an internet gateway route', () => addRoute({ GatewayId: { Ref: 'Gateway' } }), [ROUTER, VLLM], /to GatewayId/],
  [
    'a peering route',
    () => addRoute({ DestinationCidrBlock: '10.9.0.0/16', VpcPeeringConnectionId: 'pcx-1' }),
    [ROUTER, VLLM],
    /10\.9\.0\.0\/16 to VpcPeeringConnectionId pcx-1/,
  ],
  ['a transit gateway route', () => addRoute({ TransitGatewayId: 'tgw-1' }), [ROUTER, VLLM], /TransitGatewayId tgw-1/],
  ['a VPN route', () => addRoute({ GatewayId: { Ref: 'Vpn' } }), [ROUTER, VLLM], /GatewayId \$\{Vpn\}/],
  [
    'propagated VPN routes',
    () =>
      add('AWS::EC2::VPNGatewayRoutePropagation', {
        RouteTableIds: idsOf('AWS::EC2::RouteTable').map((Ref) => ({ Ref })),
        VpnGatewayId: 'vgw-1',
      }),
    [ROUTER, VLLM],
    /VPN gateway vgw-1/,
  ],
  [
    'an egress-only gateway',
    () =>
      addRoute({
        DestinationCidrBlock: undefined,
        DestinationIpv6CidrBlock: '::/0',
        EgressOnlyInternetGatewayId: 'eigw-1',
      }),
    [ROUTER, VLLM],
    /::\/0 to EgressOnlyInternetGatewayId/,
  ],
  [
    'a route through a box',
    () => addRoute({ NetworkInterfaceId: 'eni-1' }),
    [ROUTER, VLLM],
    /NetworkInterfaceId eni-1/,
  ],
  [
    'a subnet without a route table of its own',
    () => {
      for (const id of idsOf('AWS::EC2::SubnetRouteTableAssociation')) delete parts[id];
    },
    [ROUTER, VLLM],
    /has no route table of its own/,
  ],
  [
    'egress of the router to every address',
    () => addEgress(/Router/, { CidrIp: '0.0.0.0/0' }),
    [ROUTER],
    /0\.0\.0\.0\/0/,
  ],
  ['egress of vLLM to every address', () => addEgress(/Task/, { CidrIp: '0.0.0.0/0' }), [ROUTER, VLLM], /TaskGroup/],
  ['egress to every IPv6 address', () => addEgress(/Router/, { CidrIpv6: '::/0' }), [ROUTER], /::\/0/],
  [
    'egress to a private range beyond the VPC',
    () => addEgress(/Task/, { CidrIp: '10.1.0.0/16' }),
    [VLLM],
    /10\.1\.0\.0/,
  ],
  [
    'egress to a prefix list of nobody',
    () => addEgress(/Router/, { DestinationPrefixListId: 'pl-1' }),
    [ROUTER],
    /prefix list pl-1 belongs to no gateway endpoint/,
  ],
  [
    'egress to a group from elsewhere',
    () => addEgress(/Task/, { DestinationSecurityGroupId: 'sg-1' }),
    [VLLM],
    /security group sg-1 is not in the template/,
  ],
  [
    'a group without rules, which lets everything out',
    () => {
      const id = idLike('AWS::EC2::SecurityGroup', /RouterGroup/);
      for (const rule of idsOf('AWS::EC2::SecurityGroupEgress'))
        if (JSON.stringify(propertiesOf(rule).GroupId).includes(id)) delete parts[rule];
      delete propertiesOf(id).SecurityGroupEgress;
    },
    [ROUTER],
    /has no egress rules/,
  ],
  [
    'a part in the default group',
    () => Object.assign(propertiesOf(ROUTER).VpcConfig as object, { SecurityGroupIds: [] }),
    [ROUTER],
    /default one of the VPC/,
  ],
  ['a function outside the VPC', () => delete propertiesOf(ROUTER).VpcConfig, [ROUTER], /runs outside any VPC/],
  [
    'an open endpoint policy',
    () => delete propertiesOf(idLike('AWS::EC2::VPCEndpoint', /S3/)).PolicyDocument,
    [ROUTER, VLLM, INSTANCES],
    /\.s3 has no policy/,
  ],
  [
    "an endpoint policy with another account's bucket",
    () => addToEndpoint(/S3/, { Action: 's3:PutObject', Resource: 'arn:aws:s3:::of-somebody-else/*' }),
    [VLLM, INSTANCES],
    /s3:PutObject on arn:aws:s3:::of-somebody-else/,
  ],
  [
    'an endpoint policy with every bucket',
    () => addToEndpoint(/S3/, { Action: 's3:*', Resource: '*' }),
    [VLLM, INSTANCES],
    /s3:\* on \*/,
  ],
  [
    "an endpoint policy bound to principals of one's own, for everybody's tables",
    () =>
      addToEndpoint(/Dynamodb/, {
        Action: 'dynamodb:PutItem',
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
      }),
    [ROUTER],
    /dynamodb:PutItem on \*/,
  ],
  [
    'an endpoint policy that allows all but a list',
    () => addToEndpoint(/Secretsmanager/, { NotAction: 'secretsmanager:DeleteSecret', Resource: '*' }),
    [ROUTER],
    /all but a list/,
  ],
  [
    'an endpoint of a service that is not of AWS',
    () =>
      Object.assign(propertiesOf(idLike('AWS::EC2::VPCEndpoint', /Logs/)), {
        ServiceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-1',
      }),
    [VLLM, INSTANCES],
    /not of AWS/,
  ],
  [
    "everything on another account's resources",
    () => addToRole(/Router/, { Action: '*', Resource: OTHER_ACCOUNT }),
    [ROUTER],
    /allows \* on .*999999999999/,
  ],
  [
    "another account's role",
    () => addToRole(/TaskRole/, { Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::999999999999:role/theirs' }),
    [VLLM, ROUTER],
    /sts:AssumeRole/,
  ],
  ['everything on everything', () => addToRole(/Router/, { Action: '*', Resource: '*' }), [ROUTER], /allows \* on \*/],
  [
    'writing into a bucket that is only a name',
    () => addToRole(/TaskRole/, { Action: 's3:PutObject', Resource: 'arn:aws:s3:::of-somebody-else/*' }),
    [VLLM],
    /s3:PutObject/,
  ],
  [
    'a policy of AWS that is not known',
    () =>
      Object.assign(propertiesOf(idLike('AWS::IAM::Role', /Router/)), {
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      }),
    [ROUTER],
    /AdministratorAccess/,
  ],
  [
    'a resolver that answers for every name',
    () => {
      for (const id of idsOf('AWS::Route53Resolver::FirewallRuleGroupAssociation')) delete parts[id];
    },
    [ROUTER, VLLM],
    /answers for every name/,
  ],
  [
    'a resolver that answers for a name outside AWS',
    () =>
      (propertiesOf(idLike('AWS::Route53Resolver::FirewallDomainList', /Allowed/)).Domains as unknown[]).push(
        '*.example.com',
      ),
    [ROUTER, VLLM],
    /answers for \*\.example\.com/,
  ],
  [
    'names that are forwarded',
    () => add('AWS::Route53Resolver::ResolverRuleAssociation', { VPCId: VPC, ResolverRuleId: 'rslvr-rr-1' }),
    [ROUTER, VLLM],
    /forwards names elsewhere/,
  ],
  [
    'a service network',
    () => add('AWS::VpcLattice::ServiceNetworkVpcAssociation', { VpcIdentifier: VPC }),
    [ROUTER, VLLM],
    /service network/,
  ],
  [
    'a door in what a part reaches in turn',
    () => addEgress(/FrontGroup/, { CidrIp: '0.0.0.0/0' }),
    [ROUTER],
    /FrontGroup.* lets 0\.0\.0\.0\/0/,
  ],
];

describe('a residency network as a graph', () => {
  it('lets nothing that sends packets reach anything outside', () => {
    expect(senders(json)).toEqual(expect.arrayContaining([ROUTER, VLLM, INSTANCES]));
    for (const part of senders(json)) expect({ part, out: outsideOf(json, part) }).toEqual({ part, out: [] });
  });

  it('lets the router reach its tables, keys, models and vLLM, and nothing else', () => {
    const reached = reachable(json, ROUTER).filter(({ from }) => from === ROUTER);
    expect(reached.map(({ to }) => to.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'Front',
      'NetworkBedrockRuntimeEndpoint',
      'NetworkDynamodbEndpoint',
      'NetworkSecretsmanagerEndpoint',
    ]);
    expect(reachable(json, ROUTER).map(({ to }) => to)).toContain(VLLM);
  });

  it.each(HOLES)('is open with %s', (_, makes, who, because) => {
    makes();
    for (const part of who)
      expect(
        outsideOf(json, part)
          .map((reach) => reach.because)
          .join('\n'),
      ).toMatch(because);
  });

  it('is not open with a rule for an address within the VPC', () => {
    addEgress(/Router/, { CidrIp: '10.0.3.0/24' });
    expect(outsideOf(json, ROUTER)).toEqual([]);
    expect(reachable(json, ROUTER).map(({ to }) => to)).toContain(INSTANCES);
  });

  it('knows the account of a stack that names it', () => {
    addToRole(/Router/, { Action: 'dynamodb:PutItem', Resource: OTHER_ACCOUNT });
    expect(outsideOf(json, ROUTER)).not.toEqual([]);
    expect(outsideOf(json, ROUTER, { ownAccounts: ['999999999999'] })).toEqual([]);
  });

  it('refuses to judge what sends no packets', () => {
    expect(() => outsideOf(json, idsOf('AWS::DynamoDB::Table')[0] as string)).toThrowError(/is a AWS::DynamoDB::Table/);
    expect(() => outsideOf(json, 'Nobody')).toThrowError(/no resource Nobody/);
  });
});
