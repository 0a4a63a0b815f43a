import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, it } from 'vitest';
import { publishEmbedded } from '../../../lambda/watch/publish-embedded';
import { publishToCloudWatch } from '../../../lambda/watch/publish-to-cloudwatch';
import type { Reading } from '../../../lib/core/telemetry/watch/nouns';
import { type AccountAnswer, type AwsAccount, startAwsAccount } from '../../fixtures/aws-account';
import { NOON_MS } from './a-day';

const READINGS: readonly Reading[] = [
  { name: 'EscalationRate', value: 0.2, unit: 'None', task: 'triage' },
  { name: 'InputDrift', value: 0, unit: 'None', task: 'triage' },
  { name: 'BillDeviation', value: -0.1, unit: 'None', tier: 'small' },
  { name: 'NetSavingUsd', value: 12.5, unit: 'None' },
];

interface PutMetricData {
  readonly Namespace: string;
  readonly MetricData: readonly {
    readonly MetricName: string;
    readonly Value: number;
    readonly Timestamp: number;
    readonly StorageResolution: number;
    readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  }[];
}

describe('readings put to CloudWatch', () => {
  let account: AwsAccount;
  const begin = async (answer: () => AccountAnswer = () => ({ body: {} })) => {
    account = await startAwsAccount(answer);
    const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = account.variables;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new CloudWatchClient({ endpoint, region, credentials, maxAttempts: 2 } as object);
    return publishToCloudWatch('support-desk', client);
  };
  const puts = () => account.asked.map(({ input }) => input as unknown as PutMetricData);
  afterEach(() => account.close());

  it('carry the namespace, their dimensions, and the time that they are of', async () => {
    await (await begin())(READINGS, NOON_MS);
    expect(account.asked.map(({ service, operation }) => [service, operation])).toEqual([
      ['monitoring', 'PutMetricData'],
    ]);
    const [{ Namespace, MetricData }] = puts() as [PutMetricData];
    expect(Namespace).toBe('Tierwise');
    expect(
      MetricData.map(({ MetricName, Value, Dimensions }) => [
        MetricName,
        Value,
        Dimensions.map(({ Name, Value: value }) => `${Name}=${value}`).join(),
      ]),
    ).toEqual([
      ['EscalationRate', 0.2, 'Router=support-desk,Task=triage'],
      ['InputDrift', 0, 'Router=support-desk,Task=triage'],
      ['BillDeviation', -0.1, 'Router=support-desk,Tier=small'],
      ['NetSavingUsd', 12.5, 'Router=support-desk'],
    ]);
    for (const datum of MetricData) {
      expect(datum).toMatchObject({ Timestamp: NOON_MS / 1000, StorageResolution: 60, Unit: 'None' });
    }
  });

  it('go in batches that CloudWatch takes, and each goes once', async () => {
    const task = (index: number) => `t-${index}`.padEnd(255, '-');
    const many = Array.from({ length: 1201 }, (_, index) => ({ ...READINGS[0], task: task(index) }) as Reading);
    await (await begin())(many, NOON_MS);
    expect(puts().map(({ MetricData }) => MetricData.length)).toEqual([500, 500, 201]);
    const tasks = puts().flatMap(({ MetricData }) => MetricData.map(({ Dimensions }) => Dimensions[1]?.Value));
    expect(new Set(tasks).size).toBe(1201);
    for (const put of puts()) expect(Buffer.byteLength(JSON.stringify(put))).toBeLessThan(1_000_000);
  });

  it('ask nothing where there are none', async () => {
    await (await begin())([], NOON_MS);
    expect(account.asked).toEqual([]);
  });

  it('throw what CloudWatch says, so that the run fails', async () => {
    const publish = await begin(() => ({ error: 'AccessDenied', status: 403 }));
    await expect(publish(READINGS, NOON_MS)).rejects.toThrow('AccessDenied');
  });
});

describe('readings as embedded metrics', () => {
  it('are a line for each set of dimensions, which names what stands in it', async () => {
    const lines: string[] = [];
    await publishEmbedded('support-desk', (line) => lines.push(line))(READINGS, NOON_MS);
    const [task, tier, router, ...others] = lines.map((line) => JSON.parse(line));
    expect(others).toEqual([]);
    expect(task).toEqual({
      _aws: {
        Timestamp: NOON_MS,
        CloudWatchMetrics: [
          {
            Namespace: 'Tierwise',
            Dimensions: [['Router', 'Task']],
            Metrics: [
              { Name: 'EscalationRate', Unit: 'None' },
              { Name: 'InputDrift', Unit: 'None' },
            ],
          },
        ],
      },
      Router: 'support-desk',
      Task: 'triage',
      EscalationRate: 0.2,
      InputDrift: 0,
    });
    expect(tier).toMatchObject({ Tier: 'small', BillDeviation: -0.1 });
    expect(router._aws.CloudWatchMetrics[0].Dimensions).toEqual([['Router']]);
    expect(router).toMatchObject({ Router: 'support-desk', NetSavingUsd: 12.5 });
  });
});
