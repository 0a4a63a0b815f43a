import { type DynamoDBClient, GetItemCommand, PutItemCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { DOCUMENT_SCHEMA, TABLE_KEYS } from '../../../lib/core/contract';
import { conditionally, type Item, keyOf, numberAt, textAt } from './dynamodb-item';
import { queryAll } from './dynamodb-query';
import type { ActivePolicy } from './policy-port';
import { PolicyTooLargeError, StoreCorruptError } from './store-refusal';
import { activationsIn, type PolicyRow, type PolicyRows } from './versioned-policies';

const PARTITION = 'policy';
const ACTIVE = 'active';
const VERSION_PREFIX = 'version#';
/** Ten digits, so that the order of text is the order of numbers. */
const VERSION_DIGITS = 10;
/** An item may have 400 kB, and the other attributes need their share. */
const DOCUMENT_LIMIT_BYTES = 380_000;

/** Policies in a table: an item for each version, and one, `active`, that says which is in force. */
export function dynamoDbPolicies(client: DynamoDBClient, table: string): PolicyRows {
  async function get(sort: string): Promise<Item | undefined> {
    const key = keyOf(PARTITION, sort);
    return (await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;
  }

  async function active(): Promise<ActivePolicy | undefined> {
    const item = await get(ACTIVE);
    return item === undefined ? undefined : activeOf(item);
  }

  async function read(version: number): Promise<PolicyRow | undefined> {
    const item = await get(sortOf(version));
    return item === undefined ? undefined : { ...aboutOf(item), text: textOf(item, version) };
  }

  return {
    active,
    read,

    async newest(limit) {
      const items = await queryAll(client, Object.assign(newestQuery(table), { Limit: limit }), limit);
      return items.map(aboutOf);
    },

    async add(row) {
      const bytes = Buffer.byteLength(row.text);
      if (bytes > DOCUMENT_LIMIT_BYTES) throw new PolicyTooLargeError(bytes, DOCUMENT_LIMIT_BYTES);
      const put = new PutItemCommand({
        TableName: table,
        Item: rowItem(row),
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition },
      });
      // The client repeats a write whose answer was lost, and then finds its own item in the way.
      return (await conditionally(() => client.send(put))) || sameRow(await read(row.version), row);
    },

    async move(from, to) {
      if (await conditionally(() => client.send(moveCommand(table, from, to)))) return true;
      const found = await active();
      return found?.version === to.version && found.since === to.since;
    },
  };
}

function moveCommand(table: string, from: number | null, to: ActivePolicy): PutItemCommand {
  const put = {
    TableName: table,
    Item: {
      ...keyOf(PARTITION, ACTIVE),
      schema: { N: String(DOCUMENT_SCHEMA) },
      version: { N: String(to.version) },
      hash: { S: to.hash },
      since: { S: to.since },
      ...(to.before && { before: { S: JSON.stringify(to.before) } }),
    },
  };
  if (from === null) {
    const names = { '#pk': TABLE_KEYS.partition };
    return new PutItemCommand({
      ...put,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: names,
    });
  }
  return new PutItemCommand({
    ...put,
    ConditionExpression: '#version = :from',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':from': { N: String(from) } },
  });
}

function newestQuery(table: string): QueryCommandInput {
  return {
    TableName: table,
    ConsistentRead: true,
    ScanIndexForward: false,
    KeyConditionExpression: '#pk = :policy AND begins_with(#sk, :version)',
    ProjectionExpression: '#sk, #hash, #author, #message, #createdAt',
    ExpressionAttributeNames: {
      '#pk': TABLE_KEYS.partition,
      '#sk': TABLE_KEYS.sort,
      '#hash': 'hash',
      '#author': 'author',
      '#message': 'message',
      '#createdAt': 'createdAt',
    },
    ExpressionAttributeValues: { ':policy': { S: PARTITION }, ':version': { S: VERSION_PREFIX } },
  };
}

function rowItem(row: PolicyRow): Item {
  return {
    ...keyOf(PARTITION, sortOf(row.version)),
    schema: { N: String(DOCUMENT_SCHEMA) },
    hash: { S: row.hash },
    author: { S: row.author },
    message: { S: row.message },
    createdAt: { S: row.createdAt },
    document: { S: row.text },
  };
}

function sortOf(version: number): string {
  return `${VERSION_PREFIX}${String(version).padStart(VERSION_DIGITS, '0')}`;
}

/** Anybody may have written into the table: what is not there is empty, and the hash then tells. */
function aboutOf(item: Item): Omit<PolicyRow, 'text'> {
  return {
    version: Number((textAt(item, TABLE_KEYS.sort) ?? '').slice(VERSION_PREFIX.length)),
    hash: textAt(item, 'hash') ?? '',
    author: textAt(item, 'author') ?? '',
    message: textAt(item, 'message') ?? '',
    createdAt: textAt(item, 'createdAt') ?? '',
  };
}

function textOf(item: Item, version: number): string {
  const text = textAt(item, 'document');
  if (text === undefined) throw new StoreCorruptError(version, 'has no document');
  return text;
}

function activeOf(item: Item): ActivePolicy {
  const version = numberAt(item, 'version');
  if (version === undefined || !Number.isInteger(version)) {
    throw new StoreCorruptError(null, 'names no version');
  }
  const active = { version, hash: textAt(item, 'hash') ?? '', since: textAt(item, 'since') ?? '' };
  return { ...active, ...activationsIn(parsed(textAt(item, 'before'))) };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sameRow(found: PolicyRow | undefined, row: PolicyRow): boolean {
  return found !== undefined && JSON.stringify(rowItem(found)) === JSON.stringify(rowItem(row));
}
