import { randomBytes } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDynamoDbStore } from '../../../../lambda/shared/store/dynamodb';
import { emptyRollup, type Rollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { someSums } from '../../../../lib/core/telemetry/rollup/sums';
import { allArrived } from '../../../contracts/store/all-arrived';
import { someFeedback } from '../../../contracts/store/some-feedback';
import { type AnswerLosingProxy, startAnswerLosingProxy } from '../../../fixtures/answer-losing-proxy';
import { type DeployedTables, dynamoDbClient, startDynamoDb } from '../../../fixtures/dynamodb';
import { anAttribution } from '../an-attribution';

const ARRIVED_MS = Date.UTC(2026, 10, 22, 10, 0, 30);
const MINUTE = '2026-11-22T10:00';
const DAY_SECONDS = 86_400;

let database: DeployedTables;
let nowMs: number;

beforeAll(async () => {
  database = await startDynamoDb();
});
afterAll(() => database.stop());
beforeEach(() => {
  nowMs = ARRIVED_MS;
});

const open = (client: DynamoDBClient, retentionDays: number | (() => number) = 30) =>
  openDynamoDbStore({ ...database.tables, client, retentionDays, nowMs: () => nowMs });

const item = async (pk: string, sk: string) => {
  const get = { TableName: database.tables.attributionTable, Key: { pk: { S: pk }, sk: { S: sk } } };
  return (await database.client.send(new GetItemCommand(get))).Item;
};

describe('the attribution table', () => {
  it('lays records out under the keys that the contract names, with an expiry in seconds', async () => {
    const time = '2026-11-22T09:59:59.500Z';
    await open(database.client).attributions.put(anAttribution({ requestId: 'req-1', time }));
    expect(await item('request#req-1', 'attribution')).toMatchObject({
      schema: { N: '1' },
      gsi1pk: { S: expect.stringMatching(/^arrived#2026-11-22T10:00#[0-7]$/) },
      gsi1sk: { S: '2026-11-22T09:59:59.500Z#req-1' },
      expiresAt: { N: String(Date.UTC(2026, 10, 22, 9, 59, 59) / 1000 + 30 * DAY_SECONDS) },
    });
  });

  it('lays words of feedback out beside the record, which expire as late after they were said', async () => {
    const { attributions } = open(database.client);
    const first = someFeedback({ requestId: 'req-told', time: '2026-12-01T00:00:00.000Z' });
    const second = { ...first, time: '2026-12-02T00:00:00.000Z', score: 0 };
    await attributions.putFeedback(first);
    await attributions.putFeedback(second);
    const found = await item('request#req-told', 'feedback#2');
    expect(found).toMatchObject({
      schema: { N: '1' },
      gsi1pk: { S: expect.stringMatching(/^arrived#2026-11-22T10:00#[0-7]$/) },
      expiresAt: { N: String(Date.UTC(2026, 11, 2) / 1000 + 30 * DAY_SECONDS) },
    });
    expect(JSON.parse(found?.feedback?.S ?? '')).toEqual(second);
    expect(JSON.parse(found?.replaced?.S ?? '')).toEqual(first);
    expect(await item('request#req-told', 'feedback#1')).not.toHaveProperty('replaced');
  });

  it('asks for the retention at every record, since a policy may change it', async () => {
    let days = 1;
    const { attributions } = open(database.client, () => days);
    await attributions.put(anAttribution({ requestId: 'short' }));
    days = 2;
    await attributions.put(anAttribution({ requestId: 'long' }));
    const [short, long] = await Promise.all(['short', 'long'].map((id) => item(`request#${id}`, 'attribution')));
    expect(Number(long?.expiresAt?.N) - Number(short?.expiresAt?.N)).toBe(DAY_SECONDS);
  });

  it('spreads the records of a minute over eight partitions of the index', async () => {
    nowMs += 3_600_000;
    const { attributions } = open(database.client);
    for (let index = 0; index < 200; index += 1)
      await attributions.put(anAttribution({ requestId: `spread-${index}` }));
    const items = await Promise.all(
      Array.from({ length: 200 }, (_, index) => item(`request#spread-${index}`, 'attribution')),
    );
    const counts = new Map<string, number>();
    for (const found of items) counts.set(found?.gsi1pk?.S ?? '', (counts.get(found?.gsi1pk?.S ?? '') ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual(
      Array.from({ length: 8 }, (_, shard) => `arrived#2026-11-22T11:00#${shard}`),
    );
    for (const count of counts.values()) expect(count).toBeGreaterThan(5);
  });

  it('pages through a minute of more than DynamoDB reads in one go', async () => {
    nowMs += 2 * 3_600_000;
    const { attributions } = open(database.client);
    const model = 'x'.repeat(300_000);
    const ids = Array.from({ length: 60 }, (_, index) => `big-${String(index).padStart(2, '0')}`);
    for (const requestId of ids) await attributions.put(anAttribution({ requestId, model }));
    const { records, pages } = await allArrived(attributions, '2026-11-22T12:00');
    expect(records.map(({ requestId }) => requestId).sort()).toEqual(ids);
    expect(pages).toBeGreaterThan(1);
  });

  it('keeps a rollup as one compressed item that expires, in a partition of a few hundred', async () => {
    const { rollups } = open(database.client);
    for (const [span, from, partition, days] of [
      ['minute', '2026-11-22T07:15', 'rollup#minute#2026-11-22', 3],
      ['hour', '2026-11-22T07', 'rollup#hour#2026-11', 60],
      ['day', '2026-11-22', 'rollup#day#2026', 400],
    ] as const) {
      await rollups.write(span, from, emptyRollup());
      const found = await item(partition, from);
      expect(found).toMatchObject({
        schema: { N: '1' },
        expiresAt: { N: String(ARRIVED_MS / 1000 + days * DAY_SECONDS) },
      });
      expect([...(found?.body?.B?.subarray(0, 2) ?? [])]).toEqual([0x1f, 0x8b]);
    }
  });

  it('leaves whoever reads a large rollup with the one before, until the new one is whole', async () => {
    const { rollups } = open(database.client);
    await rollups.write('hour', '2026-01-01T00', largeRollup(1));
    let interrupted = 0;
    const client = dynamoDbClient(database.endpoint);
    client.middlewareStack.add(
      (next) => async (args) => {
        const { Item } = args.input as { Item?: { sk?: { S?: string } } };
        if (Item?.sk?.S === '2026-01-01T00') {
          interrupted += 1;
          throw new Error('the process ends here');
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    for (const _ of [1, 2]) {
      await expect(open(client).rollups.write('hour', '2026-01-01T00', largeRollup(2))).rejects.toThrow(/ends here/);
      expect((await rollups.read('hour', '2026-01-01T00'))?.total.requests).toBe(1);
    }
    expect(interrupted).toBe(2);
    await rollups.write('hour', '2026-01-01T00', largeRollup(3));
    expect(await rollups.read('hour', '2026-01-01T00')).toEqual(largeRollup(3));
    // Two of each slot, however often it is written.
    expect(await parts('rollup#hour#2026-01', '2026-01-01T00')).toHaveLength(4);
    client.destroy();
  });

  it('keeps states, which never expire', async () => {
    const { states } = open(database.client);
    await states.write('watch', { until: MINUTE }, 0);
    const found = await item('state#watch', 'document');
    expect(JSON.parse(found?.document?.S ?? '')).toEqual({ state: { until: MINUTE }, revision: 1 });
    expect(found).not.toHaveProperty('expiresAt');
  });

  it.each([
    ['asks, for a request and a word on it, for no action but these', 'router', ['GetItemCommand', 'PutItemCommand']],
    [
      'asks, to watch, for no action but these, and never reads the whole table',
      'watch',
      ['GetItemCommand', 'PutItemCommand', 'QueryCommand', 'UpdateItemCommand'],
    ],
  ])('%s', async (_, who, expected) => {
    const client = dynamoDbClient(database.endpoint);
    const actions = new Set<string>();
    client.middlewareStack.add(
      (next, context) => (args) => {
        actions.add(String(context.commandName));
        return next(args);
      },
      { step: 'initialize' },
    );
    const { attributions, rollups, states } = open(client);
    if (who === 'router') {
      await attributions.put(anAttribution({ requestId: 'granted' }));
      await attributions.get('granted');
      for (const score of [0, 1, 1]) await attributions.putFeedback(someFeedback({ requestId: 'granted', score }));
      await attributions.feedbackOn('granted');
    } else {
      await attributions.arrived(MINUTE);
      await rollups.write('hour', '2026-02-01T00', largeRollup(1));
      await rollups.read('hour', '2026-02-01T00');
      await rollups.list('hour', '2026-02-01T00', '2026-03-03T00');
      await states.write('granted', 1, 0);
      await states.read('granted');
    }
    expect([...actions].sort()).toEqual(expected);
    client.destroy();
  });

  async function parts(pk: string, from: string) {
    const { Items = [] } = await database.client.send(
      new QueryCommand({
        TableName: database.tables.attributionTable,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :from)',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: `${from}#` } },
        ProjectionExpression: 'sk',
      }),
    );
    return Items;
  }
});

describe('the attribution table behind a line that loses answers', () => {
  let proxy: AnswerLosingProxy;
  let client: DynamoDBClient;

  beforeEach(async () => {
    proxy = await startAnswerLosingProxy(database.endpoint);
    client = dynamoDbClient(proxy.endpoint);
    return async () => {
      client.destroy();
      await proxy.stop();
    };
  });

  it('has a record and a word once, in one minute', async () => {
    nowMs = Date.UTC(2026, 10, 23, 10);
    const { attributions } = open(client);
    proxy.lose('PutItem', 1);
    await attributions.put(anAttribution({ requestId: 'lossy' }));
    proxy.lose('PutItem', 1);
    await attributions.putFeedback(someFeedback({ requestId: 'lossy' }));
    expect(proxy.seen.filter((target) => target.endsWith('PutItem'))).toHaveLength(4);
    const { records, feedback } = await allArrived(attributions, '2026-11-23T10:00');
    expect([records.length, feedback.length]).toEqual([1, 1]);
  });

  it('stamps a record anew whose writer was frozen before it could try again, so that no minute grows once it is over', async () => {
    nowMs = Date.UTC(2026, 10, 24, 10);
    let refused = 0;
    function freezing<Request, Answer>(send: (request: Request) => Promise<Answer>) {
      return async (request: Request): Promise<Answer> => {
        if (refused > 0) return send(request);
        refused += 1;
        nowMs += 600_000;
        throw Object.assign(new Error('the line is dead'), { name: 'TimeoutError' });
      };
    }
    client.middlewareStack.addRelativeTo(freezing, { relation: 'after', toMiddleware: 'onlyFresh', name: 'freezing' });
    const { attributions } = open(client);
    expect(await attributions.put(anAttribution({ requestId: 'frozen' }))).toBe('stored');
    expect(refused).toBe(1);
    const reader = open(database.client).attributions;
    expect((await allArrived(reader, '2026-11-24T10:00')).records).toEqual([]);
    expect((await allArrived(reader, '2026-11-24T10:10')).records).toHaveLength(1);
  });
});

/** One that no compression makes small enough for an item. */
function largeRollup(requests: number): Rollup {
  const noise = randomNoise();
  const rollup = emptyRollup();
  rollup.total = someSums({ requests });
  rollup.places = { acme: [{ tier: 'small', location: noise, calls: requests }] };
  return rollup;
}

let noise: string | undefined;
function randomNoise(): string {
  noise ??= randomBytes(600_000).toString('base64');
  return noise;
}
