import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { TABLE_KEYS } from '../core/contract';

/** The tables of a router: made here, or brought along. */
export interface RouterTablesProps {
  /**
   * A table of yours for policies. Needs string keys `pk` and `sk`.
   *
   * @default - a new table
   */
  readonly policyTable?: dynamodb.ITable;
  /**
   * A table of yours for attribution records. Needs string keys `pk` and `sk`, an index `gsi1` with the string keys
   * `gsi1pk` and `gsi1sk`, and `expiresAt` as its time to live.
   *
   * @default - a new table
   */
  readonly attributionTable?: dynamodb.ITable;
  /**
   * A table of yours for callers' keys and budgets, keyed like the one for attribution records.
   *
   * @default - a new table
   */
  readonly accessTable?: dynamodb.ITable;
  /**
   * Encrypts the new tables.
   *
   * @default - the key that AWS manages for DynamoDB in the account
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * What becomes of the new tables when they leave the stack. Tables that are retained are protected from deletion too.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Whether the new tables can be set back to any second of the last 35 days.
   *
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * Who may take the role that publishes policies.
   *
   * @default - no such role; see `grantPublish`
   */
  readonly publishers?: iam.IPrincipal[];
}

const READ_KEY = ['kms:Decrypt', 'kms:DescribeKey'];
/** Spelled out where CDK's own grants have wildcards. */
const WRITE_KEY = [
  ...READ_KEY,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** What a router keeps: policies, attribution records, and its callers' keys and budgets. */
export class RouterTables extends Construct {
  /** Policies: immutable versions, and which one is in force. */
  public readonly policyTable: dynamodb.ITable;
  /** A record of each request. */
  public readonly attributionTable: dynamodb.ITable;
  /** Callers' keys and budgets. */
  public readonly accessTable: dynamodb.ITable;
  /** May publish policies, and nothing else. Only where `publishers` are given. */
  public readonly publisherRole?: iam.IRole;

  constructor(scope: Construct, id: string, props: RouterTablesProps = {}) {
    super(scope, id);
    this.policyTable = props.policyTable ?? this.newTable('Policy', props);
    this.attributionTable = props.attributionTable ?? this.newTable('Attribution', props);
    this.accessTable = props.accessTable ?? this.newTable('Access', props);
    if (props.publishers !== undefined) this.publisherRole = this.newPublisherRole(props.publishers);
  }

  /**
   * Lets a router read policies, put attribution records and read them for the operator's page, and read and count on its
   * callers' keys and budgets.
   */
  public grantRouter(grantee: iam.IGrantable): iam.Grant {
    return grantTable(grantee, this.policyTable, ['dynamodb:GetItem', 'dynamodb:Query'], READ_KEY)
      .combine(
        grantTable(
          grantee,
          this.attributionTable,
          ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
          WRITE_KEY,
        ),
      )
      .combine(grantIndex(grantee, this.attributionTable))
      .combine(grantTable(grantee, this.accessTable, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], WRITE_KEY));
  }

  /** Lets a watch function read policies and what came, write its sums and what it remembers, and raise tasks. */
  public grantWatch(grantee: iam.IGrantable): iam.Grant {
    const sums = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'];
    return grantTable(grantee, this.policyTable, ['dynamodb:GetItem'], READ_KEY)
      .combine(grantTable(grantee, this.attributionTable, sums, WRITE_KEY))
      .combine(grantIndex(grantee, this.attributionTable))
      .combine(this.grantSwitches(grantee));
  }

  /**
   * Lets the person on call disable tiers, override tasks and acknowledge what the watch function raised, and see what was
   * switched. Keys lie in the same table, of which only hashes are kept.
   */
  public grantOperate(grantee: iam.IGrantable): iam.Grant {
    return grantTable(grantee, this.policyTable, ['dynamodb:GetItem'], READ_KEY).combine(this.grantSwitches(grantee));
  }

  private grantSwitches(grantee: iam.IGrantable): iam.Grant {
    return grantTable(grantee, this.accessTable, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], WRITE_KEY).combine(
      grantIndex(grantee, this.accessTable),
    );
  }

  /** Lets somebody publish policies, roll them back and read their history. Nobody may delete a version. */
  public grantPublish(grantee: iam.IGrantable): iam.Grant {
    const actions = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'];
    return grantTable(grantee, this.policyTable, actions, WRITE_KEY);
  }

  /**
   * Lets somebody erase a customer: look through what came, delete the customer's records, keys, sessions and accounts, replace
   * its name in sums, and leave a trace that it happened. Accounts stand in no index, so the table of keys and budgets may be
   * read as a whole.
   */
  public grantErase(grantee: iam.IGrantable): iam.Grant {
    const row = ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];
    const ofRecords = [...row, 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:DescribeTable'];
    return grantTable(grantee, this.policyTable, ['dynamodb:GetItem'], READ_KEY)
      .combine(grantTable(grantee, this.attributionTable, ofRecords, WRITE_KEY))
      .combine(grantIndex(grantee, this.attributionTable))
      .combine(grantTable(grantee, this.accessTable, [...row, 'dynamodb:Scan'], WRITE_KEY))
      .combine(grantIndex(grantee, this.accessTable));
  }

  private newTable(id: string, props: RouterTablesProps): dynamodb.ITable {
    const { removalPolicy = RemovalPolicy.RETAIN, pointInTimeRecovery = true, encryptionKey } = props;
    const table = new dynamodb.Table(this, id, {
      partitionKey: textKey(TABLE_KEYS.partition),
      sortKey: textKey(TABLE_KEYS.sort),
      timeToLiveAttribute: TABLE_KEYS.expiry,
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: pointInTimeRecovery },
      ...(encryptionKey === undefined
        ? { encryption: dynamodb.TableEncryption.AWS_MANAGED }
        : { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
      removalPolicy,
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
    });
    table.addGlobalSecondaryIndex({
      indexName: TABLE_KEYS.index,
      partitionKey: textKey(TABLE_KEYS.indexPartition),
      sortKey: textKey(TABLE_KEYS.indexSort),
    });
    return table as dynamodb.ITable;
  }

  private newPublisherRole(publishers: iam.IPrincipal[]): iam.Role {
    if (publishers.length === 0) {
      throw new Error(
        `${this.node.path}: publishers is empty; name who may publish policies, such as new iam.AccountRootPrincipal(), or leave publishers out`,
      );
    }
    const role = new iam.Role(this, 'Publisher', {
      assumedBy: new iam.CompositePrincipal(...publishers),
      description: 'Publishes policies of a Tierwise router',
    });
    this.grantPublish(role);
    return role;
  }
}

function textKey(name: string): dynamodb.Attribute {
  return { name, type: dynamodb.AttributeType.STRING };
}

/** Reading by the one index. */
function grantIndex(grantee: iam.IGrantable, { tableArn }: dynamodb.ITable): iam.Grant {
  const resourceArns = [`${tableArn}/index/${TABLE_KEYS.index}`];
  return iam.Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns });
}

/** The table alone, without the wildcard for its indexes that CDK's own grants add. */
function grantTable(grantee: iam.IGrantable, table: dynamodb.ITable, actions: string[], key: string[]): iam.Grant {
  table.encryptionKey?.grant(grantee, ...key);
  return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [table.tableArn] });
}
