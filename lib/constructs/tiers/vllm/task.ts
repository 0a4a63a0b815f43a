import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from './acknowledge';
import { adapterModules, adaptersInS3, copyAdapters } from './adapter-copy';
import { CACHE_FOLDER } from './capacity';
import { commandLineOf, VLLM_PORT } from './command-line';
import { DEFAULTS } from './defaults';
import type { DrainTimings } from './drain';
import { grantFolder } from './grant-folder';
import { defaultVllmImage } from './image';
import { addMetricsAgent } from './metrics-agent';
import type { VllmTierProps } from './props';
import type { VllmSizing } from './sizing';

interface VllmTaskProps {
  readonly tierName: string;
  readonly tier: VllmTierProps;
  readonly servedNames: string[];
  readonly sizing: VllmSizing;
  readonly drain: DrainTimings;
}

const CACHE_MOUNT = '/cache';

/** Asks as a client would. Python is in every image of vLLM, curl is not. */
const HEALTH_PROBE = `import urllib.request as web; web.urlopen('http://127.0.0.1:${VLLM_PORT}/health', timeout=5)`;

/** One replica: vLLM, the agent that reads its metrics and, where there are any in S3, a copy of its adapters. */
export class VllmTask extends Construct {
  public readonly definition: ecs.Ec2TaskDefinition;
  public readonly container: ecs.ContainerDefinition;

  private readonly role: iam.Role;
  private readonly image: ecs.ContainerImage;
  private readonly logging: ecs.LogDriver;
  private readonly environment: Record<string, string>;

  constructor(scope: Construct, id: string, props: VllmTaskProps) {
    super(scope, id);
    const { tier, tierName } = props;
    this.role = this.newRole();
    this.image = tier.image ?? defaultVllmImage(this);
    this.logging = ecs.LogDriver.awsLogs({ streamPrefix: 'vllm', logGroup: this.newLog('Log', tier) });
    this.environment = this.environmentOf(tier);
    this.definition = this.newDefinition();
    this.container = this.addVllm(props);
    this.addAdapters(tier);
    addMetricsAgent(this, this.definition, {
      tierName,
      image: tier.metricsImage,
      metricsLog: this.newLog('MetricsLog', tier),
      logging: this.logging,
    });
    if (tier.weights._source.folder) grantFolder(this.role, tier.weights._source.folder);
    this.acknowledgeFindings();
  }

  private newRole(): iam.Role {
    return new iam.Role(this, 'TaskRole', {
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
      description: 'What a replica of vLLM may do: read its weights, write its metrics',
    });
  }

  private newLog(id: string, { logRetention = RetentionDays.ONE_MONTH }: VllmTierProps): LogGroup {
    return new LogGroup(this, id, { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
  }

  private newDefinition(): ecs.Ec2TaskDefinition {
    return new ecs.Ec2TaskDefinition(this, 'Definition', {
      networkMode: ecs.NetworkMode.AWS_VPC,
      taskRole: this.role,
      volumes: [{ name: 'cache', host: { sourcePath: CACHE_FOLDER } }],
    });
  }

  private addVllm({ tier, sizing, drain, servedNames }: VllmTaskProps): ecs.ContainerDefinition {
    const { tokenSecret } = tier.weights._source;
    const container = this.definition.addContainer('Vllm', {
      containerName: 'vllm',
      image: this.image,
      // The program itself. The entry point of the AWS image is a script around it, and a script does not pass SIGTERM on:
      // vLLM would never hear that it should finish its requests and end.
      entryPoint: ['vllm', 'serve'],
      command: commandOf(tier, sizing, drain, servedNames),
      environment: this.environment,
      ...(tokenSecret && { secrets: { HF_TOKEN: ecs.Secret.fromSecretsManager(tokenSecret) } }),
      gpuCount: sizing.gpus,
      memoryLimitMiB: sizing.memoryMib,
      linuxParameters: new ecs.LinuxParameters(this, 'LinuxParameters', {
        initProcessEnabled: true,
        sharedMemorySize: sizing.sharedMemoryMib,
      }),
      portMappings: [{ containerPort: VLLM_PORT }],
      healthCheck: {
        command: ['CMD', 'python3', '-c', HEALTH_PROBE],
        interval: Duration.seconds(30),
        timeout: Duration.seconds(10),
        retries: 5,
        // The most that ECS allows; the grace period of the service covers the rest of a start.
        startPeriod: Duration.seconds(300),
      },
      stopTimeout: drain.stopTimeout,
      logging: this.logging,
    });
    container.addMountPoints({ sourceVolume: 'cache', containerPath: CACHE_MOUNT, readOnly: false });
    return container;
  }

  private environmentOf({ weights, adapters = [] }: VllmTierProps): Record<string, string> {
    const { region } = Stack.of(this);
    const offline = weights._source.folder !== undefined && adaptersInS3(adapters).length === adapters.length;
    return {
      // One name for the streamer's client, one for that of Python.
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      VLLM_CACHE_ROOT: `${CACHE_MOUNT}/vllm`,
      HF_HOME: `${CACHE_MOUNT}/huggingface`,
      VLLM_NO_USAGE_STATS: '1',
      ...(offline && { HF_HUB_OFFLINE: '1' }),
    };
  }

  private addAdapters({ adapters = [] }: VllmTierProps): void {
    const inS3 = adaptersInS3(adapters);
    if (inS3.length === 0) return;
    const { image, logging, environment } = this;
    copyAdapters(this.definition, this.container, inS3, { image, logging, environment });
    for (const { _source } of inS3) grantFolder(this.role, _source.folder);
  }

  private acknowledgeFindings(): void {
    acknowledge(
      this.definition,
      'ECS2',
      'Regions, folders and the metrics configuration; nothing secret. The one secret there may be comes from Secrets Manager.',
    );
    acknowledgeWildcard(
      this.definition.obtainExecutionRole(),
      '*',
      'ecr:GetAuthorizationToken takes no resource; images are granted by repository.',
    );
  }
}

function commandOf(tier: VllmTierProps, sizing: VllmSizing, drain: DrainTimings, servedNames: string[]): string[] {
  const { weights, modelVersion, contextWindow, maxQueuedTokens, toolCallParser, reasoningParser } = tier;
  return commandLineOf({
    weights: weights._source.argumentsFor(modelVersion, sizing.streamerBytes),
    servedNames,
    gpus: sizing.gpus,
    contextWindow,
    gpuMemoryUtilization: tier.gpuMemoryUtilization ?? DEFAULTS.gpuMemoryUtilization,
    maxRunning: tier.maxRunning ?? DEFAULTS.maxRunning,
    maxWaiting: tier.maxWaiting ?? DEFAULTS.maxWaiting,
    ...(maxQueuedTokens !== undefined && { maxQueuedTokens }),
    shutdownTimeout: drain.shutdownTimeout,
    adapters: adapterModules(tier.adapters ?? []),
    maxAdapterRank: tier.maxAdapterRank ?? DEFAULTS.maxAdapterRank,
    ...(toolCallParser !== undefined && { toolCallParser }),
    ...(reasoningParser !== undefined && { reasoningParser }),
    extraArguments: tier.extraArguments ?? [],
  });
}
