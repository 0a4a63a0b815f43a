import {
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
  type QueryCommandInput,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './dynamodb-item';

/** What a query finds, page after page: DynamoDB ends one after 1 MB of whole items. At most `limit` of it. */
export async function queryAll(
  client: DynamoDBClient,
  query: QueryCommandInput,
  limit = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, query)) {
    items.push(...Items);
    if (items.length >= limit) break;
  }
  return items.slice(0, limit);
}

/** What a table holds, a page in memory at a time. */
export async function* scanned(client: DynamoDBClient, scan: ScanCommandInput): AsyncGenerator<Item> {
  for await (const { Items = [] } of paginateScan({ client }, scan)) yield* Items;
}
