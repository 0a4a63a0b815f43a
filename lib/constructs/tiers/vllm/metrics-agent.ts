import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../../core/contract';
import { VLLM_PORT } from './command-line';
import { GAUGES, TIER_DIMENSION } from './metrics';
import { AGENT_MEMORY_MIB } from './sizing';

export const AGENT_TAG = '1.300062.0b1304';
const DEFAULT_IMAGE = `public.ecr.aws/cloudwatch-agent/cloudwatch-agent:${AGENT_TAG}`;

const JOB = 'vllm';

interface MetricsAgentOptions {
  readonly tierName: string;
  readonly image: ecs.ContainerImage | undefined;
  /** Where metrics go, as log events in the embedded metric format. */
  readonly metricsLog: ILogGroup;
  readonly logging: ecs.LogDriver;
}

/**
 * The CloudWatch agent beside vLLM. It reads vLLM's metrics at the address that both share, and writes them as log events,
 * from which CloudWatch makes metrics: so it needs a way to the logs service and to no other.
 */
export function addMetricsAgent(scope: Construct, task: ecs.TaskDefinition, options: MetricsAgentOptions): void {
  const { tierName, image, metricsLog, logging } = options;
  task.addContainer('MetricsAgent', {
    containerName: 'metrics-agent',
    image: image ?? ecs.ContainerImage.fromRegistry(DEFAULT_IMAGE),
    // Answers matter more than numbers: without the agent vLLM serves on, and ECS starts the agent again.
    essential: false,
    enableRestartPolicy: true,
    memoryLimitMiB: AGENT_MEMORY_MIB,
    environment: {
      PROMETHEUS_CONFIG_CONTENT: JSON.stringify(scrapeConfig(tierName)),
      CW_CONFIG_CONTENT: Stack.of(scope).toJsonString(agentConfig(Stack.of(scope).region, metricsLog.logGroupName)),
    },
    logging,
  });
  metricsLog.grantWrite(task.taskRole);
}

/** What is read, in Prometheus' own configuration; JSON is YAML. The rest of vLLM's hundred series would be logged and paid for. */
function scrapeConfig(tierName: string): object {
  return {
    global: { scrape_interval: '15s', scrape_timeout: '10s' },
    scrape_configs: [
      {
        job_name: JOB,
        static_configs: [{ targets: [`127.0.0.1:${VLLM_PORT}`], labels: { [TIER_DIMENSION]: tierName } }],
        metric_relabel_configs: [
          { source_labels: ['__name__'], regex: Object.values(GAUGES).join('|'), action: 'keep' },
        ],
      },
    ],
  };
}

function agentConfig(region: string, logGroupName: string): object {
  const declaration = {
    source_labels: ['job'],
    label_matcher: `^${JOB}$`,
    dimensions: [[TIER_DIMENSION]],
    metric_selectors: Object.values(GAUGES).map((name) => `^${name}$`),
  };
  return {
    agent: { region },
    logs: {
      metrics_collected: {
        prometheus: {
          prometheus_config_path: 'env:PROMETHEUS_CONFIG_CONTENT',
          log_group_name: logGroupName,
          emf_processor: { metric_namespace: METRIC_NAMESPACE, metric_declaration: [declaration] },
        },
      },
      force_flush_interval: 5,
    },
  };
}
