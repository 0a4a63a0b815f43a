import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { accessStores } from './access';
import { dynamoDbAttributions } from './dynamodb-attributions';
import { dynamoDbDocuments } from './dynamodb-documents';
import { dynamoDbErasure } from './dynamodb-erasure';
import { dynamoDbPolicies } from './dynamodb-policies';
import { dynamoDbRollups } from './dynamodb-rollups';
import { clearAwaySums } from './dynamodb-superseded';
import { dynamoDbTallies } from './dynamodb-tallies';
import { erasureIn } from './erasure';
import type { Store } from './port';
import { rollupsIn } from './rollups';
import { documentedStates } from './states';
import type { TableNames } from './tables';
import { versionedPolicies } from './versioned-policies';

export interface DynamoDbStoreOptions extends TableNames {
  /** Region, endpoint and credentials come from the environment, as for every AWS client, unless a client is given. */
  readonly client?: DynamoDBClient;
  /** Instead of the environment's. */
  readonly region?: string;
  /** Days a record is kept. A function where the policy in force says it. */
  readonly retentionDays?: number | (() => number);
  /** By default the clock of this machine. */
  readonly nowMs?: () => number;
}

const RETENTION_DAYS = 90;

/** A slow table must not hold a refresh, or a function about to freeze, for the minutes that the client allows by default. */
const CONNECTION_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 5000;

export function openDynamoDbStore(options: DynamoDbStoreOptions): Store {
  const { policyTable, attributionTable, accessTable, retentionDays = RETENTION_DAYS, nowMs = Date.now } = options;
  const client = options.client ?? newClient(options.region);
  const retention = typeof retentionDays === 'function' ? retentionDays : () => retentionDays;
  const states = dynamoDbDocuments(client, attributionTable);
  const access = dynamoDbDocuments(client, accessTable);
  const tallies = dynamoDbTallies(client, accessTable);
  return {
    policies: versionedPolicies(dynamoDbPolicies(client, policyTable), nowMs),
    attributions: dynamoDbAttributions(client, attributionTable, retention, nowMs),
    rollups: rollupsIn(dynamoDbRollups(client, attributionTable), nowMs),
    states: documentedStates(states),
    ...accessStores(access, tallies),
    erasure: erasureIn({
      requests: dynamoDbErasure(client, attributionTable),
      clearAway: (period, hold) => clearAwaySums(client, attributionTable, period, hold),
      states,
      access,
      tallies,
    }),
    async close() {
      if (options.client === undefined) client.destroy();
    },
  };
}

function newClient(region: string | undefined): DynamoDBClient {
  return new DynamoDBClient({
    ...(region !== undefined && { region }),
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
  });
}
