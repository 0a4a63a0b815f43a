import cluster from 'node:cluster';
import type { Access } from '../../lambda/router/access/callers';
import { createRuntime, type Runtime } from '../../lambda/router/runtime';
import { type RunningServer, startServer } from '../../lambda/router/server';
import { prepareForRouter } from '../../lambda/shared/store/directory-parts';
import type { Store } from '../../lambda/shared/store/port';
import type { Watching } from '../../lambda/watch/watch-every';
import { counted } from '../../lib/core/figures';
import { messageOf } from '../../lib/core/message-of';
import { DEFAULTS } from '../../lib/core/policy/defaults';
import { CUSTOMER_SIGNALS } from '../../lib/core/telemetry/signals';
import { onSignals } from '../on-signals';
import { JSON_OPTION, type RegisterCommand, sourceName, type Terminal, UserError } from './command';
import { servingAccess } from './key/serving-access';
import { REFRESH_SECONDS } from './next-look';
import { readPolicy } from './read-policy';
import { leadWorkers, type ReadyWord } from './serve/lead-workers';
import { onWordOfPrimary } from './serve/word-of-primary';
import { type Names, namesOf, noteServedNames } from './served-names';
import { storeFailure } from './store-failure';
import { openNamedStore, type StoreOptions, storeName, withStore } from './store-option';
import { watchInProcess } from './watch-in-process';
import { wholeNumber } from './whole-number';

interface ServeOptions extends StoreOptions {
  readonly policy?: string;
  readonly port: string;
  readonly host: string;
  readonly keys?: string;
  readonly workers: string;
  readonly refresh: string;
  readonly metrics?: boolean;
  readonly customerMetrics?: boolean;
  readonly json?: boolean;
}

/** The `Router` dimension of its metrics. */
const ROUTER = 'tierwise';
const CUSTOMER_SIGNAL_NAMES = CUSTOMER_SIGNALS.map(({ name }) => name).join(', ');
/** How long requests under way may go on after the first Ctrl-C. */
const GRACE_MS = 30_000;
/** How long the last records may take to be stored after that. */
const FLUSH_MS = 10_000;

/** `tierwise serve`: the router on a plain Node server, with any policy. */
export const registerServe: RegisterCommand = (program, terminal) => {
  const command = program
    .command('serve')
    .description('run the router on a plain Node server')
    .option('--policy <file>', 'policy in YAML or JSON; in force until the store has one of its own')
    .option('--port <n>', '0 for any free port', '8787')
    .option('--host <address>', 'other than loopback only where there are keys, which callers then need', '127.0.0.1')
    .option('--keys <file>', 'callers need a key of this file, made by `tierwise key create --keys`, not of the store')
    .option(
      '--workers <n>',
      'processes that share the port; with --store memory each counts budgets and keys by itself',
      '1',
    )
    .option('--refresh <seconds>', 'between two looks at policy, keys and switches', String(REFRESH_SECONDS))
    .option('--metrics', 'print CloudWatch embedded metrics on stdout: of each request, and what the watch finds')
    .option('--customer-metrics', 'with --metrics: of each customer too, as callers’ keys name them')
    .option(...JSON_OPTION);
  command.addHelpText(
    'after',
    '\nOn loopback callers need no key until the store (a folder, or DynamoDB) has its first; from then on, with --keys, and\n' +
      'on any other host, they do. Keys are made, revoked and listed by `tierwise key`.\n\n' +
      `Of a customer --customer-metrics tells ${CUSTOMER_SIGNAL_NAMES}.\n` +
      'In CloudWatch each is a metric to pay for, USD 0.30 a month, and keeps the name for 15 months.',
  );
  withStore(command, 'memory').action((options: ServeOptions) =>
    serve(options, terminal).catch((error: unknown) => {
      // Else the channel to its primary would keep a worker that has failed.
      cluster.worker?.disconnect();
      throw error;
    }),
  );
};

async function serve(options: ServeOptions, terminal: Terminal): Promise<void> {
  const port = wholeNumber('--port', options.port, 0, 65_535);
  const workers = wholeNumber('--workers', options.workers, 1, 256);
  if (options.policy === undefined && options.store === 'memory') {
    throw new UserError('Name a policy: --policy FILE, or --store with one that is published.');
  }
  if (workers > 1 && options.policy === '-') {
    throw new UserError('--policy -: several workers cannot share standard input; name a file.');
  }
  if (options.customerMetrics && !options.metrics) {
    throw new UserError('--customer-metrics says of whom metrics are printed, which --metrics does: give both.');
  }
  const access = await servingAccess(options);
  const fallback = await readFallback(options.policy, terminal);
  await prepareFolder(options);
  if (workers > 1 && cluster.isPrimary) {
    if (options.keys !== undefined && options.store === 'memory') terminal.err(countedApart(workers));
    return leadWorkers({
      count: workers,
      onReady: (url) => announce(url, options, terminal, workers),
      onLost: (how) => terminal.err(`tierwise: a worker ended (${how}); another takes its place.`),
    });
  }
  const { runtime, store } = await start(fallback, access, options, terminal);
  const server = await listen(options.host, port, runtime);
  const watching = watchInProcess({
    store,
    router: ROUTER,
    variables: terminal.environment,
    ...(fallback !== undefined && { fallback }),
    ...voices(options, terminal),
  });
  stopWhenTold({ server, runtime, watching }, terminal);
  if (fallback !== undefined) noteServed(fallback, store, terminal);
  // Of several workers the first says it for all.
  if (runtime.policy() === undefined && (cluster.worker?.id ?? 1) === 1) terminal.err(nothingInForce(options));
  if (cluster.isWorker) process.send?.({ ready: server.url } satisfies ReadyWord);
  else announce(server.url, options, terminal);
}

