import { createHash } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../../../lambda/shared/store/budget-port';
import { openDynamoDbStore } from '../../../../lambda/shared/store/dynamodb';
import type { KeyRecord } from '../../../../lambda/shared/store/key-port';
import type { Store } from '../../../../lambda/shared/store/port';
import { MINUTE_MS } from '../../../../lib/core/durations';
import { type AnswerLosingProxy, startAnswerLosingProxy } from '../../../fixtures/answer-losing-proxy';
import { type DeployedTables, dynamoDbClient, startDynamoDb } from '../../../fixtures/dynamodb';

const NOW_MS = Date.UTC(2026, 10, 22, 10);
const KEY: KeyRecord = {
  id: 'key-1',
  hash: 'abc',
  customer: 'acme',
  operator: false,
  createdAt: '2026-11-22T10:00:00.000Z',
};
const STANDING = { tier: 'small', contextTokens: 10, atMs: NOW_MS };

function anAccount(id: string): Account {
  return { id, limitUsd: 1, expiresAtMs: NOW_MS + 86_400_000 };
}

let database: DeployedTables;

beforeAll(async () => {
  database = await startDynamoDb();
});
afterAll(() => database.stop());

const open = (client: DynamoDBClient) => openDynamoDbStore({ ...database.tables, client });

