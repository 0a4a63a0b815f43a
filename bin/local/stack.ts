import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CorpusRow } from '../../examples/corpus/corpus-row';
import { readCorpus } from '../../examples/corpus/read';
import { readEnvironment } from '../../lambda/shared/environment';
import { openDynamoDbStore } from '../../lambda/shared/store/dynamodb';
import type { Store } from '../../lambda/shared/store/port';
import type { TableNames } from '../../lambda/shared/store/tables';
import type { StackSummary } from '../../lib/core/analysis/routing-report';
import { ENVIRONMENT } from '../../lib/core/contract';
import { parsePolicy } from '../../lib/core/policy/parse';
import type { Policy } from '../../lib/core/types-policy';
import { isLoopback } from '../commands/key/loopback';
import { type LocalApi, startLocalApi } from './api-gateway';
import { LOCAL_CREDENTIALS, LOCAL_REGION, startEmbeddedDynamoDb } from './embedded-dynamodb';
import { type LocalFunction, startLocalFunction } from './local-function';
import { logFile } from './log-file';
import { type ScheduledFunction, startScheduledFunction } from './scheduled-function';
import { type SimulatedHosts, startSimulatedHosts } from './simulated/hosts';
import { startOutputsHost } from './simulated/outputs-host';
import { synthesize } from './synthesize';
import { type LocalFunctionResource, type LocalTemplate, readTemplate } from './template';
import { temporaryFolder } from './temporary-folder';

/** The whole stack on this machine. */
export interface LocalStack {
  readonly url: string;
  /** By which `--stack` finds it, given `commandLine` as environment. */
  readonly name: string;
  readonly commandLine: Readonly<Record<string, string>>;
  readonly policy: Policy;
  readonly corpus: readonly CorpusRow[];
  /** The tables, seen by the same adapter the function uses. */
  readonly store: Store;
  /** The synthesized template that the stack was booted from. */
  readonly summary: StackSummary;
  /** Resolves once every record so far is stored. */
  idle(): Promise<void>;
  /** Lets requests under way end and their records be stored, then ends everything. */
  close(): Promise<void>;
}

export interface StackOptions {
  /** Callers need a key where other machines reach it. */
  readonly host: string;
  readonly port: number;
  /** Factor on the speed of the simulated models; 1 is lifelike. */
  readonly speed: number;
  /** Between two runs of the watch function, which are five minutes apart once deployed; absent: none. */
  readonly watchEveryMs?: number;
}

/** How long requests under way may go on when the stack closes, and then how long their records may take. */
const GRACE_MS = 5000;
/** Where the platform lays a function's layers. */
const LAYERS = '/opt/';

/**
 * Synthesizes the reference stack and boots it from its template: the function's own bundle, layer and environment, the
 * tables it declares on an embedded DynamoDB, and simulated models where the tiers would be.
 */
export async function bootStack({ host, port, speed, watchEveryMs }: StackOptions): Promise<LocalStack> {
  const root = process.cwd();
  const waiting = functionToCome();
  // Before anything is made: a second stack on the same port ends here, and leaves the log of the first alone.
  const api = await listen(waiting.target, host, port);
  const { assembly, stack } = await synthesize(root, temporaryFolder());
  const corpus = readCorpus(join(root, 'examples/corpus'));
  const hosts = await startSimulatedHosts(corpus, speed);
  const template = readTemplate(assembly, stack, (_id, type, attribute) => addressOf(hosts, type, attribute));
  const dynamoDb = await startEmbeddedDynamoDb({ tables: template.tables });
  const environment: Record<string, string> = {
    ...functionEnvironment(template.function, hosts, dynamoDb.endpoint),
    ...(isLoopback(host) && { [ENVIRONMENT.callers]: 'trusted' }),
  };
  const target = await startLocalFunction(template.function.bundle, environment, logFile('router', port));
  waiting.start(target);
  const watch =
    template.watch && watchEveryMs !== undefined
      ? startWatch(template.watch, functionEnvironment(template.watch, hosts, dynamoDb.endpoint), watchEveryMs, port)
      : undefined;
  const store = openDynamoDbStore({ ...tablesOf(environment), client: dynamoDb.client });
  const outputs = await startOutputsHost(stack, outputsOf(environment, api.url));
  return {
    url: api.url,
    name: stack,
    commandLine: {
      ...accountHere(dynamoDb.endpoint),
      AWS_ENDPOINT_URL_CLOUDFORMATION: outputs.url,
    },
    policy: await readPolicy(environment[ENVIRONMENT.policyFile] as string),
    corpus,
    store,
    summary: summaryOf(template),
    idle: () => target.idle(),
    close: async () => {
      await watch?.close();
      await api.close(GRACE_MS);
      await Promise.race([target.idle().catch(() => {}), sleep(GRACE_MS, undefined, { ref: false })]);
      await target.close();
      await store.close();
      await Promise.all([hosts.close(), outputs.close()]);
      await dynamoDb.stop();
    },
  };
}

