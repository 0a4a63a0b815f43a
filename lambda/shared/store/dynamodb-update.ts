import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { DOCUMENT_SCHEMA, TABLE_KEYS } from '../../../lib/core/contract';
import type { Lifetime } from './documents';
import type { Item } from './dynamodb-item';

/** An update of one item in the making. Attributes may have any name. */
export interface ItemUpdate {
  set(attribute: string, value: AttributeValue): void;
  add(attribute: string, amount: number): void;
  remove(attribute: string): void;
  /** All of them must hold. `name` and `value` give what stands for an attribute or a value in a condition. */
  onlyIf(condition: string): void;
  name(attribute: string): string;
  value(value: AttributeValue): string;
  input(table: string, key: Item): UpdateItemCommandInput;
}

/** What every item of the access table carries is set from the start. */
export function itemUpdate(lifetime: Lifetime | undefined): ItemUpdate {
  const clauses: Readonly<Record<'SET' | 'ADD' | 'REMOVE', string[]>> = { SET: [], ADD: [], REMOVE: [] };
  const conditions: string[] = [];
  const names = new Map<string, string>();
  const values: Record<string, AttributeValue> = {};

  function name(attribute: string): string {
    const found = names.get(attribute) ?? `#n${names.size}`;
    names.set(attribute, found);
    return found;
  }

  function value(given: AttributeValue): string {
    const placeholder = `:v${Object.keys(values).length}`;
    values[placeholder] = given;
    return placeholder;
  }

  const update: ItemUpdate = {
    set: (attribute, given) => void clauses.SET.push(`${name(attribute)} = ${value(given)}`),
    add: (attribute, amount) => void clauses.ADD.push(`${name(attribute)} ${value({ N: String(amount) })}`),
    remove: (attribute) => void clauses.REMOVE.push(name(attribute)),
    onlyIf: (condition) => void conditions.push(condition),
    name,
    value,
    input: (table, key) => ({
      TableName: table,
      Key: key,
      UpdateExpression: Object.entries(clauses)
        .filter(([, parts]) => parts.length > 0)
        .map(([clause, parts]) => `${clause} ${parts.join(', ')}`)
        .join(' '),
      ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
      ExpressionAttributeNames: Object.fromEntries(
        [...names].map(([attribute, placeholder]) => [placeholder, attribute]),
      ),
      ExpressionAttributeValues: values,
    }),
  };
  update.set('schema', { N: String(DOCUMENT_SCHEMA) });
  if (lifetime !== undefined) {
    update.set(TABLE_KEYS.expiry, { N: String(Math.ceil(lifetime.expiresAtMs / 1000)) });
  }
  return update;
}
