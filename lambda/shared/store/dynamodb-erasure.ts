import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TABLE_KEYS } from '../../../lib/core/contract';
import { MINUTE_MS } from '../../../lib/core/durations';
import { minuteOf } from './dynamodb-arrivals';
import { partitionOf, RECORD_SORT } from './dynamodb-attributions';
import { type Item, keyOf, removeItem, textAt } from './dynamodb-item';
import { queryAll } from './dynamodb-query';
import type { ErasableRequests } from './erasure';

/** Removes records and words from their table. All of a request lies in one partition; the index follows by itself. */
export function dynamoDbErasure(client: DynamoDBClient, table: string): ErasableRequests {
  return {
    /** When the table was made. One that was restored is younger than what is in it; how far its sums go back then tells. */
    async oldestMs() {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
      const madeMs = Table?.CreationDateTime?.getTime() ?? 0;
      return Math.floor(madeMs / MINUTE_MS) * MINUTE_MS;
    },

    async removeRequest(requestId, before) {
      const removed = { records: 0, feedback: 0 };
      for (const item of await itemsOf(client, table, requestId)) {
        const sort = textAt(item, TABLE_KEYS.sort) ?? '';
        if (minuteOf(item) >= before) continue;
        if (!(await removeItem(client, table, keyOf(partitionOf(requestId), sort)))) continue;
        removed[sort === RECORD_SORT ? 'records' : 'feedback'] += 1;
      }
      return removed;
    },
  };
}

function itemsOf(client: DynamoDBClient, table: string, requestId: string): Promise<Item[]> {
  return queryAll(client, {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: '#pk = :partition',
    ProjectionExpression: '#sk, #minute',
    ExpressionAttributeNames: {
      '#pk': TABLE_KEYS.partition,
      '#sk': TABLE_KEYS.sort,
      '#minute': TABLE_KEYS.indexPartition,
    },
    ExpressionAttributeValues: { ':partition': { S: partitionOf(requestId) } },
  });
}
