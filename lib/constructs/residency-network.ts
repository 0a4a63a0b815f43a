import { Fn, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { closedEndpoint, takesPolicy } from './residency/closed-endpoint';
import * as statements from './residency/endpoint-statements';
import { NameFirewall } from './residency/name-firewall';

/** How a residency network is laid out. */
export interface ResidencyNetworkProps {
  /**
   * An existing VPC to use. Only its isolated subnets are used, and none of its other settings are touched.
   *
   * @default - a new VPC of isolated subnets
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Address range of the new VPC.
   *
   * @default '10.0.0.0/16'
   */
  readonly vpcCidr?: string;
  /**
   * Over how many zones the new VPC reaches. Endpoints are paid for by zone.
   *
   * @default 2
   */
  readonly maxAzs?: number;
  /**
   * Whether the new VPC keeps flow logs.
   *
   * @default true
   */
  readonly flowLogs?: boolean;
  /**
   * Where flow logs go.
   *
   * @default - a new log group, kept for three months
   */
  readonly flowLogGroup?: logs.ILogGroup;
  /**
   * Whether names outside AWS are refused by the VPC's resolver. A resolver that answers for every name is a way out of
   * its own. In an existing VPC this binds everything in it.
   *
   * @default - true in a new VPC, false in an existing one
   */
  readonly nameFirewall?: boolean;
  /**
   * Names the resolver may answer for besides those of AWS, such as `*.corp.example`.
   *
   * @default - those of AWS alone
   */
  readonly allowedDomains?: string[];
}

/** What the router needs to reach. */
export interface ResidencyRouterOptions {
  /** The router's tables. */
  readonly tables: dynamodb.ITable[];
  /**
   * Secrets the router reads.
   *
   * @default - none, and no way to Secrets Manager
   */
  readonly secrets?: secretsmanager.ISecret[];
  /**
   * ARNs of the Bedrock models and inference profiles the router may call.
   *
   * @default - none, and no way to Bedrock
   */
  readonly modelArns?: string[];
  /**
   * ARNs of the Bedrock guardrails the router may apply.
   *
   * @default - none, and no way to apply one
   */
  readonly guardrailArns?: string[];
}

/** What tasks of vLLM need to reach. */
export interface ResidencyVllmOptions {
  /**
   * Bucket that holds the weights.
   *
   * @default - none, and no way to S3
   */
  readonly weightsBucket?: s3.IBucket;
  /**
   * Beginning of the keys of the weights.
   *
   * @default - the whole bucket
   */
  readonly weightsPrefix?: string;
  /**
   * Secrets the containers are started with.
   *
   * @default - none, and no way to Secrets Manager
   */
  readonly secrets?: secretsmanager.ISecret[];
}

const SERVICE = ec2.InterfaceVpcEndpointAwsService;

/**
 * A network without a way out: isolated subnets, no internet gateway, no NAT, and an endpoint for each service that a
 * part needs, added when the part is named and opened to that part alone.
 *
 * S3 and DynamoDB are reached by interface endpoints too. A gateway endpoint would cost nothing for traffic, but a security
 * group can admit it only by a prefix list, whose id differs by region and is unknown at synthesis; the alternative is
 * egress to every address.
 */
export class ResidencyNetwork extends Construct {
  /** The VPC. */
  public readonly vpc: ec2.IVpc;
  /** Its isolated subnets: where every part belongs. */
  public readonly subnets: ec2.SubnetSelection;

  private readonly byService: Record<string, ec2.InterfaceVpcEndpoint> = {};

  constructor(scope: Construct, id: string, props: ResidencyNetworkProps = {}) {
    super(scope, id);
    this.vpc = props.vpc ?? this.newVpc(props);
    if (this.vpc.isolatedSubnets.length === 0)
      throw new Error(
        `${this.node.path}: the VPC given has no isolated subnets; add some (subnetType PRIVATE_ISOLATED), or leave vpc out to get a new one`,
      );
    this.subnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const { nameFirewall = props.vpc === undefined, allowedDomains = [] } = props;
    if (nameFirewall) new NameFirewall(this, 'NameFirewall', { vpc: this.vpc, allowedDomains });
  }

  /** The endpoints so far, by service, such as `logs` or `ecr.dkr`. */
  public get endpoints(): Record<string, ec2.IInterfaceVpcEndpoint> {
    return { ...this.byService };
  }

  /** The endpoint through which a private API is called. Admits nobody until `allowCallers`. */
  public get apiEndpoint(): ec2.IInterfaceVpcEndpoint {
    return this.endpoint(SERVICE.APIGATEWAY, [statements.apiStatement(Stack.of(this))]);
  }

  /**
   * Gives the router's function what it needs: its tables, and secrets and models where it has any. Returns the environment
   * variables that its function must have, since the endpoint of DynamoDB does not answer to the service's usual name.
   */
  public forRouter(router: ec2.IConnectable, options: ResidencyRouterOptions): Record<string, string> {
    const { tables, secrets = [], modelArns = [], guardrailArns = [] } = options;
    const database = this.allow(router, SERVICE.DYNAMODB, [statements.tableStatement(tables)]);
    this.allowSecrets(router, secrets);
    if (modelArns.length > 0) this.allow(router, SERVICE.BEDROCK_RUNTIME, [statements.modelStatement(modelArns)]);
    if (guardrailArns.length > 0)
      this.allow(router, SERVICE.BEDROCK_RUNTIME, [statements.guardrailStatement(guardrailArns)]);
    return { AWS_ENDPOINT_URL_DYNAMODB: `https://${addressOf(database)}` };
  }

  /**
   * Gives the watch function what it needs: the router's tables, and CloudWatch for its metrics. Returns the environment
   * variables that its function must have, as `forRouter` does.
   */
  public forWatch(watch: ec2.IConnectable, tables: dynamodb.ITable[]): Record<string, string> {
    this.allow(watch, SERVICE.CLOUDWATCH_MONITORING, [statements.metricStatement()]);
    return this.forRouter(watch, { tables });
  }

  /** Gives the instances of an ECS cluster what their agent needs: ECS itself, images from private ECR, logs. */
  public forContainerInstances(instances: ec2.IConnectable): void {
    const stack = Stack.of(this);
    this.allow(instances, SERVICE.ECS, [statements.clusterStatement()]);
    this.allow(instances, SERVICE.ECS_AGENT, []);
    this.allow(instances, SERVICE.ECS_TELEMETRY, []);
    for (const registry of [SERVICE.ECR, SERVICE.ECR_DOCKER])
      this.allow(instances, registry, statements.imageStatements(stack));
    this.allow(instances, SERVICE.S3, [statements.imageLayerStatement()]);
    this.allow(instances, SERVICE.CLOUDWATCH_LOGS, [statements.logStatement(stack)]);
  }

  /** Gives tasks of vLLM what they need: weights from S3, logs and, through them, metrics. */
  public forVllm(tasks: ec2.IConnectable, options: ResidencyVllmOptions = {}): void {
    const { weightsBucket, weightsPrefix = '', secrets = [] } = options;
    if (weightsBucket) this.allow(tasks, SERVICE.S3, statements.weightsStatements(weightsBucket, weightsPrefix));
    this.allowSecrets(tasks, secrets);
    this.allow(tasks, SERVICE.CLOUDWATCH_LOGS, [statements.logStatement(Stack.of(this))]);
  }

  /** Lets callers reach the private API. */
  public allowCallers(callers: ec2.IConnectable): void {
    this.open(callers, this.apiEndpoint);
  }

  /**
   * Lets a part reach one more service of AWS, such as `ssmmessages`, through an endpoint that lets the statements through
   * and nothing else. A statement needs a principal.
   */
  public allow(
    part: ec2.IConnectable,
    service: ec2.InterfaceVpcEndpointAwsService,
    allowed: iam.PolicyStatement[],
  ): ec2.InterfaceVpcEndpoint {
    if (allowed.length === 0 && takesPolicy(service))
      throw new Error(
        `${this.node.path}: an endpoint of ${service.shortName} without a policy would reach every account; give the statements it may let through`,
      );
    const endpoint = this.endpoint(service, allowed);
    this.open(part, endpoint);
    return endpoint;
  }

  private allowSecrets(part: ec2.IConnectable, secrets: secretsmanager.ISecret[]): void {
    if (secrets.length > 0) this.allow(part, SERVICE.SECRETS_MANAGER, [statements.secretStatement(secrets)]);
  }

  private endpoint(
    service: ec2.InterfaceVpcEndpointAwsService,
    allowed: iam.PolicyStatement[],
  ): ec2.InterfaceVpcEndpoint {
    const known = this.byService[service.shortName];
    const endpoint = known ?? closedEndpoint(this, this.vpc, this.subnets, service);
    this.byService[service.shortName] = endpoint;
    for (const statement of allowed) endpoint.addToPolicy(statement);
    return endpoint;
  }

  private open(part: ec2.IConnectable, endpoint: ec2.IInterfaceVpcEndpoint): void {
    const wide = part.connections.securityGroups.find(({ allowAllOutbound }) => allowAllOutbound);
    if (wide)
      throw new Error(
        `${this.node.path}: the security group ${wide.node.path} lets everything out; make it with allowAllOutbound: false, and the network opens what the part needs`,
      );
    part.connections.allowTo(endpoint, ec2.Port.tcp(443), 'To an endpoint of the residency network');
  }

  private newVpc({
    vpcCidr = '10.0.0.0/16',
    maxAzs = 2,
    flowLogs = true,
    flowLogGroup,
  }: ResidencyNetworkProps): ec2.IVpc {
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(vpcCidr),
      maxAzs,
      natGateways: 0,
      createInternetGateway: false,
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
      // Closing the default group takes a function in the stack; no part of this network is ever in that group.
      restrictDefaultSecurityGroup: false,
    });
    if (flowLogs) {
      const group = flowLogGroup ?? new logs.LogGroup(this, 'FlowLogs', { retention: logs.RetentionDays.THREE_MONTHS });
      vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(group) });
    }
    return vpc;
  }
}

/** The first name of an endpoint, without the hosted zone that stands before it: `Z123:vpce-1.dynamodb.eu-west-1.vpce...`. */
function addressOf(endpoint: ec2.InterfaceVpcEndpoint): string {
  return Fn.select(1, Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries)));
}