describe('the access table', () => {
  let store: Store;

  beforeAll(() => {
    store = open(database.client);
  });

  const item = async (pk: string, sk: string) => {
    const get = { TableName: database.tables.accessTable, Key: { pk: { S: pk }, sk: { S: sk } } };
    return (await database.client.send(new GetItemCommand(get))).Item;
  };

  it('has a key under its hash, and in the index of keys', async () => {
    await store.keys.add(KEY);
    const found = await item('key#abc', 'document');
    expect(found).toMatchObject({
      schema: { N: '1' },
      gsi1pk: { S: 'key' },
      gsi1sk: { S: '2026-11-22T10:00:00.000Z#key-1' },
    });
    expect(JSON.parse(found?.document?.S ?? '')).toEqual(KEY);
    expect(found).not.toHaveProperty('expiresAt');
    expect(await item('key-id#key-1', 'document')).toMatchObject({ document: { S: '{"hash":"abc"}' } });
  });

  it('has an account as whole nano-dollars in one item, which expires with its period', async () => {
    const account = anAccount('per-customer#acme#2026-11');
    await store.budgets.reserve(account, { usd: 0.25, untilMs: NOW_MS + 1 }, NOW_MS);
    await store.budgets.reserve(account, { usd: 0.000_000_001, untilMs: NOW_MS + MINUTE_MS + 1 }, NOW_MS);
    const minute = NOW_MS / MINUTE_MS;
    expect(await item('budget#per-customer#acme#2026-11', 'tally')).toEqual({
      pk: { S: 'budget#per-customer#acme#2026-11' },
      sk: { S: 'tally' },
      schema: { N: '1' },
      expiresAt: { N: String(NOW_MS / 1000 + 86_400) },
      used: { N: '250000001' },
      [`held_${minute + 1}`]: { N: '250000000' },
      [`held_${minute + 2}`]: { N: '1' },
    });
  });

  it('keeps an account small: what has expired goes with the next settlement', async () => {
    const account = anAccount('small');
    for (let minute = 1; minute <= 5; minute += 1) {
      await store.budgets.reserve(account, { usd: 0.1, untilMs: NOW_MS + minute * MINUTE_MS }, NOW_MS);
    }
    const hold = { usd: 0.1, untilMs: NOW_MS + 10 * MINUTE_MS };
    await store.budgets.reserve(account, hold, NOW_MS);
    await store.budgets.settle(account, hold, 0.05, NOW_MS + 4 * MINUTE_MS);
    const found = await item('budget#small', 'tally');
    const held = Object.keys(found ?? {}).filter((name) => name.startsWith('held_'));
    expect(held).toEqual([`held_${NOW_MS / MINUTE_MS + 5}`, `held_${NOW_MS / MINUTE_MS + 10}`]);
    expect(found?.used).toEqual({ N: '150000000' });
  });

  it('has an item for each minute of a key, and one for each session, which expire soon', async () => {
    await store.keys.countRequest('key-1', NOW_MS + 5, 3);
    expect(await item(`requests#key-1#${NOW_MS / MINUTE_MS}`, 'tally')).toMatchObject({
      requests: { N: '1' },
      expiresAt: { N: String(NOW_MS / 1000 + 120) },
    });
    await store.sessions.put('acme/one', STANDING, NOW_MS + 1500);
    const hash = createHash('sha256').update('acme/one').digest('hex');
    expect(await item(`session#${hash}`, 'document')).toMatchObject({ expiresAt: { N: String(NOW_MS / 1000 + 2) } });
  });

  it('has all breakers in one item, and all switches in force in another', async () => {
    await store.breakers.open({ tier: 'small', openedAtMs: NOW_MS, untilMs: NOW_MS + 1000 });
    expect(await item('breakers', 'tally')).toMatchObject({
      'opened:small': { N: String(NOW_MS) },
      'until:small': { N: String(NOW_MS + 1000) },
      expiresAt: { N: String(NOW_MS / 1000 + 1 + 86_400) },
    });
    const entry = { kind: 'tier-disabled', tier: 'mid', reason: 'slow', author: 'ada', atMs: NOW_MS } as const;
    await store.switches.set(entry);
    const { document } = (await item('switch#board', 'document')) ?? {};
    expect(JSON.parse(document?.S ?? '')).toMatchObject({ sequence: 1, switches: [entry] });
  });

  it('says which item is broken, and quotes nothing of it', async () => {
    const broken = { pk: { S: 'key#broken' }, sk: { S: 'document' } };
    const put = (more: Record<string, { S: string }>) =>
      database.client.send(
        new PutItemCommand({ TableName: database.tables.accessTable, Item: { ...broken, ...more } }),
      );
    await put({ document: { S: '{"secret": ' } });
    await expect(store.keys.byHash('broken')).rejects.toThrow(/^key#broken in tierwise-access is not JSON$/);
    await put({});
    await expect(store.keys.byHash('broken')).rejects.toThrow(/^key#broken in tierwise-access has no document$/);
  });

  it('lists keys beyond one page of the index', async () => {
    const large = await startDynamoDb();
    const { keys } = openDynamoDbStore({ ...large.tables, client: large.client });
    const filler = Array.from({ length: 3000 }, (_, index) => `task-${'x'.repeat(90)}-${index}`);
    const ids = [1, 2, 3, 4, 5, 6].map((index) => `key-${index}`);
    for (const id of ids) await keys.add({ ...KEY, id, hash: `hash-${id}`, tasks: filler });
    expect((await keys.list()).map(({ id }) => id)).toEqual(ids);
    await large.stop();
  });

  it('asks, for a request, for no action beyond those that the function is granted', async () => {
    const client = dynamoDbClient(database.endpoint);
    const actions = new Set<string>();
    client.middlewareStack.add(
      (next, context) => (args) => {
        actions.add(String(context.commandName));
        return next(args);
      },
      { step: 'initialize' },
    );
    const { keys, budgets, switches, breakers, sessions } = open(client);
    const account = anAccount('granted');
    const hold = { usd: 1, untilMs: NOW_MS + MINUTE_MS };
    await keys.byHash('abc');
    await keys.countRequest('key-1', NOW_MS, 1);
    await keys.countRequest('key-1', NOW_MS, 1);
    await budgets.reserve(account, hold, NOW_MS);
    await budgets.reserve(account, hold, NOW_MS);
    await budgets.settle(account, hold, 0.5, NOW_MS + MINUTE_MS);
    await budgets.read(account.id, NOW_MS);
    await switches.active(NOW_MS);
    await breakers.open({ tier: 'mid', openedAtMs: NOW_MS, untilMs: NOW_MS });
    await breakers.claimProbe('mid', NOW_MS, NOW_MS + 1);
    await breakers.list();
    await breakers.close('mid');
    await sessions.put('acme/two', STANDING, NOW_MS + 1000);
    await sessions.find('acme/two', NOW_MS);
    expect([...actions].sort()).toEqual(['GetItemCommand', 'UpdateItemCommand']);
    client.destroy();
  });
});

describe('the access table behind a line that loses answers', () => {
  let proxy: AnswerLosingProxy;
  let client: DynamoDBClient;
  let store: Store;
  let accounts = 0;

  beforeEach(async () => {
    proxy = await startAnswerLosingProxy(database.endpoint);
    client = dynamoDbClient(proxy.endpoint);
    store = open(client);
    accounts += 1;
    return async () => {
      client.destroy();
      await proxy.stop();
    };
  });

  const hold = { usd: 0.4, untilMs: NOW_MS + 5 * MINUTE_MS };
  const account = () => anAccount(`lossy-${accounts}`);
  const standing = (nowMs = NOW_MS) => open(database.client).budgets.read(account().id, nowMs);

  it('adds a key once, and knows that it did', async () => {
    const record = { ...KEY, id: 'key-lossy', hash: 'lossy' };
    proxy.lose('UpdateItem', 1);
    expect(await store.keys.add(record)).toBe(true);
    proxy.lose('UpdateItem', 1);
    expect(await store.keys.revoke('key-lossy', NOW_MS)).toMatchObject({ revokedAt: '2026-11-22T10:00:00.000Z' });
  });

  it('never takes an amount back twice, which others hold', async () => {
    await store.budgets.reserve(account(), hold, NOW_MS);
    await store.budgets.reserve(account(), { ...hold }, NOW_MS);
    proxy.lose('UpdateItem', 1);
    await store.budgets.settle(account(), hold, 0.1, NOW_MS);
    const { spentUsd, heldUsd } = await standing();
    expect(heldUsd).toBe(0.4);
    // Nobody knew whether it was booked: rather twice than not at all.
    expect(spentUsd).toBe(0.2);
  });

  it('does not take it back when the settlement is tried again either', async () => {
    await store.budgets.reserve(account(), hold, NOW_MS);
    await store.budgets.reserve(account(), { ...hold }, NOW_MS);
    // The first try, and all of the second write's.
    proxy.lose('UpdateItem', 4);
    await expect(store.budgets.settle(account(), hold, 0.1, NOW_MS)).rejects.toThrow();
    await store.budgets.settle(account(), hold, 0.1, NOW_MS);
    expect((await standing()).heldUsd).toBe(0.4);
    expect((await standing()).spentUsd).toBeGreaterThanOrEqual(0.1);
  });

  it('never holds less than it said, and what is held twice expires', async () => {
    proxy.lose('UpdateItem', 1);
    const { held } = await store.budgets.reserve(account(), hold, NOW_MS);
    expect(held).toBe(true);
    expect((await standing()).heldUsd).toBe(0.8);
    expect((await standing(NOW_MS + 5 * MINUTE_MS)).heldUsd).toBe(0);
  });

  it('settles once the table takes it, where it is refused for a moment', async () => {
    await store.budgets.reserve(account(), hold, NOW_MS);
    let refusals = 1;
    function refusing<Request, Answer>(send: (request: Request) => Promise<Answer>) {
      return async (request: Request): Promise<Answer> => {
        if (refusals === 0) return send(request);
        refusals -= 1;
        const metadata = { $metadata: { httpStatusCode: 400 }, $retryable: { throttling: true } };
        throw Object.assign(new Error('slow down'), { name: 'ThrottlingException', ...metadata });
      };
    }
    client.middlewareStack.addRelativeTo(refusing, { relation: 'after', toMiddleware: 'onceOnly', name: 'refusing' });
    await store.budgets.settle(account(), hold, 0.1, NOW_MS);
    expect(refusals).toBe(0);
    expect(await standing()).toEqual({ spentUsd: 0.1, heldUsd: 0 });
  });
});
