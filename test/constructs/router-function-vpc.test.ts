import type { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { BedrockTier } from '../../lib/constructs/tiers/bedrock-tier';
import { ExternalApiTier, ExternalProvider } from '../../lib/constructs/tiers/external-api-tier';
import { aRouter, THREE_TIERS, threeTiers } from './a-router';
import { aStack, resources } from './a-stack';
import { nagFindings } from './nag';

const ISOLATED = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };

function aVpc(stack: Stack, subnetConfiguration?: ec2.SubnetConfiguration[]): ec2.Vpc {
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    restrictDefaultSecurityGroup: false,
    ...(subnetConfiguration && { subnetConfiguration, natGateways: 0 }),
  });
  vpc.addFlowLog('Flow');
  return vpc;
}

const anIsolatedVpc = (stack: Stack) => aVpc(stack, [{ name: 'Isolated', ...ISOLATED }]);

/** A policy of the middle tier alone. */
const MID_ONLY = THREE_TIERS.replace(/ {2}small:[\s\S]*? {2}mid:/, '  mid:')
  .replace(/ {2}frontier:\n[\s\S]*?tasks:/, 'tasks:')
  .replaceAll(/ladder: .*/g, 'ladder: [mid]');

function egress(stack: Stack): unknown[] {
  const groups = resources(stack, 'AWS::EC2::SecurityGroup');
  return groups.flatMap(({ SecurityGroupEgress }) => SecurityGroupEgress);
}

describe('a router in a VPC', () => {
  it('runs in private subnets and reaches AWS by HTTPS, nothing else', () => {
    const stack = aStack();
    const router = aRouter(stack, { vpc: aVpc(stack) });
    expect(router.isInVpc).toBe(true);
    expect(resources(stack, 'AWS::Lambda::Function')[0].VpcConfig.SubnetIds).toHaveLength(2);
    expect(egress(stack)).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }),
    ]);
    expect(resources(stack, 'AWS::EC2::SecurityGroup')[0].SecurityGroupIngress).toBeUndefined();
    expect(nagFindings(stack)).toEqual([]);
  });

  it('lets the platform make its network interfaces, and does nothing else by a wildcard', () => {
    const stack = aStack();
    aRouter(stack, { vpc: aVpc(stack) });
    const wild = resources(stack, 'AWS::IAM::Policy')
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Resource }) => Resource === '*');
    expect(wild).toHaveLength(1);
    expect(wild[0].Action.every((action: string) => /^ec2:\w+(NetworkInterface|Subnets|PrivateIp)/.test(action))).toBe(
      true,
    );
  });

  it('lets nothing out of isolated subnets by itself', () => {
    const stack = aStack();
    aRouter(stack, { vpc: anIsolatedVpc(stack), text: MID_ONLY, tiers: { mid: new BedrockTier(stack, 'Mid') } });
    expect(JSON.stringify(egress(stack))).not.toContain('0.0.0.0/0');
  });

  it.each(['its VPC has no others', 'it was put there'])('refuses a tier outside where %s', (why) => {
    const stack = aStack();
    const isOnly = why === 'its VPC has no others';
    const subnets = [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'Isolated', ...ISOLATED },
    ];
    const vpc = isOnly ? anIsolatedVpc(stack) : aVpc(stack, subnets);
    expect(() => aRouter(stack, { vpc, ...(!isOnly && { vpcSubnets: ISOLATED }) })).toThrow(
      /tier frontier is outside the VPC, and the router's subnets have no way out; serve it by a VllmTier, or by a BedrockTier/,
    );
  });

  it('takes security groups of yours, and says what is missing where there is no VPC', () => {
    const stack = aStack();
    const vpc = aVpc(stack);
    const group = new ec2.SecurityGroup(stack, 'Ours', { vpc, allowAllOutbound: false });
    const router = aRouter(stack, { vpc, securityGroups: [group] });
    expect(router.connections.securityGroups).toEqual([group]);
    expect(resources(stack, 'AWS::EC2::SecurityGroup')).toHaveLength(1);
    expect(() => aRouter(aStack()).connections).toThrow(/the router is in no VPC; pass vpc/);
  });

  it('takes an imported VPC', () => {
    const stack = aStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Theirs', {
      vpcId: 'vpc-1',
      availabilityZones: ['a', 'b'],
      isolatedSubnetIds: ['subnet-1', 'subnet-2'],
    });
    const outside = new ExternalApiTier(stack, 'Outside', { provider: ExternalProvider.ANTHROPIC });
    expect(() => aRouter(stack, { vpc, tiers: { ...threeTiers(stack), frontier: outside } })).toThrow(/no way out/);
  });
});
