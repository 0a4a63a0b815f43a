import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { tableDefinitions } from '../../lambda/shared/store/tables';
import { RouterTables } from '../../lib/constructs/router-tables';
import { aCaller, statementsOf } from '../contracts/tier-contract';
import { aStack, resources } from './a-stack';
import { nagFindings } from './nag';

const TABLE = 'AWS::DynamoDB::Table';

describe('the tables of a router', () => {
  it('are three, shaped as the store makes them', () => {
    const stack = aStack();
    new RouterTables(stack, 'Tables');
    const tables = resources(stack, TABLE);
    expect(tables).toHaveLength(3);
    const [definition] = tableDefinitions('x-');
    for (const table of tables) {
      expect(table).toMatchObject({
        KeySchema: definition?.KeySchema,
        BillingMode: 'PAY_PER_REQUEST',
        GlobalSecondaryIndexes: definition?.GlobalSecondaryIndexes,
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        DeletionProtectionEnabled: true,
      });
      expect(table).not.toHaveProperty('TableName');
      expect(new Set(table.AttributeDefinitions)).toEqual(new Set(definition?.AttributeDefinitions));
    }
    Template.fromStack(stack).allResources(TABLE, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(nagFindings(stack)).toEqual([]);
  });

  it('go with a stack that does not keep them', () => {
    const stack = aStack();
    new RouterTables(stack, 'Tables', { removalPolicy: RemovalPolicy.DESTROY, pointInTimeRecovery: false });
    Template.fromStack(stack).allResources(TABLE, { DeletionPolicy: 'Delete' });
    for (const table of resources(stack, TABLE)) {
      expect(table.DeletionProtectionEnabled).toBe(false);
      expect(table.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(false);
    }
  });

  it('are encrypted with a key of yours, which the router may use without wildcards', () => {
    const stack = aStack();
    const tables = new RouterTables(stack, 'Tables', {
      encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
    });
    const caller = aCaller(stack);
    tables.grantRouter(caller);
    for (const { SSESpecification } of resources(stack, TABLE)) expect(SSESpecification.SSEType).toBe('KMS');
    const actions = statementsOf(stack, caller).flatMap(({ Action }) => Action);
    expect(actions).toContain('kms:Decrypt');
    expect(actions.join()).not.toContain('*');
    expect(nagFindings(stack)).toEqual([]);
  });

  it('may be yours', () => {
    const stack = aStack();
    const yours = (id: string) => dynamodb.Table.fromTableName(stack, id, `our-${id}`);
    const [policyTable, attributionTable, accessTable] = ['policy', 'attribution', 'access'].map(yours);
    const tables = new RouterTables(stack, 'Tables', {
      ...(policyTable && { policyTable }),
      ...(attributionTable && { attributionTable }),
      ...(accessTable && { accessTable }),
    });
    const caller = aCaller(stack);
    tables.grantRouter(caller);
    expect(resources(stack, TABLE)).toEqual([]);
    expect(JSON.stringify(statementsOf(stack, caller))).toContain('table/our-attribution');
  });

  const READ_INDEX = 'dynamodb:Query';
  const SWITCH = ['dynamodb:GetItem', 'dynamodb:UpdateItem'];

  /** What somebody may do after a grant, by table. */
  function granted(grant: (tables: RouterTables, caller: ReturnType<typeof aCaller>) => void): unknown {
    const stack = aStack();
    const tables = new RouterTables(stack, 'Tables');
    const caller = aCaller(stack);
    grant(tables, caller);
    const { policyTable, attributionTable, accessTable } = tables;
    const names = Object.entries({ policyTable, attributionTable, accessTable }).flatMap(([name, { tableArn }]) => [
      [JSON.stringify(stack.resolve(tableArn)), name],
      [JSON.stringify(stack.resolve(`${tableArn}/index/gsi1`)), `${name}/gsi1`],
    ]);
    const nameOf = new Map(names as [string, string][]);
    return statementsOf(stack, caller).map(({ Action, Resource }) => [nameOf.get(JSON.stringify(Resource)), Action]);
  }

  it('let the router read policies, put and read records, read and count keys and budgets, and nothing else', () => {
    expect(granted((tables, caller) => tables.grantRouter(caller))).toEqual([
      ['policyTable', ['dynamodb:GetItem', 'dynamodb:Query']],
      ['attributionTable', ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']],
      ['attributionTable/gsi1', READ_INDEX],
      ['accessTable', SWITCH],
    ]);
  });

  it('let a watch function read what came, write its sums and raise tasks, and neither scan nor delete', () => {
    expect(granted((tables, caller) => tables.grantWatch(caller))).toEqual([
      ['policyTable', 'dynamodb:GetItem'],
      ['attributionTable', ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query']],
      ['attributionTable/gsi1', READ_INDEX],
      ['accessTable', SWITCH],
      ['accessTable/gsi1', READ_INDEX],
    ]);
  });

  it('let the person on call switch, and see what was switched and what the policy names', () => {
    expect(granted((tables, caller) => tables.grantOperate(caller))).toEqual([
      ['policyTable', 'dynamodb:GetItem'],
      ['accessTable', SWITCH],
      ['accessTable/gsi1', READ_INDEX],
    ]);
  });

  it('let somebody erase a customer, and neither change a policy nor read the records as a whole', () => {
    expect(granted((tables, caller) => tables.grantErase(caller))).toEqual([
      ['policyTable', 'dynamodb:GetItem'],
      [
        'attributionTable',
        [
          'dynamodb:GetItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:DescribeTable',
        ],
      ],
      ['attributionTable/gsi1', READ_INDEX],
      ['accessTable', ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Scan']],
      ['accessTable/gsi1', READ_INDEX],
    ]);
  });

  it('have a role that publishes policies and does nothing else, where publishers are named', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack');
    const tables = new RouterTables(stack, 'Tables', { publishers: [new iam.AccountPrincipal('111122223333')] });
    const [role] = resources(stack, 'AWS::IAM::Role');
    expect(JSON.stringify(role.AssumeRolePolicyDocument)).toContain(':iam::111122223333:root');
    const [policy] = resources(stack, 'AWS::IAM::Policy');
    expect(policy.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'],
        Resource: stack.resolve(tables.policyTable.tableArn),
      },
    ]);
    expect(tables.publisherRole).toBeDefined();
    expect(nagFindings(stack)).toEqual([]);
  });

  it('have no such role where none are named', () => {
    const stack = aStack();
    expect(new RouterTables(stack, 'Tables').publisherRole).toBeUndefined();
    expect(() => new RouterTables(stack, 'Nobody', { publishers: [] })).toThrow(/publishers is empty; name who/);
  });

  it('stand twice in a stack', () => {
    const stack = aStack();
    new RouterTables(stack, 'One');
    new RouterTables(stack, 'Two');
    expect(resources(stack, TABLE)).toHaveLength(6);
  });
});
