import { Duration, Lazy, Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../core/contract';
import { PROMPT_KEY_VARIABLE, type PromptPlace, tierFaults } from '../core/policy/deployment';
import { describeFault } from '../core/policy/fault';
import type { Tier } from '../core/types-policy';
import { bindOptions } from './function/bind-options';
import { type DeployedFunction, deploymentOf, startFaults } from './function/deployment-of';
import { environmentSizeFault } from './function/environment-size';
import { executionRole } from './function/execution-role';
import { POLICY_PATH, policyLayer } from './function/policy-layer';
import { routerCode } from './function/router-code';
import { leadsOut } from './function/subnets';
import { tierVariables, type WrittenTier } from './function/tier-variables';
import type { PolicySource } from './policy-source';
import type { PromptLog } from './prompt-log';
import type { RouterFunctionProps } from './router-function-props';
import type { ITier, ITierCaller, TierBinding } from './tiers/tier';

const OWN_VARIABLES: ReadonlySet<string> = new Set(Object.values(ENVIRONMENT));
/** What CloudWatch takes as the value of a dimension; a leading colon is its own. */
const DIMENSION_VALUE = /^(?!:)[\x20-\x7e]{1,255}$/;
const HTTPS = ec2.Port.tcp(443);

/**
 * The router as a Lambda function. Its environment fixes where tiers answer, where their prompts go and how far each
 * task's prompts may travel; the function refuses a policy that widens any of it.
 */
export class RouterFunction extends Construct implements ITierCaller {
  /** The `Router` dimension of every metric. */
  public readonly routerName: string;
  /** The function itself. */
  public readonly lambdaFunction: lambda.Function;
  /** What to invoke: the alias whose instances are kept warm, else the function. */
  public readonly handler: lambda.IFunction;
  /** What the function may do. */
  public readonly role: iam.Role;
  /** Where the function logs, metrics included. */
  public readonly logGroup: logs.ILogGroup;
  /** Whether the function runs in a VPC. */
  public readonly isInVpc: boolean;
  /** The function as one who is granted something. */
  public readonly grantPrincipal: iam.IPrincipal;

  /** @internal */
  public readonly _bindings: Record<string, TierBinding> = {};
  /**
   * What no published policy may widen: the very text that the function is given.
   *
   * @internal
   */
  public readonly _deployment: string = Lazy.string({
    produce: () => Stack.of(this).toJsonString(deploymentOf(this.deployed())),
  });

  private readonly policy: PolicySource;
  private readonly prompts: PromptPlace | undefined;
  private readonly hasWayOut: boolean;
  private readonly variables: Record<string, string> = {};

  constructor(scope: Construct, id: string, props: RouterFunctionProps) {
    super(scope, id);
    this.policy = props.policy;
    this.prompts = placeOf(props.promptLog);
    this.routerName = this.nameOf(props);
    this.isInVpc = props.vpc !== undefined;
    this.hasWayOut = props.vpc === undefined || leadsOut(props.vpc, props.vpcSubnets);
    this.logGroup = props.logGroup ?? this.newLogGroup(props);
    this.role = executionRole(this, 'Role', {
      logGroup: this.logGroup,
      isInVpc: this.isInVpc,
      isTraced: props.tracing !== undefined && props.tracing !== lambda.Tracing.DISABLED,
    });
    this.grantPrincipal = this.role;
    this.lambdaFunction = this.newFunction(props);
    this.handler = this.newHandler(props);
    this.setOwnVariables(props);
    for (const [name, value] of Object.entries(props.environment ?? {})) this.addEnvironment(name, value);
    if (this.prompts !== undefined) this.addEnvironment(PROMPT_KEY_VARIABLE, this.prompts.key);
    props.promptLog?.grantPut(this);
    props.tables.grantRouter(this);
    for (const [tierId, tier] of Object.entries(props.tiers ?? {})) this.addTier(tierId, tier);
    this.node.addValidation({ validate: () => this.faults() });
  }

  /** The function's security groups. Throws where it is in no VPC. */
  public get connections(): ec2.Connections {
    if (!this.isInVpc) throw new Error(`${this.node.path}: the router is in no VPC; pass vpc`);
    return this.lambdaFunction.connections;
  }

  /** Gives a tier of the policy its infrastructure, and the function what it needs to use it. */
  public addTier(id: string, tier: ITier): void {
    const { tiers } = this.policy._policy;
    const declared = tiers[id];
    if (declared === undefined) {
      throw new Error(
        `${this.node.path}: the policy has no tier "${id}"; its tiers: ${Object.keys(tiers).join(', ')}. Declare it in the policy, or take it out of tiers`,
      );
    }
    if (Object.hasOwn(this._bindings, id)) throw new Error(`${this.node.path}: tier "${id}" was given twice`);
    const binding = tier.bind(this, bindOptions(declared));
    this.check(declared, tier, binding);
    const own = Stack.of(this).region;
    for (const [name, value] of Object.entries(tierVariables(id, this.written(id), binding, own))) {
      this.addEnvironment(name, value);
    }
    this._bindings[id] = binding;
  }

  /** Sets a variable of the function, such as one that the policy reads. Throws where it has another value already. */
  public addEnvironment(name: string, value: string): void {
    if (OWN_VARIABLES.has(name)) {
      throw new Error(`${this.node.path}: the variable ${name} is the router's own; give another name to yours`);
    }
    const known = this.variables[name];
    if (known !== undefined && known !== value) {
      throw new Error(
        `${this.node.path}: the variable ${name} has two values; tiers set the variables that the policy reads for them, so take it out of environment, or give each tier of the policy variables of its own`,
      );
    }
    this.setVariable(name, value);
  }

  /** Lets somebody invoke the router. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.handler.grantInvoke(grantee);
  }

  private nameOf({ routerName }: RouterFunctionProps): string {
    const name = routerName ?? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    if (Token.isUnresolved(name) || DIMENSION_VALUE.test(name)) return name;
    throw new Error(
      `${this.node.path}: routerName is ${JSON.stringify(name)}; give 1 to 255 printable ASCII characters, no colon first`,
    );
  }

  private newLogGroup({ logRetention, removalPolicy }: RouterFunctionProps): logs.LogGroup {
    return new logs.LogGroup(this, 'Logs', {
      retention: logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  private newFunction(props: RouterFunctionProps): lambda.Function {
    const { timeout = Duration.minutes(15), vpc, vpcSubnets, tracing, reservedConcurrentExecutions } = props;
    if (!timeout.isUnresolved() && timeout.toSeconds() > 900) {
      throw new Error(`${this.node.path}: timeout is ${timeout.toSeconds()} s; AWS Lambda allows 900 s`);
    }
    const router = new lambda.Function(this, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(routerCode()),
      handler: 'index.handler',
      description: `Tierwise router ${this.policy._policy.id}`,
      layers: [policyLayer(this, 'Policy', this.policy)],
      role: this.role,
      logGroup: this.logGroup,
      memorySize: props.memorySize ?? 1024,
      timeout,
      ...(reservedConcurrentExecutions !== undefined && { reservedConcurrentExecutions }),
      ...(tracing !== undefined && { tracing }),
      ...(vpc !== undefined && { vpc, securityGroups: props.securityGroups ?? [this.newSecurityGroup(vpc)] }),
      ...(vpcSubnets !== undefined && { vpcSubnets }),
    });
    // Otherwise another policy alone would make no new version, and the alias would stay with the old one.
    router.invalidateVersionBasedOn(this.policy._policy.version);
    return router;
  }

  private newSecurityGroup(vpc: ec2.IVpc): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      allowAllOutbound: false,
      description: 'Tierwise router',
    });
    if (this.hasWayOut) group.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, 'To the tables, secrets and models of AWS');
    return group;
  }

  private newHandler({ provisionedConcurrentExecutions }: RouterFunctionProps): lambda.IFunction {
    if (provisionedConcurrentExecutions === undefined) return this.lambdaFunction;
    const version = this.lambdaFunction.currentVersion as lambda.IVersion;
    return new lambda.Alias(this, 'Live', {
      aliasName: 'live',
      version,
      provisionedConcurrentExecutions,
    }) as lambda.IFunction;
  }

  private setOwnVariables({ tables, refreshInterval, customerMetrics }: RouterFunctionProps): void {
    this.setVariable(ENVIRONMENT.router, this.routerName);
    this.setVariable(ENVIRONMENT.policyFile, POLICY_PATH);
    this.setVariable(ENVIRONMENT.policyTable, tables.policyTable.tableName);
    this.setVariable(ENVIRONMENT.attributionTable, tables.attributionTable.tableName);
    this.setVariable(ENVIRONMENT.accessTable, tables.accessTable.tableName);
    this.setVariable(ENVIRONMENT.deployment, this._deployment);
    if (refreshInterval !== undefined)
      this.setVariable(ENVIRONMENT.refreshSeconds, String(refreshInterval.toSeconds()));
    if (customerMetrics === true) this.setVariable(ENVIRONMENT.customerMetrics, 'on');
  }

  private setVariable(name: string, value: string): void {
    this.variables[name] = value;
    this.lambdaFunction.addEnvironment(name, value);
  }

  private written(id: string): WrittenTier {
    const { tiers } = this.policy._document as { readonly tiers: Readonly<Record<string, WrittenTier>> };
    return tiers[id] as WrittenTier;
  }

  /** Refuses what can be seen of a tier by itself; how tiers go together is seen at the end. */
  private check(declared: Tier, tier: ITier, binding: TierBinding): void {
    const { id, provider } = declared;
    if (provider !== binding.provider) {
      throw new Error(
        `${this.node.path}: tiers.${id} of the policy speaks ${provider}, and ${tier.node.path} speaks ${binding.provider}; change the provider in the policy, or give the tier another construct`,
      );
    }
    if (binding.needsEgress === true && !this.hasWayOut) {
      throw new Error(
        `${this.node.path}: tier ${id} is outside the VPC, and the router's subnets have no way out; serve it by a VllmTier, or by a BedrockTier through an endpoint in the VPC, or run the router in private subnets with egress`,
      );
    }
    // Only places are compared here: the policy may read addresses from variables that have no values yet.
    const { baseUrl: _baseUrl, region: _region, ...place } = declared;
    const { location, geography } = binding;
    const host = { provider, location, ...(geography !== undefined && { geography }) };
    const faults = tierFaults(place, { tiers: { [id]: host }, residency: {} });
    if (faults.length > 0) {
      throw new Error(
        `${this.node.path}: ${faults.map((fault) => describeFault(fault)).join('; ')} (it is ${tier.node.path})`,
      );
    }
  }

  private deployed(): DeployedFunction {
    const { policy, variables, prompts } = this;
    const { region } = Stack.of(this);
    return { policy, bindings: this._bindings, variables, region, ...(prompts !== undefined && { prompts }) };
  }

  private faults(): string[] {
    const missing = Object.keys(this.policy._policy.tiers).filter((id) => !Object.hasOwn(this._bindings, id));
    if (missing.length > 0) {
      return missing.map(
        (id) => `policy tier ${id} is declared in the policy but not in the stack; pass tiers: { '${id}': ... }`,
      );
    }
    const size = environmentSizeFault(Stack.of(this), this.variables);
    return [...startFaults(this.deployed()), ...(size === undefined ? [] : [size])];
  }
}

function placeOf(log: PromptLog | undefined): PromptPlace | undefined {
  return log && { bucket: log.bucket.bucketName, key: log.key.keyArn };
}
