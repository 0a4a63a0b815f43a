import { Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface ExecutionRoleOptions {
  readonly logGroup: logs.ILogGroup;
  readonly isInVpc: boolean;
  readonly isTraced: boolean;
  /** What the function is to a Tierwise router. Default: the router itself. */
  readonly description?: string;
}

/** What the platform does to put a function into a VPC, in the words of AWSLambdaVPCAccessExecutionRole. */
const NETWORK_INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

const ANY_RESOURCE = 'AwsSolutions-IAM5[Resource::*]';

/** A role for this function alone: its own log streams, and a place in the VPC where it has one. */
export function executionRole(scope: Construct, id: string, options: ExecutionRoleOptions): iam.Role {
  const role = new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    description: options.description ?? 'Runs a Tierwise router',
  });
  options.logGroup.grantWrite(role);
  if (options.isInVpc) addNetworkInterfaces(role);
  if (options.isTraced) {
    Validations.of(role).acknowledge({ id: ANY_RESOURCE, reason: 'X-Ray knows no resources to put traces to.' });
  }
  return role;
}

/** A child of the role, so that the function waits for it as for the rest of the role. */
function addNetworkInterfaces(role: iam.Role): void {
  const policy = new iam.Policy(role, 'NetworkInterfaces', {
    statements: [new iam.PolicyStatement({ actions: NETWORK_INTERFACES, resources: ['*'] })],
  });
  policy.attachToRole(role);
  Validations.of(policy).acknowledge({
    id: ANY_RESOURCE,
    reason: 'The network interfaces of a function in a VPC are made by the platform; their ids cannot be known before.',
  });
}
