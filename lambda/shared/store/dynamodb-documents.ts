import { randomUUID } from 'node:crypto';
import {
  type DynamoDBClient,
  GetItemCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { TABLE_KEYS } from '../../../lib/core/contract';
import type { Collection, Documents, ListOptions, StoredDocument, WriteOptions } from './documents';
import { conditionally, type Item, keyOf, removeItem, textAt } from './dynamodb-item';
import { queryAll } from './dynamodb-query';
import { itemUpdate } from './dynamodb-update';

const DOCUMENT_SORT = 'document';
const DOCUMENT = 'document';
const REVISION = 'revision';

/** Each document is an item, as JSON. Those that are listed stand in the index, under the name of their collection. */
export function dynamoDbDocuments(client: DynamoDBClient, table: string): Documents {
  async function read(collection: Collection, id: string): Promise<StoredDocument | undefined> {
    const get = new GetItemCommand({ TableName: table, Key: placeOf(collection, id), ConsistentRead: true });
    const { Item } = await client.send(get);
    return Item === undefined
      ? undefined
      : { document: documentOf(table, Item), revision: textAt(Item, REVISION) ?? '' };
  }

  return {
    read,
    remove: (collection, id) => removeItem(client, table, placeOf(collection, id)),

    async write(collection, id, document, options) {
      const revision = randomUUID();
      const update = updateOf(collection, document, revision, options);
      const command = new UpdateItemCommand(update.input(table, placeOf(collection, id)));
      if (await conditionally(() => client.send(command))) return true;
      // The client repeats a write whose answer was lost, and then finds its own in the way.
      return (await read(collection, id))?.revision === revision;
    },

    async list(collection, options = {}) {
      const items = await queryAll(client, listQuery(table, collection, options), options.limit);
      return items.map((item) => documentOf(table, item));
    },
  };
}

function updateOf(collection: Collection, document: unknown, revision: string, options: WriteOptions) {
  const { expected, position, lifetime } = options;
  const update = itemUpdate(lifetime);
  update.set(DOCUMENT, { S: JSON.stringify(document) });
  update.set(REVISION, { S: revision });
  if (position !== undefined) {
    update.set(TABLE_KEYS.indexPartition, { S: collection });
    update.set(TABLE_KEYS.indexSort, { S: position });
  }
  if (expected === null) update.onlyIf(`attribute_not_exists(${update.name(TABLE_KEYS.partition)})`);
  else if (expected !== undefined) update.onlyIf(`${update.name(REVISION)} = ${update.value({ S: expected })}`);
  return update;
}

function listQuery(table: string, collection: Collection, { newestFirst, limit }: ListOptions): QueryCommandInput {
  return {
    TableName: table,
    IndexName: TABLE_KEYS.index,
    ScanIndexForward: newestFirst !== true,
    KeyConditionExpression: '#partition = :collection',
    ExpressionAttributeNames: { '#partition': TABLE_KEYS.indexPartition },
    ExpressionAttributeValues: { ':collection': { S: collection } },
    ...(limit !== undefined && { Limit: limit }),
  };
}

function placeOf(collection: Collection, id: string): Item {
  return keyOf(`${collection}#${id}`, DOCUMENT_SORT);
}

function documentOf(table: string, item: Item): unknown {
  const text = textAt(item, DOCUMENT);
  const place = textAt(item, TABLE_KEYS.partition);
  if (text === undefined) throw new Error(`${place} in ${table} has no document`);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the document.
    throw new Error(`${place} in ${table} is not JSON`);
  }
}
