import { Names } from 'aws-cdk-lib';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

/** How the web application firewall in front of a router's API is set. */
export interface RouterWafOptions {
  /**
   * Requests one address may send in five minutes, from 10 on. Callers behind one NAT gateway share an address.
   *
   * @default 10000
   */
  readonly requestsPerFiveMinutes?: number;
  /**
   * Blocks requests whose `Content-Length` is this many million bytes or more, from 1 to 10. The router itself refuses what
   * is above the policy's `maxBodyBytes`; Lambda takes no more than 6 MB.
   *
   * @default 7
   */
  readonly maxBodyMegabytes?: number;
}

/**
 * Rules of the common rule set that are counted, not enforced: one blocks every body above 8 KB, the others look for markup,
 * paths and addresses in bodies, where prompts hold them as text; many clients of models send no user agent.
 */
const COUNTED_RULES = [
  'SizeRestrictions_BODY',
  'NoUserAgent_HEADER',
  'CrossSiteScripting_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
];

/** A web ACL for a stage that carries prompts. */
export class RouterWaf extends Construct {
  public readonly webAclArn: string;

  public constructor(scope: Construct, id: string, stageArn: string, options: RouterWafOptions) {
    super(scope, id);
    const acl = new wafv2.CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      // The dimension of its metrics, in which those of two routers would meet.
      visibilityConfig: visibility(Names.uniqueResourceName(this, { maxLength: 128 })),
      rules: [commonRules(0), perAddress(1, options), bodySize(2, options)],
    });
    this.webAclArn = acl.attrArn;
    new wafv2.CfnWebACLAssociation(this, 'Association', { resourceArn: stageArn, webAclArn: acl.attrArn });
  }
}

function commonRules(priority: number): wafv2.CfnWebACL.RuleProperty {
  return {
    name: 'CommonRuleSet',
    priority,
    overrideAction: { none: {} },
    visibilityConfig: visibility('CommonRuleSet'),
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: 'AWSManagedRulesCommonRuleSet',
        ruleActionOverrides: COUNTED_RULES.map((name) => ({ name, actionToUse: { count: {} } })),
      },
    },
  };
}

function perAddress(
  priority: number,
  { requestsPerFiveMinutes = 10_000 }: RouterWafOptions,
): wafv2.CfnWebACL.RuleProperty {
  return {
    name: 'RequestsPerAddress',
    priority,
    action: { block: {} },
    visibilityConfig: visibility('RequestsPerAddress'),
    statement: {
      rateBasedStatement: { aggregateKeyType: 'IP', limit: requestsPerFiveMinutes, evaluationWindowSec: 300 },
    },
  };
}

/** By the header: the firewall itself reads no more than the first kilobytes of a body. */
function bodySize(priority: number, { maxBodyMegabytes = 7 }: RouterWafOptions): wafv2.CfnWebACL.RuleProperty {
  return {
    name: 'BodySize',
    priority,
    action: { block: {} },
    visibilityConfig: visibility('BodySize'),
    statement: {
      regexMatchStatement: {
        fieldToMatch: { singleHeader: { Name: 'content-length' } },
        regexString: atLeastMillions(maxBodyMegabytes),
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
  };
}

/** Matches a whole number, written in digits, of at least so many millions. */
export function atLeastMillions(millions: number): string {
  if (!Number.isInteger(millions) || millions < 1 || millions > 10) {
    throw new Error(
      `maxBodyMegabytes is ${millions}; allowed: a whole number from 1 to 10, since API Gateway takes no more`,
    );
  }
  return millions === 10 ? '^0*[1-9][0-9]{7,}$' : `^0*([${millions}-9][0-9]{6}|[1-9][0-9]{7,})$`;
}

/** Samples would keep headers, and with them callers' credentials. */
function visibility(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName };
}