interface Fallback {
  readonly text: string;
  readonly file: string;
  readonly names: Names;
}

/** A folder that cannot be written would take no record, and by itself it will hardly ever come to. */
async function prepareFolder(options: StoreOptions): Promise<void> {
  const { store } = options;
  if (store === undefined || store === 'memory' || store === 'dynamodb') return;
  await prepareForRouter(store).catch((error: unknown) => {
    throw storeFailure(error, storeName(options));
  });
}

/** The store may be given its first policy later, so this is no failure; but nobody should take "ready" for more than it is. */
function nothingInForce({ store, tablePrefix }: StoreOptions): string {
  const tables = store === 'dynamodb' ? ` --table-prefix ${tablePrefix}` : '';
  return `tierwise: no policy is in force, so every request is refused until one is published: tierwise publish FILE --store ${store}${tables}`;
}

/** Whoever sets limits should know which of them hold. */
function countedApart(workers: number): string {
  return (
    `tierwise: with --store memory each of the ${workers} workers counts the requests of a key by itself, so that up to ` +
    `${workers} times its requests a minute pass; with a folder, or DynamoDB, they count together.`
  );
}

/** Beside the start: a store that cannot be reached holds nothing up. */
function noteServed({ names, file }: Fallback, { states }: Store, terminal: Terminal): void {
  noteServedNames(states, { names, file: sourceName(file), sinceMs: Date.now() }).catch((error: unknown) => {
    terminal.err(`tierwise: the names of the policy could not be left in the store: ${messageOf(error)}`);
  });
}

/** Told once, before there are workers who would each say the same. */
async function readFallback(file: string | undefined, terminal: Terminal): Promise<Fallback | undefined> {
  if (file === undefined) return undefined;
  const { text, policy } = await readPolicy(file, { unset: 'fault', quiet: cluster.isWorker }, terminal);
  return { text, file, names: namesOf(policy) };
}

async function start(
  fallback: Fallback | undefined,
  access: Access,
  options: ServeOptions,
  terminal: Terminal,
): Promise<{ readonly runtime: Runtime; readonly store: Store }> {
  const retention = { days: () => 0 };
  const store = await openNamedStore(options, { retentionDays: () => retention.days() });
  const runtime = await createRuntime({
    router: ROUTER,
    // The policy in force says it, which the runtime knows.
    openStore: async (days) => {
      retention.days = days;
      return store;
    },
    ...(fallback && { fallback }),
    variables: terminal.environment,
    refreshMs: seconds('--refresh', options.refresh) * 1000,
    access,
    ...voices(options, terminal),
  });
  return { runtime, store };
}

/** Metrics go where results go, and what the person on call should read beside them. */
function voices({ metrics, customerMetrics = false }: ServeOptions, terminal: Terminal) {
  return {
    emit: metrics ? terminal.out : undefined,
    customerMetrics,
    warn: (message: string) => terminal.err(`tierwise: ${message}`),
  };
}

async function listen(host: string, port: number, runtime: Runtime): Promise<RunningServer> {
  try {
    return await startServer({
      app: (request) => {
        runtime.poke();
        return runtime.app(request);
      },
      host,
      port,
      maxBodyBytes: () => runtime.policy()?.prepared.policy.maxBodyBytes ?? DEFAULTS.maxBodyBytes,
      newRequestId: runtime.newRequestId,
      afterwards: (served) => void runtime.keep(served),
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') throw new UserError(`Port ${port} is taken; choose another with --port, or 0 for any.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new UserError(`--host ${host}: this machine has no such address.`);
    }
    if (code === 'EACCES') throw new UserError(`Port ${port} may not be used; choose one above 1023.`);
    throw error;
  }
}

function announce(url: string, { json }: ServeOptions, terminal: Terminal, workers?: number): void {
  terminal.out(json ? JSON.stringify({ ready: url, workers }) : `tierwise ready ${url}`);
}

interface Serving {
  readonly server: RunningServer;
  readonly runtime: Runtime;
  readonly watching: Watching;
}

function stopWhenTold(serving: Serving, terminal: Terminal): void {
  let finishing = false;
  const first = (): void => {
    if (!finishing) void finish(serving, terminal);
    finishing = true;
  };
  if (cluster.worker !== undefined) onWordOfPrimary(cluster.worker, first);
  else onSignals({ first, again: () => process.exit(1) });
}

/** Lets what is under way end, keeps every record, and ends the process. */
async function finish({ server, runtime, watching }: Serving, terminal: Terminal): Promise<never> {
  await server.close(GRACE_MS);
  const unsettled = await runtime.settle(FLUSH_MS);
  const lost = unsettled + (await runtime.flush(FLUSH_MS));
  await watching.stop();
  if (lost > 0) terminal.err(`tierwise: ${counted(lost, 'attribution record')} could not be stored.`);
  await runtime.close();
  process.exit(lost > 0 ? 2 : 0);
}

function seconds(option: string, given: string): number {
  const number = Number(given);
  if (number > 0 && number <= 86_400) return number;
  throw new UserError(`${option} ${given}: give a number of seconds above 0, up to a day.`);
}
