import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DOCUMENT_SCHEMA, TABLE_KEYS } from '../../../lib/core/contract';
import type { Attribution } from '../../../lib/core/types';
import { conditionally, type Item, keyOf, textAt } from './dynamodb-item';
import { dayOf, pageLimit, pageOf, positionOf, requestIdAt } from './page';
import type { AttributionFilter, AttributionStore } from './port';

const RECORD_SORT = 'attribution';
const SECONDS_PER_DAY = 86_400;

interface ItemPage {
  readonly Items?: Item[] | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

/** One item for each request, found by its id and, through the index, by task and day in the order of time. */
export function dynamoDbAttributions(
  client: DynamoDBClient,
  table: string,
  retentionDays: () => number,
): AttributionStore {
  return {
    async put(record) {
      const put = new PutItemCommand({
        TableName: table,
        Item: itemOf(record, retentionDays()),
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition },
      });
      return (await conditionally(() => client.send(put))) ? 'stored' : 'duplicate';
    },

    async get(requestId) {
      const key = keyOf(partitionOf(requestId), RECORD_SORT);
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return Item === undefined ? undefined : recordOf(Item);
    },

    async list(filter) {
      const limit = pageLimit(filter);
      const query = filter.task === undefined ? undefined : taskQuery(table, filter.task, filter, limit);
      const items = await collect(limit, startKey(filter), (start) =>
        query === undefined
          ? client.send(new ScanCommand({ ...dayScan(table, filter.day), ExclusiveStartKey: start }))
          : client.send(new QueryCommand({ ...query, ExclusiveStartKey: start })),
      );
      return pageOf(items.map(recordOf), limit);
    },
  };
}

/** Reads until there is one more than asked for, which tells that there is a next page, or until the end. */
async function collect(
  limit: number,
  from: Item | undefined,
  read: (start: Item | undefined) => Promise<ItemPage>,
): Promise<Item[]> {
  const items: Item[] = [];
  let start = from;
  do {
    const page = await read(start);
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined && items.length <= limit);
  return items;
}

function taskQuery(table: string, task: string, { day }: AttributionFilter, limit: number): QueryCommandInput {
  return {
    TableName: table,
    IndexName: TABLE_KEYS.index,
    KeyConditionExpression: '#partition = :partition',
    ExpressionAttributeNames: { '#partition': TABLE_KEYS.indexPartition },
    ExpressionAttributeValues: { ':partition': { S: indexPartitionOf(task, day) } },
    Limit: limit + 1,
  };
}

function dayScan(table: string, day: string): ScanCommandInput {
  return {
    TableName: table,
    FilterExpression: 'begins_with(#position, :day)',
    ExpressionAttributeNames: { '#position': TABLE_KEYS.indexSort },
    ExpressionAttributeValues: { ':day': { S: day } },
  };
}

/** Where the page after `after` begins: DynamoDB's own key of that record, made anew from its place in time. */
function startKey({ task, day, after }: AttributionFilter): Item | undefined {
  if (after === undefined) return undefined;
  const key = keyOf(partitionOf(requestIdAt(after)), RECORD_SORT);
  return task === undefined ? key : { ...key, ...indexKeyOf(indexPartitionOf(task, day), after) };
}

function itemOf(record: Attribution, retentionDays: number): Item {
  const expiresAt = Math.floor(Date.parse(record.time) / 1000) + Math.ceil(retentionDays * SECONDS_PER_DAY);
  return {
    ...keyOf(partitionOf(record.requestId), RECORD_SORT),
    ...indexKeyOf(indexPartitionOf(record.task, dayOf(record)), positionOf(record)),
    [TABLE_KEYS.expiry]: { N: String(expiresAt) },
    schema: { N: String(DOCUMENT_SCHEMA) },
    record: { S: JSON.stringify(record) },
  };
}

function recordOf(item: Item): Attribution {
  const text = textAt(item, 'record');
  if (text === undefined)
    throw new Error(`${textAt(item, TABLE_KEYS.partition)} in the attribution table has no record`);
  return JSON.parse(text);
}

function partitionOf(requestId: string): string {
  return `request#${requestId}`;
}

function indexPartitionOf(task: string, day: string): string {
  return `task#${task}#${day}`;
}

function indexKeyOf(partition: string, sort: string): Item {
  return { [TABLE_KEYS.indexPartition]: { S: partition }, [TABLE_KEYS.indexSort]: { S: sort } };
}
