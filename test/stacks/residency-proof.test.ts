import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { type ReferenceStack, VllmTier } from '../../lib/index';
import { outsideOf, reachable, senders } from '../fixtures/template-graph/reach';
import type { TemplateJson } from '../fixtures/template-graph/template';
import { aReferenceStack, formOf } from './a-reference-stack';

/** Logical ids of what sends packets: the router, and each model's service. */
function partsOf(json: TemplateJson): {
  readonly router: string;
  readonly models: string[];
  readonly instances: string[];
} {
  const ids = (type: string) =>
    Object.entries(json.Resources ?? {}).flatMap(([id, { Type }]) => (Type === type ? [id] : []));
  const router = ids('AWS::Lambda::Function').find((id) => id.startsWith('RouterFunction')) ?? '';
  return { router, models: ids('AWS::ECS::Service'), instances: ids('AWS::AutoScaling::AutoScalingGroup') };
}

function templateOf(stack: ReferenceStack): TemplateJson {
  return Template.fromStack(stack).toJSON();
}

function smallOf(stack: ReferenceStack): VllmTier {
  const tier = stack.node.children.find((child) => child instanceof VllmTier);
  if (tier === undefined) throw new Error('the stack has no model of its own');
  return tier;
}

function vpcOf({ vpc }: ReferenceStack): ec2.IVpc {
  if (vpc === undefined) throw new Error('the stack has no VPC');
  return vpc;
}

function addRoutes(stack: ReferenceStack, target: Partial<ec2.CfnRouteProps>): void {
  for (const [index, { routeTable }] of vpcOf(stack).isolatedSubnets.entries())
    new ec2.CfnRoute(stack, `Hole${index}`, {
      routeTableId: routeTable.routeTableId,
      destinationCidrBlock: '0.0.0.0/0',
      ...target,
    });
}

type Part = 'router' | 'models' | 'instances';

/** What somebody might add to the stack in good faith, whom it lets out, and what the proof must say. */
const HOLES: readonly [hole: string, makes: (stack: ReferenceStack) => void, who: readonly Part[], because: RegExp][] =
  [
    [
      'a route to a NAT gateway',
      (stack) => addRoutes(stack, { natGatewayId: 'nat-1' }),
      ['router', 'models', 'instances'],
      /0\.0\.0\.0\/0 to NatGatewayId nat-1/,
    ],
    [
      'a route to an internet gateway',
      (stack) => addRoutes(stack, { gatewayId: 'igw-1' }),
      ['router', 'models', 'instances'],
      /0\.0\.0\.0\/0 to GatewayId igw-1/,
    ],
    [
      'a route to another network',
      (stack) => addRoutes(stack, { vpcPeeringConnectionId: 'pcx-1', destinationCidrBlock: '10.9.0.0/16' }),
      ['router', 'models', 'instances'],
      /10\.9\.0\.0\/16 to VpcPeeringConnectionId pcx-1/,
    ],
    [
      'egress of the router to every address',
      (stack) => stack.router.connections.allowToAnyIpv4(ec2.Port.tcp(443)),
      ['router'],
      /0\.0\.0\.0\/0/,
    ],
    [
      'egress of a model to every address',
      (stack) => smallOf(stack).connections.allowToAnyIpv4(ec2.Port.tcp(443)),
      ['models', 'router'],
      /0\.0\.0\.0\/0/,
    ],
    [
      'egress of instances to every address',
      (stack) => smallOf(stack).instanceConnections.allowToAnyIpv4(ec2.Port.tcp(443)),
      ['instances'],
      /0\.0\.0\.0\/0/,
    ],
    [
      'an endpoint without a policy',
      (stack) => {
        const endpoint = vpcOf(stack).addInterfaceEndpoint('Queues', {
          service: ec2.InterfaceVpcEndpointAwsService.SQS,
          subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
          open: false,
        });
        stack.router.connections.allowTo(endpoint, ec2.Port.tcp(443));
      },
      ['router'],
      /\.sqs has no policy/,
    ],
    [
      'an endpoint of a service that is not of AWS',
      (stack) => {
        const endpoint = vpcOf(stack).addInterfaceEndpoint('Theirs', {
          service: new ec2.InterfaceVpcEndpointService('com.amazonaws.vpce.eu-west-1.vpce-svc-1'),
          subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
          open: false,
        });
        smallOf(stack).connections.allowTo(endpoint, ec2.Port.tcp(443));
      },
      ['models', 'router'],
      /not of AWS/,
    ],
    [
      "another's bucket, through the endpoint that there is",
      (stack) => {
        const theirs = s3.Bucket.fromBucketName(stack, 'Theirs', 'of-somebody-else');
        const everybody = new iam.PolicyStatement({
          principals: [new iam.AnyPrincipal()],
          actions: ['s3:PutObject'],
          resources: [theirs.arnForObjects('*')],
        });
        stack.network?.allow(smallOf(stack), ec2.InterfaceVpcEndpointAwsService.S3, [everybody]);
      },
      ['models', 'instances'],
      /s3:PutObject on .*of-somebody-else/,
    ],
    [
      "another account's role",
      (stack) =>
        stack.router.function.role.addToPrincipalPolicy(
          new iam.PolicyStatement({
            actions: ['sts:AssumeRole'],
            resources: ['arn:aws:iam::999999999999:role/theirs'],
          }),
        ),
      ['router'],
      /sts:AssumeRole/,
    ],
  ];

describe('the reference stack with residency', () => {
  const json = templateOf(formOf('resident').stack);
  const { router, models, instances } = partsOf(json);

  it('has a router, two models and their instances, none of which reaches anything outside', () => {
    expect(senders(json)).toEqual(expect.arrayContaining([router, ...models, ...instances]));
    expect([models.length, instances.length]).toEqual([2, 2]);
    for (const part of senders(json)) expect({ part, out: outsideOf(json, part) }).toEqual({ part, out: [] });
  });

  it('lets the router reach its tables and its models, and no other service of AWS', () => {
    const reached = reachable(json, router)
      .filter(({ from, by }) => from === router && by !== 'role')
      .map(({ to }) => to.replace(/[0-9A-F]{8}$/, ''));
    expect(new Set(reached)).toEqual(
      new Set(['NetworkDynamodbEndpoint', 'TiersmallEntranceLoadBalancer', 'TierlargeEntranceLoadBalancer']),
    );
  });

  it.each(HOLES)('is open with %s, and the proof says so', (_, makes, who, because) => {
    const stack = aReferenceStack('resident');
    makes(stack);
    const holed = templateOf(stack);
    const parts = partsOf(holed);
    const asked = { router: [parts.router], models: parts.models, instances: parts.instances };
    for (const part of who) {
      const reasons = asked[part].flatMap((id) => outsideOf(holed, id)).map((reach) => reach.because);
      expect(reasons.join('\n')).toMatch(because);
    }
  });

  it('is what it is by the network: without residency the same router reaches the world', () => {
    const open = templateOf(formOf('hybrid').stack);
    const reasons = outsideOf(open, partsOf(open).router).map(({ by }) => by);
    expect(reasons).toEqual(expect.arrayContaining(['route', 'security group']));
  });
});
