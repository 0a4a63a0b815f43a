import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CorpusRow } from '../../examples/corpus/corpus-row';
import { readCorpus } from '../../examples/corpus/read';
import { openDynamoDbStore } from '../../lambda/shared/store/dynamodb';
import type { Store } from '../../lambda/shared/store/port';
import { tableDefinitions, tableNames } from '../../lambda/shared/store/tables';
import type { StackSummary } from '../../lib/core/analysis/routing-report';
import { ENVIRONMENT } from '../../lib/core/contract';
import { parsePolicy } from '../../lib/core/policy/parse';
import type { Policy } from '../../lib/core/types-policy';
import { type LocalApi, startLocalApi } from './api-gateway';
import { LOCAL_CREDENTIALS, LOCAL_REGION, startEmbeddedDynamoDb } from './embedded-dynamodb';
import { type LocalFunction, startLocalFunction } from './local-function';
import { startSimulatedHosts } from './simulated/hosts';

/** The whole stack on this machine. */
export interface LocalStack {
  readonly url: string;
  readonly policy: Policy;
  readonly corpus: readonly CorpusRow[];
  /** The tables, seen by the same adapter the function uses. */
  readonly store: Store;
  /** What the stack was booted from; null while it is not a synthesized template. */
  readonly summary: StackSummary | null;
  /** Resolves once every record so far is stored. */
  idle(): Promise<void>;
  /** Lets requests under way end and their records be stored, then ends everything. */
  close(): Promise<void>;
}

export interface StackOptions {
  readonly host: string;
  readonly port: number;
  /** Factor on the speed of the simulated models; 1 is lifelike. */
  readonly speed: number;
}

/** How long requests under way may go on when the stack closes, and then how long their records may take. */
const GRACE_MS = 5000;
const TABLE_PREFIX = 'tierwise-';
const POLICY_FILE = 'examples/policies/hybrid.yaml';
const BUNDLE = 'dist/lambda/router/index.mjs';
const LOG_FILE = 'out/local-router.log';

/** Boots simulated models, an embedded DynamoDB with the router's tables, and the router's bundle behind a local API. */
export async function bootStack({ host, port, speed }: StackOptions): Promise<LocalStack> {
  const root = process.cwd();
  const corpus = readCorpus(join(root, 'examples/corpus'));
  const dynamoDb = await startEmbeddedDynamoDb({ tables: tableDefinitions(TABLE_PREFIX) });
  const hosts = await startSimulatedHosts(corpus, speed);
  const environment = functionEnvironment(dynamoDb.endpoint, hosts.environment, join(root, POLICY_FILE));
  const target = await startLocalFunction(join(root, BUNDLE), environment, join(root, LOG_FILE));
  const api = await listen(target, host, port);
  const store = openDynamoDbStore({ ...tableNames(TABLE_PREFIX), client: dynamoDb.client });
  return {
    url: api.url,
    policy: await readPolicy(join(root, POLICY_FILE)),
    corpus,
    store,
    summary: null,
    idle: () => target.idle(),
    close: async () => {
      await api.close(GRACE_MS);
      await Promise.race([target.idle().catch(() => {}), sleep(GRACE_MS, undefined, { ref: false })]);
      await target.close();
      await store.close();
      await hosts.close();
      await dynamoDb.stop();
    },
  };
}

/** What a deployment would set, and where the AWS clients find this machine instead of AWS. */
function functionEnvironment(
  dynamoDbUrl: string,
  hosts: Readonly<Record<string, string>>,
  policyFile: string,
): Record<string, string> {
  const { policyTable, attributionTable } = tableNames(TABLE_PREFIX);
  return {
    ...hosts,
    [ENVIRONMENT.router]: 'local',
    [ENVIRONMENT.policyFile]: policyFile,
    [ENVIRONMENT.policyTable]: policyTable,
    [ENVIRONMENT.attributionTable]: attributionTable,
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
  };
}

async function listen(target: LocalFunction, host: string, port: number): Promise<LocalApi> {
  try {
    return await startLocalApi(target, host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new Error(`Port ${port} is taken; set PORT to another one, or to 0 for any.`);
    if (code === 'EACCES') throw new Error(`Port ${port} may not be used; set PORT to one above 1023.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Error(`HOST ${host}: this machine has no such address.`);
    throw error;
  }
}

async function readPolicy(file: string): Promise<Policy> {
  const result = parsePolicy(await readFile(file, 'utf8'), { variables: process.env, unset: 'warning' });
  if (!result.ok) throw new Error(result.faults.map(({ path, message }) => `${file} ${path}: ${message}`).join('\n'));
  return result.policy;
}