interface WaitingForFunction {
  readonly target: Promise<LocalFunction>;
  readonly start: (target: LocalFunction) => void;
}

function functionToCome(): WaitingForFunction {
  let start: (target: LocalFunction) => void = () => {};
  const target = new Promise<LocalFunction>((resolve) => {
    start = resolve;
  });
  return { target, start };
}

/** A load balancer of the template stands before a model of one's own, and here that is the simulated one. */
function addressOf({ small }: SimulatedHosts, type: string, attribute: string): string | undefined {
  const isAddress = type === 'AWS::ElasticLoadBalancingV2::LoadBalancer' && attribute === 'DNSName';
  return isAddress ? new URL(small.url).host : undefined;
}

/** The template's own environment, with what this machine has in place of AWS and of hosts outside. */
function functionEnvironment(
  { environment, layers }: LocalFunctionResource,
  hosts: SimulatedHosts,
  dynamoDb: string,
): Record<string, string> {
  const here = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, simulated(value, hosts)] as const),
  );
  const policyFile = here[ENVIRONMENT.policyFile] ?? '';
  return {
    ...here,
    [ENVIRONMENT.policyFile]: join(layers[0] ?? '', policyFile.replace(LAYERS, '')),
    ...accountHere(dynamoDb),
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: hosts.bedrock.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: hosts.secrets.url,
  };
}

/** What AWS clients go by, so that they reach this machine. */
function accountHere(dynamoDb: string): Record<string, string> {
  return {
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
  };
}

/** The outputs of the deployed stack that a command goes by, as they are here. */
function outputsOf(environment: Readonly<Record<string, string>>, url: string): Record<string, string> {
  const { policyTable, attributionTable, accessTable } = tablesOf(environment);
  return {
    RouterUrl: url,
    PolicyTableName: policyTable,
    AttributionTableName: attributionTable,
    AccessTableName: accessTable,
    DeploymentFixed: environment[ENVIRONMENT.deployment] ?? '',
  };
}

/** There is no CloudWatch on this machine: metrics go to the log, where they could be read from too. */
function startWatch(
  { bundle }: LocalFunctionResource,
  environment: Readonly<Record<string, string>>,
  everyMs: number,
  port: number,
): ScheduledFunction {
  return startScheduledFunction(bundle, {
    environment: { ...environment, [ENVIRONMENT.watchMetrics]: 'embedded' },
    everyMs,
    logFile: logFile('watch', port),
  });
}

/** Hosts outside AWS are named by address, both in variables and in what the deployment fixes. */
function simulated(value: string, { anthropic }: SimulatedHosts): string {
  return value.replaceAll('https://api.anthropic.com/v1', anthropic.baseUrl);
}

function tablesOf(environment: Readonly<Record<string, string>>): TableNames {
  const { tables } = readEnvironment(environment);
  if (tables === undefined) throw new Error('The template gives its function no tables.');
  return tables;
}

function summaryOf(template: LocalTemplate): StackSummary {
  if (!template.streamsEveryPath) throw new Error(`${template.name} has no streaming route to the function.`);
  return {
    template: template.name,
    resources: template.resources,
    tables: template.tables.map(({ TableName }) => TableName as string),
    function: template.function.id,
  };
}

async function listen(target: Promise<LocalFunction>, host: string, port: number): Promise<LocalApi> {
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
