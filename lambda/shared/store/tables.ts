import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { TABLE_KEYS, TABLES } from '../../../lib/core/contract';

export interface TableNames {
  readonly policyTable: string;
  readonly attributionTable: string;
  /** Keys, budgets, switches, breakers and sessions. */
  readonly accessTable: string;
}

export function tableNames(prefix: string): TableNames {
  return {
    policyTable: `${prefix}${TABLES.policy}`,
    attributionTable: `${prefix}${TABLES.attribution}`,
    accessTable: `${prefix}${TABLES.access}`,
  };
}

/** The tables of a stack on one machine, as CreateTable takes them. */
export function tableDefinitions(prefix: string): readonly CreateTableCommandInput[] {
  return Object.values(tableNames(prefix)).map(tableDefinition);
}

function tableDefinition(name: string): CreateTableCommandInput {
  const { partition, sort, index, indexPartition, indexSort } = TABLE_KEYS;
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [partition, sort, indexPartition, indexSort].map((key) => ({
      AttributeName: key,
      AttributeType: 'S',
    })),
    KeySchema: [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: index,
        KeySchema: [
          { AttributeName: indexPartition, KeyType: 'HASH' },
          { AttributeName: indexSort, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };
}
