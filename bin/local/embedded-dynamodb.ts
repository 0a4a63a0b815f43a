import type { AddressInfo } from 'node:net';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** A DynamoDB in this process: the real protocol over a real socket, kept in memory. */
export interface EmbeddedDynamoDb {
  readonly url: string;
  /** A client of it; to be destroyed by whoever asked for it. */
  client(): DynamoDBClient;
  close(): Promise<void>;
}

/** Taken by anything that signs requests; nothing checks them here. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
export const LOCAL_REGION = 'eu-central-1';

export async function startEmbeddedDynamoDb(tables: readonly CreateTableCommandInput[]): Promise<EmbeddedDynamoDb> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = (): DynamoDBClient =>
    new DynamoDBClient({ endpoint: url, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  const creator = client();
  for (const table of tables) await creator.send(new CreateTableCommand(table));
  creator.destroy();
  return {
    url,
    client,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
