import { readFileSync } from 'node:fs';
import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as logs from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { readWatchEnvironment } from '../../lambda/watch/watch-environment';
import { LlmRouter, type LlmRouterProps } from '../../lib/constructs/llm-router';
import { ResidencyNetwork } from '../../lib/constructs/residency-network';
import { BedrockTier } from '../../lib/constructs/tiers/bedrock-tier';
import {
  ALARM_METRICS,
  LIST_PRICES,
  ownPricesOf,
  watchPerMonthUsd,
  watchPerRequestUsd,
} from '../../lib/constructs/watch/own-prices';
import { ASSUMPTIONS } from '../../lib/core/analysis/project/assumptions';
import { RATES } from '../../lib/core/analysis/project/rates';
import { aPolicySource } from './a-policy';
import { asText, threeTiers } from './a-router';
import { aStack, resources } from './a-stack';
import { nagFindings } from './nag';

const FUNCTION = 'AWS::Lambda::Function';

function aWatchedRouter(
  props: Partial<LlmRouterProps> = {},
  makes: (stack: Stack) => Partial<LlmRouterProps> = () => ({}),
) {
  const stack = aStack();
  const { small, frontier } = { ...threeTiers(stack), frontier: new BedrockTier(stack, 'Bedrock') };
  const router = new LlmRouter(stack, 'Router', {
    policy: aPolicySource(),
    tiers: { small, frontier },
    ...props,
    ...makes(stack),
  });
  return { stack, router };
}

/** The watch function's properties, its variables as text. */
function watchOf(stack: Stack) {
  const found = resources(stack, FUNCTION).find(({ Description }) => /^Watches/.test(Description));
  const variables = Object.entries<unknown>(found?.Environment.Variables ?? {});
  return { ...found, variables: Object.fromEntries(variables.map(([name, value]) => [name, asText(value)])) };
}

