import { Duration, TimeZone } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { describe, expect, it } from 'vitest';
import { aBench, aTemplate, aTier } from './vllm-stack';

describe('The scaling of a VllmTier', () => {
  it('starts a replica after two minutes of waiting requests, and two where the queue is twice as long', () => {
    const template = aTemplate({ scaleOutWaiting: 10 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'Tierwise',
      MetricName: 'vllm:num_requests_waiting',
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('GrowOnQueue') }],
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 332,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
        ],
      },
    });
  });

  it('ends a replica after a quarter of an hour of idleness, one at a time', () => {
    const template = aTemplate({ maxRunning: 100 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([Match.objectLike({ Expression: 'running + waiting' })]),
      EvaluationPeriods: 15,
      Threshold: 30,
      ComparisonOperator: 'LessThanThreshold',
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 900,
        StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
      },
    });
  });

  it.each([
    [{}, 1, 2],
    [{ minReplicas: 3 }, 3, 3],
    [{ minReplicas: 2, maxReplicas: 8 }, 2, 8],
    [{ minReplicas: 0 }, 0, 2],
  ])('with %j keeps between %d and %d replicas', (some, MinCapacity, MaxCapacity) => {
    aTemplate(some).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity, MaxCapacity });
  });

  it('never sleeps unless it may', () => {
    expect(JSON.stringify(aTemplate().toJSON())).not.toContain('SleepInSilence');
  });

  it('is deployed without a replica where it is told to, and nothing then starts one', () => {
    const template = aTemplate({ asleep: true });
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 0 });
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
    aTemplate().hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
  });

  it('wakes after it was deployed without a replica, and takes silence for nothing', () => {
    const template = aTemplate();
    expect(JSON.stringify(template.toJSON())).toContain('WakeOnRefusal');
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'notBreaching' });
  });

  it('sleeps when nobody asks and wakes when somebody is refused', () => {
    const template = aTemplate({ minReplicas: 0 });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      StepScalingPolicyConfiguration: Match.objectLike({
        AdjustmentType: 'ExactCapacity',
        StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: 0 }],
      }),
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'HTTPCode_ELB_503_Count',
      Statistic: 'Sum',
      EvaluationPeriods: 1,
      Threshold: 1,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('WakeOnRefusal') }],
    });
    expect(JSON.stringify(template.toJSON())).not.toContain('ShrinkWhenIdle');
  });

  it('follows the clock', () => {
    const template = aTemplate({
      schedules: [
        {
          schedule: Schedule.cron({ hour: '7', minute: '0' }),
          minReplicas: 4,
          maxReplicas: 12,
          timeZone: TimeZone.EUROPE_BERLIN,
        },
        { schedule: Schedule.cron({ hour: '19', minute: '0' }), minReplicas: 0 },
      ],
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      ScheduledActions: [
        Match.objectLike({
          Schedule: 'cron(0 7 * * ? *)',
          Timezone: 'Europe/Berlin',
          ScalableTargetAction: { MinCapacity: 4, MaxCapacity: 12 },
        }),
        Match.objectLike({ Schedule: 'cron(0 19 * * ? *)', ScalableTargetAction: { MinCapacity: 0 } }),
      ],
    });
    // Twelve replicas, twice during a rollout.
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MaxSize: '24' });
  });
});

describe('The metrics of a VllmTier', () => {
  it.each([
    ['metricWaiting', 'vllm:num_requests_waiting'],
    ['metricRunning', 'vllm:num_requests_running'],
    ['metricKvCache', 'vllm:kv_cache_usage_perc'],
  ] as const)('%s is %s of this tier', (method, metricName) => {
    const tier = aTier(aBench());
    const metric = tier[method]({ period: Duration.minutes(5) });
    expect(metric).toMatchObject({ namespace: 'Tierwise', metricName, dimensions: { VllmTier: tier.tierName } });
    expect(metric.period.toMinutes()).toBe(5);
  });

  it('are read by an agent beside vLLM, under the same names and dimension', () => {
    const bench = aBench();
    const tier = aTier(bench);
    const agent = agentOf(Template.fromStack(bench.stack));
    expect(agent.Essential).toBe(false);
    expect(agent.RestartPolicy).toEqual({ Enabled: true });
    const scrape = JSON.parse(agent.environment.PROMETHEUS_CONFIG_CONTENT);
    expect(scrape.scrape_configs[0].static_configs).toEqual([
      { targets: ['127.0.0.1:8000'], labels: { VllmTier: tier.tierName } },
    ]);
    const { emf_processor: processor } = agent.config.logs.metrics_collected.prometheus;
    expect(processor.metric_namespace).toBe('Tierwise');
    const [declaration] = processor.metric_declaration;
    expect(declaration.dimensions).toEqual([['VllmTier']]);
    for (const { metricName } of [tier.metricWaiting(), tier.metricRunning(), tier.metricKvCache()])
      expect(declaration.metric_selectors.some((selector: string) => new RegExp(selector).test(metricName))).toBe(true);
  });

  it('reach the log service alone, so that the agent may write to one log group and nothing else', () => {
    const template = aTemplate();
    const [role] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes('TaskRole'));
    const actions = role?.[1].Properties.PolicyDocument.Statement.flatMap(({ Action }: { Action: string }) => Action);
    expect(actions).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:ListBucket']);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: templates are plain JSON of any depth
function agentOf(template: Template): any {
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const agent = task?.Properties.ContainerDefinitions.find(({ Name }: { Name: string }) => Name === 'metrics-agent');
  const environment = Object.fromEntries(
    agent.Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
  );
  const written = environment.CW_CONFIG_CONTENT['Fn::Join'][1];
  const text = written.map((part: unknown) => (typeof part === 'string' ? part : 'token')).join('');
  return { ...agent, environment, config: JSON.parse(text) };
}
