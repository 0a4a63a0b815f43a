import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import {
  type ITier,
  type ITierCaller,
  type TierBinding,
  type TierBindOptions,
  TierLocation,
} from '../../lib/constructs/tiers/tier';
import { tierSchema } from '../../lib/core/policy/schema/tier';
import { aStack } from '../constructs/a-stack';

/** Where a tier under test is made. */
export interface TierPlace {
  readonly scope: Construct;
  readonly id: string;
  /** The VPC of the caller. */
  readonly vpc: ec2.IVpc;
}

export interface TierUnderTest {
  /** The provider of the policy that speaks with it. */
  readonly provider: string;
  /** The model that the policy asks for. */
  readonly model: string;
  readonly make: (place: TierPlace) => ITier;
  /** The same on resources that are not the stack's own. */
  readonly imported: (place: TierPlace) => ITier;
  /** What else the policy says of the tier. */
  readonly policy?: Partial<TierBindOptions>;
  /** What else it says of the imported one. */
  readonly importedPolicy?: Partial<TierBindOptions>;
  /** Types of resources that are not made where they are brought along. */
  readonly broughtAlong: readonly string[];
  /** Actions that a caller needs and nothing beyond. */
  readonly actions: readonly string[];
}

/** What every tier construct must do for whoever binds it. */
export function tierContract(name: string, tier: TierUnderTest): void {
  describe(`${name} keeps the contract of tiers`, () => {
    it('says who speaks with it and where prompts go, as a policy may say it', () => {
      const { tier: made, binding } = bound(tier);
      expect(binding.provider).toBe(tier.provider);
      expect(tierSchema.shape.provider.safeParse(binding.provider).success).toBe(true);
      expect(tierSchema.shape.location.safeParse(binding.location).success).toBe(true);
      expect(binding.location).toBe(made.location);
      expect(binding.geography !== undefined).toBe(binding.location === TierLocation.GEOGRAPHY);
    });

    it('needs a way out only to where the VPC does not reach', () => {
      const { binding } = bound(tier);
      if (binding.location === TierLocation.VPC) expect(binding.needsEgress ?? false).toBe(false);
    });

    it('grants nothing until it is bound, and then what is needed', () => {
      const { stack, place } = aPlace();
      const caller = aCaller(stack, 'Caller', place.vpc);
      const made = tier.make(place);
      expect(statementsOf(stack, caller)).toEqual([]);

      const after = bound(tier);
      expect(new Set(statementsOf(after.stack, after.caller).flatMap(({ Action }) => Action))).toEqual(
        new Set(tier.actions),
      );
      expect(made.node.id).toBe('Tier');
    });

    it('grants no wildcard', () => {
      const { stack, caller } = bound(tier);
      for (const { Action, Resource } of statementsOf(stack, caller)) {
        expect([Action].flat().join()).not.toContain('*');
        expect(JSON.stringify(Resource)).not.toContain('*');
      }
    });

    it('opens a way out to HTTPS at most, and only where one is needed', () => {
      const { stack, caller, binding } = bound(tier);
      const open = egressOf(stack, caller).filter(({ CidrIp }) => CidrIp === '0.0.0.0/0');
      expect(open.map(({ FromPort, ToPort }) => [FromPort, ToPort])).toEqual(binding.needsEgress ? [[443, 443]] : []);
    });

    it('stands twice in a stack, for two callers', () => {
      const { stack, place } = aPlace();
      const tiers = ['One', 'Two'].map((id) => tier.make({ ...place, id }));
      const callers = ['First', 'Second'].map((id) => aCaller(stack, id, place.vpc));
      for (const caller of callers) {
        for (const [index, made] of tiers.entries()) {
          made.bind(caller, { id: `tier-${index}`, model: tier.model, ...tier.policy });
        }
      }
      const [first, second] = callers.map((caller) => statementsOf(stack, caller));
      expect(first).toEqual(second);
    });

    it('takes resources of yours, and makes none in their place', () => {
      const { stack, place } = aPlace();
      const made = tier.imported(place);
      const caller = aCaller(stack, 'Caller', place.vpc);
      const binding = made.bind(caller, { id: 'tier', model: tier.model, ...tier.importedPolicy });
      expect(binding.provider).toBe(tier.provider);
      const template = Template.fromStack(stack);
      for (const type of tier.broughtAlong) expect(template.findResources(type)).toEqual({});
    });
  });
}

interface Bound {
  readonly stack: Stack;
  readonly tier: ITier;
  readonly caller: TestCaller;
  readonly binding: TierBinding;
}

function aPlace(): { readonly stack: Stack; readonly place: TierPlace } {
  const stack = aStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
  return { stack, place: { scope: stack, id: 'Tier', vpc } };
}

function bound({ make, model, policy }: TierUnderTest): Bound {
  const { stack, place } = aPlace();
  const tier = make(place);
  const caller = aCaller(stack, 'Caller', place.vpc);
  return { stack, tier, caller, binding: tier.bind(caller, { id: 'tier', model, ...policy }) };
}

/** Stands in for the router's function: a role, and a security group that lets nothing out by itself. */
export class TestCaller extends Construct implements ITierCaller {
  public readonly grantPrincipal: iam.IPrincipal;
  public readonly role: iam.Role;
  public readonly isInVpc: boolean;
  public readonly group: ec2.SecurityGroup | undefined;

  public constructor(scope: Construct, id: string, vpc?: ec2.IVpc) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.grantPrincipal = this.role;
    this.isInVpc = vpc !== undefined;
    this.group = vpc && new ec2.SecurityGroup(this, 'Group', { vpc, allowAllOutbound: false });
  }

  public get connections(): ec2.Connections {
    if (this.group === undefined) throw new Error('is in no VPC');
    return this.group.connections;
  }
}

export function aCaller(stack: Stack, id = 'Caller', vpc?: ec2.IVpc): TestCaller {
  return new TestCaller(stack, id, vpc);
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What a caller has been allowed. */
export function statementsOf(stack: Stack, caller: TestCaller): Statement[] {
  const role = stack.resolve(caller.role.roleName);
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policies
    .filter(({ Properties }) => JSON.stringify(Properties.Roles) === JSON.stringify([role]))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

export interface Egress {
  readonly CidrIp?: string;
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
}

/** Ways out of a caller's security group, those apart from CDK's own entry that stands for none. */
export function egressOf(stack: Stack, caller: TestCaller): Egress[] {
  const template = Template.fromStack(stack);
  const group = stack.getLogicalId(caller.group?.node.defaultChild as ec2.CfnSecurityGroup);
  const inline: Egress[] =
    template.findResources('AWS::EC2::SecurityGroup')[group]?.Properties.SecurityGroupEgress ?? [];
  const apart = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).map(
    ({ Properties }) => Properties,
  );
  const own = apart.filter(({ GroupId }) => JSON.stringify(GroupId).includes(group));
  return [...inline, ...own].filter(({ CidrIp }) => CidrIp !== '255.255.255.255/32');
}
