import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TABLE_KEYS } from '../../../lib/core/contract';
import { DAY_MS } from '../../../lib/core/durations';
import { type Item, keyOf, numberAt, removeItem, textAt } from './dynamodb-item';
import { queryAll } from './dynamodb-query';
import { partitionsOf } from './dynamodb-rollups';
import type { Span } from './rollup-port';
import { stretchAt } from './stretch';

const SPANS: readonly Span[] = ['minute', 'hour', 'day'];
const PART = /^(.*)#(\d+)#(\d+)$/;

/**
 * Removes parts of sums that no item speaks of: those in the slot that was written before the last, and what is left of sums
 * that have become smaller. Nobody may write sums meanwhile.
 */
export async function clearAwaySums(
  client: DynamoDBClient,
  table: string,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  hold: () => Promise<void>,
): Promise<void> {
  for (const span of SPANS) {
    for (const partition of partitionsOf(span, stretchAt(span, fromMs), stretchAt(span, untilMs + DAY_MS))) {
      for (const sort of supersededIn(await sortsOf(client, table, partition))) {
        await hold();
        await removeItem(client, table, keyOf(partition, sort));
      }
    }
  }
}

function supersededIn(items: ReadonlyMap<string, Item>): string[] {
  return [...items.keys()].filter((sort) => {
    const [isPart, from = '', slot, index] = PART.exec(sort) ?? [];
    if (isPart === undefined) return false;
    const head = items.get(from) ?? {};
    return numberAt(head, 'slot') !== Number(slot) || Number(index) >= (numberAt(head, 'parts') ?? 0);
  });
}

/** Without what the sums say: they may be megabytes. */
async function sortsOf(client: DynamoDBClient, table: string, partition: string): Promise<Map<string, Item>> {
  const items = await queryAll(client, {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: '#pk = :partition',
    ProjectionExpression: '#sk, #slot, #parts',
    ExpressionAttributeNames: {
      '#pk': TABLE_KEYS.partition,
      '#sk': TABLE_KEYS.sort,
      '#slot': 'slot',
      '#parts': 'parts',
    },
    ExpressionAttributeValues: { ':partition': { S: partition } },
  });
  return new Map(items.map((item) => [textAt(item, TABLE_KEYS.sort) ?? '', item]));
}
