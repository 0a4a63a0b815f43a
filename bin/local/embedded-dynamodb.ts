import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** A DynamoDB in this process: the real protocol over a real socket. */
export interface EmbeddedDynamoDb {
  readonly endpoint: string;
  readonly port: number;
  readonly client: DynamoDBClient;
  /** Cuts every connection, as a machine does that goes down. */
  stop(): Promise<void>;
}

export interface EmbeddedDynamoDbOptions {
  /** Made where they are missing; tables that are there already stay. */
  readonly tables: readonly CreateTableCommandInput[];
  /** Folder of the database; in memory without one. */
  readonly path?: string;
  /** A free one by default. */
  readonly port?: number;
}

/** Taken by anything that signs requests; nothing checks them here. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
export const LOCAL_REGION = 'eu-central-1';

const TABLE_POLL_MS = 5;

export async function startEmbeddedDynamoDb({
  tables,
  path,
  port = 0,
}: EmbeddedDynamoDbOptions): Promise<EmbeddedDynamoDb> {
  const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const endpoint = `http://127.0.0.1:${bound}`;
  const client = localDynamoDbClient(endpoint);
  for (const table of tables) await createTable(client, table);
  return {
    endpoint,
    port: bound,
    client,
    async stop() {
      client.destroy();
      await closed(server);
    },
  };
}

/** A real client with credentials that open nothing. */
export function localDynamoDbClient(endpoint: string, maxAttempts = 3): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS, maxAttempts });
}

/** A table takes items only once it is active, however short the time before that is set to be. */
async function createTable(client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> {
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const describe = new DescribeTableCommand({ TableName: table.TableName });
  while ((await client.send(describe)).Table?.TableStatus !== 'ACTIVE') await sleep(TABLE_POLL_MS);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
