import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { TABLE_KEYS } from '../../../lib/core/contract';

export type Item = Record<string, AttributeValue>;

export function keyOf(partition: string, sort: string): Item {
  return { [TABLE_KEYS.partition]: { S: partition }, [TABLE_KEYS.sort]: { S: sort } };
}

export function textAt(item: Item, attribute: string): string | undefined {
  return item[attribute]?.S;
}

export function numberAt(item: Item, attribute: string): number | undefined {
  const text = item[attribute]?.N;
  return text === undefined ? undefined : Number(text);
}

/** Whether a conditional write was done. What failed for any other reason is thrown on. */
export async function conditionally(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** False where nothing was there. */
export async function removeItem(client: DynamoDBClient, table: string, key: Item): Promise<boolean> {
  const remove = new DeleteItemCommand({ TableName: table, Key: key, ReturnValues: 'ALL_OLD' });
  return (await client.send(remove)).Attributes !== undefined;
}
