import { Aws } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  CfnFirewallDomainList,
  CfnFirewallRuleGroup,
  CfnFirewallRuleGroupAssociation,
} from 'aws-cdk-lib/aws-route53resolver';
import { Construct } from 'constructs';

export interface NameFirewallProps {
  readonly vpc: IVpc;
  /** Names that may be asked for besides those of AWS in the region, such as `*.corp.example`. */
  readonly allowedDomains: string[];
}

/** AWS reserves the priorities up to 100 for its own rules. */
const ASSOCIATION_PRIORITY = 101;

/**
 * The resolver of a VPC answers for any name in the world, route or no route, and a name can carry data out. This lets
 * through only names that AWS itself answers in the region.
 */
export class NameFirewall extends Construct {
  constructor(scope: Construct, id: string, { vpc, allowedDomains }: NameFirewallProps) {
    super(scope, id);
    const allowed = new CfnFirewallDomainList(this, 'Allowed', {
      domains: [...namesOfTheRegion(), ...allowedDomains],
    });
    const everything = new CfnFirewallDomainList(this, 'Everything', { domains: ['*'] });
    const rules = new CfnFirewallRuleGroup(this, 'Rules', {
      firewallRules: [
        {
          action: 'ALLOW',
          priority: 1,
          firewallDomainListId: allowed.attrId,
          // Names of AWS lead through others of its own that are not listed here.
          firewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN',
        },
        { action: 'BLOCK', blockResponse: 'NXDOMAIN', priority: 2, firewallDomainListId: everything.attrId },
      ],
    });
    new CfnFirewallRuleGroupAssociation(this, 'Association', {
      firewallRuleGroupId: rules.attrId,
      vpcId: vpc.vpcId,
      priority: ASSOCIATION_PRIORITY,
    });
  }
}

/** Services, endpoints without a private name, load balancers, and instances by their own names. */
function namesOfTheRegion(): string[] {
  return [
    `*.${Aws.REGION}.${Aws.URL_SUFFIX}`,
    `*.${Aws.REGION}.vpce.${Aws.URL_SUFFIX}`,
    `*.${Aws.REGION}.elb.${Aws.URL_SUFFIX}`,
    '*.compute.internal',
    '*.ec2.internal',
  ];
}