describe('RouterWatch', () => {
  it('runs its bundle every five minutes, and repeats no run: the next one does what is left', () => {
    const { stack } = aWatchedRouter();
    const template = Template.fromStack(stack);
    expect(watchOf(stack)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 1024,
      Timeout: 240,
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 0 } })],
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
    });
  });

  it('is told all that its function needs to know, in the words that this reads', () => {
    const { stack, router } = aWatchedRouter({ environment: { PRICE: '1' } });
    const { variables } = watchOf(stack);
    const { policyTable, attributionTable, accessTable } = router.tables;
    const nameOf = ({ tableName }: { readonly tableName: string }) => asText(stack.resolve(tableName));
    expect(readWatchEnvironment(variables)).toEqual({
      router: router.function.routerName,
      policyFile: '/opt/tierwise/policy.yaml',
      metrics: 'cloudwatch',
      own: ownPricesOf({ memoryGb: 1, tasks: 2, rungs: 3, loadBalancers: 0, endpoints: 0 }),
      tables: {
        policyTable: nameOf(policyTable),
        attributionTable: nameOf(attributionTable),
        accessTable: nameOf(accessTable),
      },
    });
    expect(variables.PRICE).toBe('1');
    expect(variables).not.toHaveProperty('SMALL_URL');
  });

  it('takes memory, retention and prices of yours', () => {
    const { stack } = aWatchedRouter({
      memorySize: 2048,
      logRetention: logs.RetentionDays.ONE_WEEK,
      watch: { memorySize: 512, perHourUsd: 0.5, perRequestUsd: 0, logRetention: logs.RetentionDays.ONE_DAY },
    });
    const watch = watchOf(stack);
    expect(watch.MemorySize).toBe(512);
    const { own } = readWatchEnvironment(watch.variables);
    expect(own).toEqual({ perRequestUsd: 0, perSecondUsd: 2 * LIST_PRICES.lambdaGbSecond, perHourUsd: 0.5 });
    const retained = resources(stack, 'AWS::Logs::LogGroup').map(({ RetentionInDays }) => RetentionInDays);
    expect(retained).toContain(1);
  });

  it('stands outside every VPC, and inside the one that nothing leaves', () => {
    expect(watchOf(aWatchedRouter().stack)).not.toHaveProperty('VpcConfig');
    const { stack, router } = aWatchedRouter({}, (within) => ({ network: new ResidencyNetwork(within, 'Network') }));
    const watch = watchOf(stack);
    expect(watch.VpcConfig.SubnetIds).toHaveLength(2);
    expect(watch.variables.AWS_ENDPOINT_URL_DYNAMODB).toMatch(/^https:/);
    expect(router.watch?.connections.securityGroups).toHaveLength(1);
    const perHourUsd = 4 * 2 * LIST_PRICES.endpointHour;
    const outside = ownPricesOf({ memoryGb: 1, tasks: 2, rungs: 3, loadBalancers: 0, endpoints: 0 }).perHourUsd;
    expect(readWatchEnvironment(watch.variables).own.perHourUsd).toBeCloseTo(outside + perHourUsd, 9);
    const [endpoint] = resources(stack, 'AWS::EC2::VPCEndpoint').filter(({ ServiceName }) =>
      asText(ServiceName).endsWith('.monitoring'),
    );
    expect(endpoint.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Action: 'cloudwatch:PutMetricData',
        Condition: {
          StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' }, 'cloudwatch:namespace': 'Tierwise' },
        },
      }),
    ]);
    expect(nagFindings(stack)).toEqual([]);
  });

  it('says why it has no connections in no VPC', () => {
    const { router } = aWatchedRouter();
    expect(() => router.watch?.connections).toThrow('Stack/Router/Watch: the watch function is in no VPC');
  });

  it('is left out where nothing shall watch, and nobody waits for its heartbeat then', () => {
    const { stack, router } = aWatchedRouter({ isWatched: false });
    expect(router.watch).toBeUndefined();
    expect(resources(stack, FUNCTION)).toHaveLength(1);
    const alarms = JSON.stringify(resources(stack, 'AWS::CloudWatch::Alarm'));
    expect(alarms).not.toContain('WatchHeartbeat');
    expect(() => aWatchedRouter({ isWatched: false, watch: {} })).toThrow('isWatched that nothing does');
  });

  it('leaves no finding of cdk-nag', () => {
    expect(nagFindings(aWatchedRouter().stack)).toEqual([]);
  });
});

describe('what the watch function costs', () => {
  it('is what its documentation says', () => {
    const text = readFileSync('lib/constructs/router-watch.ts', 'utf8');
    expect(text).toContain(`USD ${watchPerMonthUsd().toFixed(2)} a month`);
    expect(text).toContain(`USD ${(watchPerRequestUsd() * 1e6).toFixed(2)} for each million requests`);
  });

  it('goes by the prices that a projection goes by', () => {
    const { apiRequest, lambdaRequest, tableWrite, tableRead, ...others } = LIST_PRICES;
    const perMillion = { apiRequest, lambdaRequest, tableWrite, tableRead };
    for (const [name, usd] of Object.entries(perMillion)) {
      expect([name, usd * 1e6]).toEqual([name, expect.closeTo(RATES[name as keyof typeof perMillion].usd, 9)]);
    }
    expect(others).toEqual({
      lambdaGbSecond: RATES.lambdaGbSecond.usd,
      logGb: RATES.log.usd,
      metricMonth: RATES.metric.usd,
      alarmMetricMonth: RATES.alarmMetric.usd,
      dashboardMonth: RATES.dashboard.usd,
      endpointHour: RATES.endpointHour.usd,
      loadBalancerHour: RATES.loadBalancerHour.usd,
      metricPut: 0.00001,
    });
    expect(ALARM_METRICS).toEqual({
      perTask: ASSUMPTIONS.alarmMetricsPerTask.value,
      others: ASSUMPTIONS.alarmMetrics.value,
    });
  });
});
