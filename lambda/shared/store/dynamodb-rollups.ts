import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DOCUMENT_SCHEMA, TABLE_KEYS } from '../../../lib/core/contract';
import { DAY_MS } from '../../../lib/core/durations';
import { type Item, keyOf, numberAt, textAt } from './dynamodb-item';
import { queryAll } from './dynamodb-query';
import { inBatches } from './in-batches';
import type { Span } from './rollup-port';
import type { RollupRow, RollupRows } from './rollups';
import { beginningOf } from './stretch';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** An item may have 400 kB, and the other attributes need their share. */
const PART_BYTES = 350_000;
const QUERIES_AT_ONCE = 8;
/** As much of the beginning as is alike for all stretches of a partition: a day of minutes, a month of hours, a year of days. */
const PARTITION_CHARACTERS: Readonly<Record<Span, number>> = { minute: 10, hour: 7, day: 4 };
/** Sorts after everything that follows a beginning and `#`. */
const LAST = '#~';

/**
 * Each rollup is an item, as compressed JSON. One too large for an item lies in parts of its own, which the item names:
 * they take turns in two slots, so that whoever reads meanwhile finds the parts that the item speaks of.
 */
export function dynamoDbRollups(client: DynamoDBClient, table: string): RollupRows {
  async function put(key: Item, expiresAtMs: number, content: Item): Promise<void> {
    const expiry = { [TABLE_KEYS.expiry]: { N: String(Math.ceil(expiresAtMs / 1000)) } };
    const item = Object.assign({}, key, content, expiry, { schema: { N: String(DOCUMENT_SCHEMA) } });
    await client.send(new PutItemCommand({ TableName: table, Item: item }));
  }

  /** The slot that nobody reads. */
  async function freeSlot(key: Item): Promise<number> {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item !== undefined && numberAt(Item, 'slot') === 0 ? 1 : 0;
  }

  function query(partition: string, low: string, high: string): Promise<Item[]> {
    return queryAll(client, {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#pk = :partition AND #sk BETWEEN :low AND :high',
      ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition, '#sk': TABLE_KEYS.sort },
      ExpressionAttributeValues: { ':partition': { S: partition }, ':low': { S: low }, ':high': { S: high } },
    });
  }

  return {
    async write(span, from, rollup, expiresAtMs) {
      const body = await compress(JSON.stringify(rollup));
      const partition = partitionOf(span, from);
      const key = keyOf(partition, from);
      if (body.length <= PART_BYTES) return put(key, expiresAtMs, { body: { B: body } });
      const slot = await freeSlot(key);
      const parts = partsOf(body);
      for (const [index, part] of parts.entries()) {
        await put(keyOf(partition, partSort(from, slot, index)), expiresAtMs, { body: { B: part } });
      }
      await put(key, expiresAtMs, {
        slot: { N: String(slot) },
        parts: { N: String(parts.length) },
        hash: { S: hashOf(body) },
      });
    },

    async read(span, from) {
      const [found] = await rowsOf(await query(partitionOf(span, from), from, from + LAST));
      return found?.rollup;
    },

    async list(span, from, until) {
      const found = await inBatches(partitionsOf(span, from, until), QUERIES_AT_ONCE, (partition) =>
        query(partition, from, until),
      );
      return rowsOf(found.flat().filter((item) => textAt(item, TABLE_KEYS.sort) !== until));
    },
  };
}

function partitionOf(span: Span, from: string): string {
  return `rollup#${span}#${from.slice(0, PARTITION_CHARACTERS[span])}`;
}

/** Those that the stretches of a period lie in. */
export function partitionsOf(span: Span, from: string, until: string): string[] {
  const partitions = new Set<string>();
  const endMs = beginningOf(span, until);
  for (let dayMs = beginningOf('day', from.slice(0, 10)); dayMs < endMs; dayMs += DAY_MS) {
    partitions.add(partitionOf(span, new Date(dayMs).toISOString()));
  }
  return [...partitions];
}

function partSort(from: string, slot: number, index: number): string {
  return `${from}#${slot}#${index}`;
}

function partsOf(body: Buffer): Buffer[] {
  const count = Math.ceil(body.length / PART_BYTES);
  return Array.from({ length: count }, (_, index) => body.subarray(index * PART_BYTES, (index + 1) * PART_BYTES));
}

/** Rollups out of their items and parts; of the latter those that an item speaks of. */
async function rowsOf(items: readonly Item[]): Promise<RollupRow[]> {
  const bySort = new Map(items.map((item) => [textAt(item, TABLE_KEYS.sort) ?? '', item]));
  const heads = [...bySort].filter(([sort]) => !sort.includes('#'));
  return Promise.all(
    heads.map(async ([from, head]) => {
      const text = await decompress(bodyOf(from, head, bySort));
      return { from, rollup: JSON.parse(text.toString()) };
    }),
  );
}

function bodyOf(from: string, head: Item, bySort: ReadonlyMap<string, Item>): Uint8Array {
  const count = numberAt(head, 'parts');
  if (count === undefined) return head.body?.B ?? Buffer.alloc(0);
  const slot = numberAt(head, 'slot') ?? 0;
  const parts = Array.from({ length: count }, (_, index) => bySort.get(partSort(from, slot, index))?.body?.B);
  const body = Buffer.concat(parts.filter((part) => part !== undefined));
  if (hashOf(body) !== textAt(head, 'hash')) {
    throw new Error(`${textAt(head, TABLE_KEYS.partition)} ${from} is being written by two at once: read it again`);
  }
  return body;
}

function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
