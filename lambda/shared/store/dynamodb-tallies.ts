import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { TABLE_KEYS } from '../../../lib/core/contract';
import { type Item, keyOf, removeItem, textAt } from './dynamodb-item';
import { neverTwice } from './dynamodb-never-twice';
import { scanned } from './dynamodb-query';
import { type ItemUpdate, itemUpdate } from './dynamodb-update';
import { type Bounds, isWithin, type Tallies, type Tally, type TallyChange } from './tallies';

const TALLY_SORT = 'tally';
const NOT_COUNTED = new Set<string>(['schema', TABLE_KEYS.expiry]);

/** Each tally is an item, and each of its numbers an attribute. */
export function dynamoDbTallies(client: DynamoDBClient, table: string): Tallies {
  async function read(id: string): Promise<Tally> {
    const get = new GetItemCommand({ TableName: table, Key: keyOf(id, TALLY_SORT), ConsistentRead: true });
    return tallyOf((await client.send(get)).Item ?? {});
  }

  return {
    read,
    ids: () => idsIn(client, table),
    remove: (id) => removeItem(client, table, keyOf(id, TALLY_SORT)),

    async change(id, change) {
      const command = new UpdateItemCommand({
        ...updateOf(change).input(table, keyOf(id, TALLY_SORT)),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      if (change.once === true) neverTwice(command);
      try {
        const { Attributes = {} } = await client.send(command);
        return { done: true, tally: tallyOf(Attributes) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { done: false, tally: error.Item === undefined ? await read(id) : tallyOf(error.Item) };
      }
    },
  };
}

/** The whole table is read: tallies stand in no index, and nobody lists them but to erase a customer. */
async function* idsIn(client: DynamoDBClient, table: string): AsyncGenerator<string> {
  const tallies = scanned(client, {
    TableName: table,
    ConsistentRead: true,
    FilterExpression: '#sk = :tally',
    ProjectionExpression: '#pk',
    ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition, '#sk': TABLE_KEYS.sort },
    ExpressionAttributeValues: { ':tally': { S: TALLY_SORT } },
  });
  for await (const item of tallies) yield textAt(item, TABLE_KEYS.partition) ?? '';
}

function updateOf({ add = {}, set = {}, remove = [], where = {}, lifetime }: TallyChange): ItemUpdate {
  const update = itemUpdate(lifetime);
  for (const [name, value] of Object.entries(set)) update.set(name, { N: String(value) });
  for (const [name, amount] of Object.entries(add)) update.add(name, amount);
  for (const name of remove) update.remove(name);
  for (const [name, bounds] of Object.entries(where)) bind(update, name, bounds);
  return update;
}

/** A number that is not there is 0. */
function bind(update: ItemUpdate, attribute: string, bounds: Bounds): void {
  const name = update.name(attribute);
  const compared = [
    ...(bounds.atLeast === undefined ? [] : [`${name} >= ${update.value({ N: String(bounds.atLeast) })}`]),
    ...(bounds.atMost === undefined ? [] : [`${name} <= ${update.value({ N: String(bounds.atMost) })}`]),
  ].join(' AND ');
  update.onlyIf(isWithin(0, bounds) ? `(attribute_not_exists(${name}) OR (${compared}))` : `(${compared})`);
}

function tallyOf(item: Item): Tally {
  const numbers = Object.entries(item).flatMap(([name, { N }]) =>
    N === undefined || NOT_COUNTED.has(name) ? [] : [[name, Number(N)] as const],
  );
  return Object.fromEntries(numbers);
}
