import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  SecurityGroup,
  type SubnetSelection,
  VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/**
 * Services whose interface endpoint has no private name, so that a client must be told its address. Of DynamoDB that
 * is written in its guide, under the considerations for PrivateLink.
 */
const WITHOUT_PRIVATE_NAME = ['dynamodb'];

/**
 * Services that take no endpoint policy but the open one. What runs over them is the control channel between an agent
 * and its own cluster; IAM decides which.
 */
const WITHOUT_POLICY = ['ecs-agent', 'ecs-telemetry'];

export function takesPolicy(service: InterfaceVpcEndpointAwsService): boolean {
  return !WITHOUT_POLICY.includes(service.shortName);
}

/** An interface endpoint that nobody may reach yet, with a security group of its own. */
export function closedEndpoint(
  scope: Construct,
  vpc: IVpc,
  subnets: SubnetSelection,
  service: InterfaceVpcEndpointAwsService,
): InterfaceVpcEndpoint {
  const id = constructIdOf(service);
  const securityGroup: ISecurityGroup = new SecurityGroup(scope, `${id}EndpointAccess`, {
    vpc,
    allowAllOutbound: false,
    description: `Who may reach the ${service.shortName} endpoint`,
  });
  return new InterfaceVpcEndpoint(scope, `${id}Endpoint`, {
    vpc,
    subnets,
    service,
    open: false,
    securityGroups: [securityGroup],
    privateDnsEnabled: !WITHOUT_PRIVATE_NAME.includes(service.shortName),
    // Otherwise S3 gives its name to inbound resolvers alone and asks for a gateway endpoint beside this one.
    ...(service.shortName === InterfaceVpcEndpointAwsService.S3.shortName && {
      privateDnsOnlyForInboundResolverEndpoint: VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint.ALL_RESOLVERS,
    }),
  });
}

/** `ecr.dkr` -> `EcrDkr`. */
function constructIdOf({ shortName }: InterfaceVpcEndpointAwsService): string {
  return shortName
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
