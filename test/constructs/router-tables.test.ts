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

  it('let the router read policies, put records, read and count keys and budgets, and nothing else', () => {
    const stack = aStack();
    const tables = new RouterTables(stack, 'Tables');
    const caller = aCaller(stack);
    tables.grantRouter(caller);
    const arn = ({ tableArn }: dynamodb.ITable) => stack.resolve(tableArn);
    const granted = statementsOf(stack, caller).map(({ Action, Resource }) => ({ Action, Resource }));
    expect(granted).toEqual([
      { Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: arn(tables.policyTable) },
      { Action: 'dynamodb:PutItem', Resource: arn(tables.attributionTable) },
      { Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], Resource: arn(tables.accessTable) },
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
