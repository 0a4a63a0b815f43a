import { createHash } from 'node:crypto';
import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DOCUMENT_SCHEMA, TABLE_KEYS } from '../../../lib/core/contract';
import { onlyFresh, StaleError } from './dynamodb-fresh';
import { conditionally, type Item, textAt } from './dynamodb-item';
import { noPageToken } from './page-token';
import { stretchAt } from './stretch';

/** Partitions of the index for a minute: one takes 1000 writes a second. */
const SHARDS = 8;
/** No try is sent later than this after the clock was read: far less than the time after which a minute is complete. */
const FRESH_MS = 30_000;
/** Attributes that say where a page of a shard ended. */
const PLACE = [TABLE_KEYS.partition, TABLE_KEYS.sort, TABLE_KEYS.indexSort] as const;
const SECONDS_PER_DAY = 86_400;

/** What arrives: an item that is written once, and stays. */
export interface ArrivingItem {
  readonly key: Item;
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly retentionDays: number;
  readonly content: Item;
}

/** Writes an item unless it is there already, together with the minute in which it came. False where it was there. */
export async function putArriving(
  client: DynamoDBClient,
  table: string,
  arriving: ArrivingItem,
  nowMs: () => number,
): Promise<boolean> {
  for (;;) {
    const arrivedMs = nowMs();
    const put = new PutItemCommand({
      TableName: table,
      Item: itemOf(arriving, stretchAt('minute', arrivedMs)),
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition },
    });
    onlyFresh(put, () => nowMs() - arrivedMs <= FRESH_MS);
    try {
      return await conditionally(() => client.send(put));
    } catch (error) {
      if (!(error instanceof StaleError)) throw error;
    }
  }
}

function itemOf({ key, requestId, time, retentionDays, content }: ArrivingItem, minute: string): Item {
  const expiresAt = Math.floor(Date.parse(time) / 1000) + Math.ceil(retentionDays * SECONDS_PER_DAY);
  return Object.assign({}, key, content, {
    [TABLE_KEYS.indexPartition]: { S: indexPartitionOf(minute, shardOf(requestId)) },
    [TABLE_KEYS.indexSort]: { S: `${time}#${requestId}` },
    [TABLE_KEYS.expiry]: { N: String(expiresAt) },
    schema: { N: String(DOCUMENT_SCHEMA) },
  });
}

function indexPartitionOf(minute: string, shard: number): string {
  return `arrived#${minute}#${shard}`;
}

/** The minute that an item came in, by its place in the index. */
export function minuteOf(item: Item): string {
  return textAt(item, TABLE_KEYS.indexPartition)?.split('#')[1] ?? '';
}

function shardOf(requestId: string): number {
  return (createHash('sha256').update(requestId).digest()[0] ?? 0) % SHARDS;
}

/** Items of a minute: what DynamoDB reads of each shard in one go, which is up to 1 MB. */
export async function queryArrived(client: DynamoDBClient, table: string, minute: string, after?: string) {
  const places = after === undefined ? allShards() : placesOf(after);
  const pages = await Promise.all(places.map((place) => queryShard(client, table, minute, place)));
  const left = pages.flatMap(({ next }) => (next === undefined ? [] : [next]));
  return { items: pages.flatMap(({ items }) => items), ...(left.length > 0 && { next: tokenOf(left) }) };
}

/** A shard, and the key attributes of its last item that was read, if any was. */
type Place = readonly [shard: number, ...key: string[]];

function allShards(): Place[] {
  return Array.from({ length: SHARDS }, (_, shard) => [shard] as const);
}

async function queryShard(client: DynamoDBClient, table: string, minute: string, [shard, ...key]: Place) {
  const partition = indexPartitionOf(minute, shard);
  const { Items, LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: TABLE_KEYS.index,
      KeyConditionExpression: '#partition = :partition',
      ExpressionAttributeNames: { '#partition': TABLE_KEYS.indexPartition },
      ExpressionAttributeValues: { ':partition': { S: partition } },
      ...(key.length > 0 && { ExclusiveStartKey: startOf(partition, key) }),
    }),
  );
  const next: Place | undefined = LastEvaluatedKey && [
    shard,
    ...PLACE.map((name) => textAt(LastEvaluatedKey, name) ?? ''),
  ];
  return { items: Items ?? [], next };
}

function startOf(partition: string, key: readonly string[]): Item {
  const item: Item = { [TABLE_KEYS.indexPartition]: { S: partition } };
  for (const [index, name] of PLACE.entries()) item[name] = { S: key[index] ?? '' };
  return item;
}

function tokenOf(places: readonly Place[]): string {
  return Buffer.from(JSON.stringify(places)).toString('base64url');
}

function placesOf(token: string): Place[] {
  try {
    const places: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(places) && places.length > 0 && places.every(isPlace)) return places;
  } catch {
    // Said below.
  }
  throw noPageToken(token);
}

function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value)) return false;
  const [shard, ...key] = value;
  return (
    Number.isInteger(shard) &&
    shard >= 0 &&
    shard < SHARDS &&
    key.length === PLACE.length &&
    key.every((part) => typeof part === 'string')
  );
}
