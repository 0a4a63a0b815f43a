import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDynamoDbStore } from '../../../../lambda/shared/store/dynamodb';
import { openStore } from '../../../../lambda/shared/store/open';
import type { Store } from '../../../../lambda/shared/store/port';
import { PolicyTooLargeError, StoreCorruptError } from '../../../../lambda/shared/store/store-refusal';
import { storeContract } from '../../../contracts/store-contract';
import { type DeployedTables, dynamoDbClient, startDynamoDb } from '../../../fixtures/dynamodb';

storeContract(
  'the store in DynamoDB',
  async (nowMs) => {
    const database = await startDynamoDb();
    const store = openDynamoDbStore({ ...database.tables, client: database.client, nowMs });
    return { ...store, close: () => database.stop() };
  },
  { atOnce: 1000, propertyRuns: 8 },
);

describe('the store in DynamoDB', () => {
  let database: DeployedTables;
  let store: Store;

  beforeAll(async () => {
    database = await startDynamoDb();
    store = openDynamoDbStore({ ...database.tables, client: database.client, retentionDays: 30 });
    await store.policies.publish({ document: { mark: 'one' }, author: 'ada', message: 'first', expectedActive: null });
  });
  afterAll(() => database.stop());

  const item = async (table: string, pk: string, sk: string) =>
    (await database.client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } }))).Item;

  it('lays policies out under the keys that the contract names', async () => {
    expect(await item(database.tables.policyTable, 'policy', 'version#0000000001')).toMatchObject({
      schema: { N: '1' },
      author: { S: 'ada' },
      document: { S: '{"mark":"one"}' },
    });
    expect(await item(database.tables.policyTable, 'policy', 'active')).toMatchObject({ version: { N: '1' } });
  });

  it('refuses a policy that does not fit into an item, and says how large it is', async () => {
    const document = { filler: 'x'.repeat(390_000) };
    const draft = { document, author: 'ada', message: '', expectedActive: 1 };
    await expect(store.policies.publish(draft)).rejects.toThrow(PolicyTooLargeError);
    await expect(store.policies.publish(draft)).rejects.toThrow(/390013 bytes .* 380000/);
    expect(await store.policies.active()).toMatchObject({ version: 1 });
  });

  it('takes a policy of 370 kB and lists many of them', async () => {
    const large = await startDynamoDb();
    const { policies } = openDynamoDbStore({ ...large.tables, client: large.client });
    for (const version of [1, 2, 3, 4, 5]) {
      const document = { filler: String(version).repeat(370_000) };
      await policies.publish({ document, author: 'ada', message: '', expectedActive: version - 1 || null });
    }
    expect((await policies.history()).map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
    await large.stop();
  });

  it('says that a table is missing', async () => {
    const { policies } = openDynamoDbStore({
      policyTable: 'missing',
      attributionTable: 'missing',
      accessTable: 'missing',
      client: database.client,
    });
    await expect(policies.active()).rejects.toThrow(/not found|non-existent/i);
  });

  describe('with a hand in the table', () => {
    const write = (sk: string, attributes: Record<string, { S: string } | { N: string }>) =>
      database.client.send(
        new PutItemCommand({
          TableName: database.tables.policyTable,
          Item: { pk: { S: 'policy' }, sk: { S: sk }, ...attributes },
        }),
      );

    it.each([
      ['is not JSON', { document: { S: '{"tiers": ' }, hash: { S: 'abc' } }, /version 7 .* is not JSON/],
      ['has another hash', { document: { S: '{"mark":"evil"}' }, hash: { S: 'abc' } }, /version 7 .* hash/],
      ['has no hash', { document: { S: '{"mark":"evil"}' } }, /version 7 .* hash/],
      ['has no document', { hash: { S: 'abc' } }, /version 7 .* no document/],
    ])('reads no version that %s', async (_, attributes, message) => {
      await write('version#0000000007', attributes as Record<string, { S: string }>);
      await expect(store.policies.read(7)).rejects.toThrow(StoreCorruptError);
      await expect(store.policies.read(7)).rejects.toThrow(message);
      await expect(store.policies.activate(7, 1)).rejects.toThrow(StoreCorruptError);
    });

    it('lists a broken version, and publishes a good one over it', async () => {
      await write('version#0000000007', { document: { S: 'broken' }, hash: { S: 'abc' } });
      await write('active', { version: { N: '7' }, hash: { S: 'abc' }, since: { S: '2026-11-22T00:00:00.000Z' } });
      expect((await store.policies.history())[0]).toMatchObject({ version: 7, active: true, author: '' });

      const draft = { document: { mark: 'mended' }, author: 'ada', message: '', expectedActive: 7 };
      expect(await store.policies.publish(draft)).toMatchObject({ version: 8 });
      expect(await store.policies.active()).toMatchObject({ version: 8 });
    });

    it('says that the pointer to the active version is broken', async () => {
      const broken = await startDynamoDb();
      const { policies } = openDynamoDbStore({ ...broken.tables, client: broken.client });
      await broken.client.send(
        new PutItemCommand({
          TableName: broken.tables.policyTable,
          Item: { pk: { S: 'policy' }, sk: { S: 'active' } },
        }),
      );
      await expect(policies.active()).rejects.toThrow(/active pointer .* names no version/);
      await broken.stop();
    });
  });

  it('opens by prefix or by table names, with the client of the environment', async () => {
    const { AWS_ENDPOINT_URL_DYNAMODB, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    });
    try {
      for (const place of [{ prefix: 'tierwise-' }, database.tables]) {
        const opened = await openStore({ kind: 'dynamodb', ...place });
        expect(await opened.policies.read(1)).toMatchObject({ document: { mark: 'one' } });
        await opened.close();
      }
    } finally {
      for (const [name, value] of Object.entries({
        AWS_ENDPOINT_URL_DYNAMODB,
        AWS_REGION,
        AWS_ACCESS_KEY_ID,
        AWS_SECRET_ACCESS_KEY,
      })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  it('leaves a client that was given to it open', async () => {
    const client = dynamoDbClient(database.endpoint);
    await openDynamoDbStore({ ...database.tables, client }).close();
    expect(await openDynamoDbStore({ ...database.tables, client }).policies.read(1)).toBeDefined();
    client.destroy();
  });
});
