import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDynamoDbStore } from '../../../lambda/shared/store/dynamodb';
import { rollUpStore } from '../../../lambda/watch/watcher';
import { HOUR_MS } from '../../../lib/core/durations';
import type { Deployment } from '../../../lib/core/policy/deployment';
import { type AnswerLosingProxy, startAnswerLosingProxy } from '../../fixtures/answer-losing-proxy';
import { type AwsAccount, startAwsAccount } from '../../fixtures/aws-account';
import { type DeployedTables, startDynamoDb } from '../../fixtures/dynamodb';
import { S3Listing } from '../../fixtures/s3-listing';
import { run } from '../command-line';
import { everythingIn, figuresOf, households, marksOf, traffic } from './two-customers';

const DEPLOYMENT: Deployment = {
  region: 'eu-central-1',
  tiers: { small: { provider: 'openai-compatible', baseUrl: 'http://internal/v1', location: 'vpc' } },
  residency: { '*': 'any' },
  prompts: { bucket: 'prompts', key: 'arn:aws:kms:eu-central-1:111122223333:key/prompts' },
};

describe('tierwise erase --stack', () => {
  const bucket = new S3Listing('prompts');
  let db: DeployedTables;
  let proxy: AnswerLosingProxy;
  let account: AwsAccount;

  beforeAll(async () => {
    db = await startDynamoDb();
    proxy = await startAnswerLosingProxy(db.endpoint);
    account = await startAwsAccount((asked) => (asked.service === 's3' ? bucket.answer(asked) : outputs()));
    const variables = { ...account.variables, AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await account.close();
    await proxy.stop();
    await db.stop();
  });

  function outputs() {
    const { policyTable, attributionTable, accessTable } = db.tables;
    const known = {
      PolicyTableName: policyTable,
      AttributionTableName: attributionTable,
      AccessTableName: accessTable,
      DeploymentFixed: JSON.stringify(DEPLOYMENT),
    };
    const member = Object.entries(known).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    return { body: { Stacks: { member: { StackName: 's', Outputs: { member } } } } };
  }

  it('leaves nothing in the tables and the bucket, by no more than its grant allows', async () => {
    const clock = { nowMs: Date.now() - 4 * HOUR_MS };
    const store = openDynamoDbStore({ ...db.tables, client: db.client, nowMs: () => clock.nowMs });
    await rollUpStore(store, { nowMs: () => clock.nowMs, firstLookMs: 60_000 });
    await households(store, clock);
    await traffic(store, clock, clock.nowMs + HOUR_MS);
    clock.nowMs = Date.now();
    await rollUpStore(store, { nowMs: () => clock.nowMs });
    const figures = await figuresOf(store, clock);
    for (const customer of ['acme', 'other']) bucket.keys.add(`keep-32-days/office/${customer}/2026-11-22/r.json`);

    const { code, out, err } = await run([
      'erase',
      '--stack',
      'Desk',
      '--customer',
      'acme',
      '--yes',
      '--revoke-keys',
      '--json',
    ]);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      deleted: { records: 6, feedback: 4, sessions: 3, accounts: 2, requestCounts: 1, prompts: 1, keys: 1 },
      keysRevoked: ['key-of-acme'],
      remaining: { records: 0, feedback: 0 },
      hosts: [{ tier: 'small' }, { tier: 'frontier' }],
    });
    expect(
      JSON.parse(out)
        .notReached.map(({ what }: { what: string }) => what)
        .join(),
    ).toMatch(/point-in-time.*bucket/);
    const left = await everythingIn(store, clock);
    for (const mark of marksOf('acme')) expect(left).not.toContain(mark);
    for (const mark of marksOf('other')) expect(left).toContain(mark);
    expect(await figuresOf(store, clock)).toEqual(figures);
    expect([...bucket.keys]).toEqual(['keep-32-days/office/other/2026-11-22/r.json']);
    const actions = new Set(proxy.seen.map((target) => target.split('.').at(-1)));
    expect([...actions].sort()).toEqual([
      'DeleteItem',
      'DescribeTable',
      'GetItem',
      'PutItem',
      'Query',
      'Scan',
      'UpdateItem',
    ]);
  }, 60_000);
});
