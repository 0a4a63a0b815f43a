import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDynamoDbStore } from '../../../lambda/shared/store/dynamodb';
import type { Store } from '../../../lambda/shared/store/port';
import { stretchAt } from '../../../lambda/shared/store/stretch';
import { MINUTE_MS } from '../../../lib/core/durations';
import { type AwsAccount, startAwsAccount } from '../../fixtures/aws-account';
import { type DeployedTables, startDynamoDb } from '../../fixtures/dynamodb';
import { nthRecord } from './a-day';

const CONTEXT = { getRemainingTimeInMillis: () => 240_000 };
const HALF_AN_HOUR_MS = 30 * MINUTE_MS;

describe('the watch function', () => {
  let db: DeployedTables;
  let account: AwsAccount;
  let denied = false;
  let store: Store;
  const clock = { nowMs: Date.now() - HALF_AN_HOUR_MS };

  beforeAll(async () => {
    db = await startDynamoDb();
    account = await startAwsAccount(() => (denied ? { error: 'AccessDenied', status: 403 } : { body: {} }));
    store = openDynamoDbStore({ ...db.tables, client: db.client, nowMs: () => clock.nowMs });
    vi.spyOn(console, 'log').mockImplementation(() => {});
  });
  beforeEach(() => {
    account.asked.length = 0;
    const { policyTable, attributionTable, accessTable } = db.tables;
    const variables = {
      ...account.variables,
      AWS_ENDPOINT_URL_DYNAMODB: db.endpoint,
      TIERWISE_ROUTER: 'support-desk',
      TIERWISE_POLICY_TABLE: policyTable,
      TIERWISE_ATTRIBUTION_TABLE: attributionTable,
      TIERWISE_ACCESS_TABLE: accessTable,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await account.close();
    await db.stop();
  });

  const put = () =>
    account.asked.flatMap(
      ({ input }) =>
        (input as { MetricData: { MetricName: string; Timestamp: number; Dimensions: unknown[] }[] }).MetricData,
    );

  it('adds up what came and puts what it says, from its tables to CloudWatch', async () => {
    const { handler } = await import('../../../lambda/watch/index');
    for (let n = 0; n < 40; n += 1) await store.attributions.put(nthRecord(n, { task: 'triage' }));
    await store.policies.publish({ document: aDocument(), author: 'ada', message: 'first', expectedActive: null });

    await handler({}, CONTEXT);
    const hour = await store.rollups.list(
      'hour',
      stretchAt('hour', clock.nowMs),
      stretchAt('hour', clock.nowMs + 3_600_000),
    );
    expect(hour.map(({ rollup }) => rollup.total.requests)).toEqual([40]);
    const rates = put().filter(({ MetricName }) => MetricName === 'EscalationRate');
    expect(rates).toMatchObject([{ Value: 0.2, Dimensions: [{ Value: 'support-desk' }, { Value: 'triage' }] }]);
    const [beat, ...others] = put().filter(({ MetricName }) => MetricName === 'WatchHeartbeat');
    expect(others).toEqual([]);
    expect(Math.abs((beat?.Timestamp ?? 0) * 1000 - Date.now())).toBeLessThan(60_000);
    expect((await store.states.read('watch'))?.state).toMatchObject({ schema: 1, policy: { version: '1' } });
  });

  it('fails where CloudWatch refuses, without a heartbeat, and makes up for it', async () => {
    const { handler } = await import('../../../lambda/watch/index');
    denied = true;
    await expect(handler({}, CONTEXT)).rejects.toThrow('AccessDenied');
    denied = false;
    account.asked.length = 0;
    await handler({}, CONTEXT);
    expect(put().map(({ MetricName }) => MetricName)).toContain('WatchHeartbeat');
  });
});

function aDocument(): unknown {
  const tier = {
    provider: 'openai-compatible',
    baseUrl: 'http://models.internal/v1',
    location: 'vpc',
    contextWindow: 1000,
  };
  return {
    schema: 1,
    policy: 'desk',
    owner: 'ai-platform',
    tiers: {
      small: { ...tier, model: 'small', price: { input: 0.05, output: 0.1 } },
      frontier: { ...tier, model: 'frontier', price: { input: 4, output: 20 } },
    },
    tasks: {
      triage: {
        owner: 'support',
        audit: { inputs: 'one e-mail', acceptable: 'a label', consequence: 'low' },
        route: 'cascade',
        ladder: ['small', 'frontier'],
        oracle: [{ kind: 'length', min: 1 }],
      },
    },
    default: { task: 'triage' },
  };
}
