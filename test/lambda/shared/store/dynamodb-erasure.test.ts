import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDynamoDbStore } from '../../../../lambda/shared/store/dynamodb';
import type { Store } from '../../../../lambda/shared/store/port';
import { withoutNames } from '../../../../lib/core/telemetry/rollup/erased';
import { addRecord, emptyRollup, type Rollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { type DeployedTables, startDynamoDb } from '../../../fixtures/dynamodb';
import { anAttribution } from '../an-attribution';

const DAY = '2026-11-22';
const PERIOD = { fromMs: Date.parse('2026-11-20T12:34:00Z'), untilMs: Date.parse('2026-11-22T11:00:00Z') };

/** Names that do not compress: sums of some thousands of them fill several items. */
function rollupOf(customers: number, named: string): Rollup {
  const rollup = emptyRollup();
  addRecord(rollup, anAttribution({ requestId: 'one', customer: named }));
  for (let n = 0; n < customers; n += 1) {
    const customer = createHash('sha256').update(String(n)).digest('hex');
    addRecord(rollup, anAttribution({ requestId: customer, customer, costUsd: n / 7 }));
  }
  return rollup;
}

describe('erasing from DynamoDB', () => {
  let database: DeployedTables;
  let store: Store;

  beforeAll(async () => {
    database = await startDynamoDb();
    store = openDynamoDbStore({ ...database.tables, client: database.client });
  });
  afterAll(() => database.stop());

  /** All that lies in the items of sums, whether anybody reads it or not: sort keys, and text. */
  async function itemsOfSums() {
    const items: Record<string, AttributeValue>[] = [];
    for await (const page of paginateScan(
      { client: database.client },
      { TableName: database.tables.attributionTable },
    )) {
      items.push(...(page.Items ?? []));
    }
    const bodies = new Map<string, Buffer[]>();
    for (const { sk, body } of items.sort((one, other) => ((one.sk?.S ?? '') < (other.sk?.S ?? '') ? -1 : 1))) {
      const [from = '', slot = ''] = (sk?.S ?? '').split('#');
      const place = `${from}#${slot}`;
      if (body?.B !== undefined) bodies.set(place, [...(bodies.get(place) ?? []), Buffer.from(body.B)]);
    }
    return [...bodies].map(([place, parts]) => [place, gunzipSync(Buffer.concat(parts)).toString()] as const);
  }

  it('leaves no name in parts of sums that nobody reads any more', async () => {
    const names = { customers: new Set(['acme-that-goes']), keys: new Set<string>() };
    const large = rollupOf(9000, 'acme-that-goes');
    for (const rollup of [large, large, withoutNames(large, names)]) await store.rollups.write('day', DAY, rollup);
    const small = rollupOf(1, 'other');
    for (const rollup of [rollupOf(9000, 'acme-that-goes'), small])
      await store.rollups.write('hour', `${DAY}T07`, rollup);
    await store.rollups.write('minute', `${DAY}T07:15`, rollupOf(9000, 'another'));
    expect(JSON.stringify(await itemsOfSums())).toContain('acme-that-goes');

    let asked = 0;
    await store.erasure.clearAway(PERIOD, async () => {
      asked += 1;
    });
    expect(asked).toBeGreaterThan(1);
    const left = await itemsOfSums();
    expect(JSON.stringify(left)).not.toContain('acme-that-goes');
    expect(left).toHaveLength(3);
    expect(await store.rollups.read('day', DAY)).toEqual(withoutNames(large, names));
    expect(await store.rollups.read('hour', `${DAY}T07`)).toEqual(small);
    expect(await store.rollups.read('minute', `${DAY}T07:15`)).toEqual(rollupOf(9000, 'another'));
    await store.erasure.clearAway(PERIOD, () => expect.unreachable('nothing is left to clear away'));
  }, 60_000);

  it('stops before it removes anything where another one writes sums now', async () => {
    for (const customer of ['one', 'two']) await store.rollups.write('day', '2026-11-21', rollupOf(9000, customer));
    const before = await itemsOfSums();
    const taken = new Error('another one adds up the records now');
    await expect(store.erasure.clearAway(PERIOD, () => Promise.reject(taken))).rejects.toThrow(taken);
    expect(await itemsOfSums()).toEqual(before);
  }, 60_000);
});
