import cluster from 'node:cluster';
import type { Access } from '../../lambda/router/access/callers';
import { createRuntime, type Runtime } from '../../lambda/router/runtime';
import { type RunningServer, startServer } from '../../lambda/router/server';
import type { Store } from '../../lambda/shared/store/port';
import type { Watching } from '../../lambda/watch/watch-every';
import { JSON_OPTION, type RegisterCommand, type Terminal, UserError } from './command';
import { servingAccess } from './key/serving-access';
import { readPolicy } from './read-policy';
import { openNamedStore, type StoreOptions, withStore } from './store-option';
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
  readonly json?: boolean;
}

/** The `Router` dimension of its metrics. */
const ROUTER = 'tierwise';
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
    .option('--workers <n>', 'processes that share the port; with --store memory each counts by itself', '1')
    .option('--refresh <seconds>', 'between two looks at policy and keys', '10')
    .option('--metrics', 'print CloudWatch embedded metrics on stdout: of each request, and what the watch finds')
    .option(...JSON_OPTION);
  command.addHelpText(
    'after',
    '\nOn loopback callers need no key until the store (a folder, or DynamoDB) has its first; from then on, with --keys, and\n' +
      'on any other host, they do. Keys are made, revoked and listed by `tierwise key`.',
  );
  withStore(command, 'memory').action((options: ServeOptions) => serve(options, terminal));
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
  const access = await servingAccess(options);
  const fallback = await readFallback(options.policy, terminal);
  if (workers > 1 && cluster.isPrimary) return lead(workers, options, terminal);
  const { runtime, store } = await start(fallback, access, options, terminal);
  const server = await listen(options.host, port, runtime);
  const watching = watchInProcess({ runtime, store, router: ROUTER, ...voices(options, terminal) });
  announce(server, options, terminal);
  stopOnSignal({ server, runtime, watching }, terminal);
}

interface PolicyText {
  readonly text: string;
  readonly file: string;
}

/** Told once, before there are workers who would each say the same. */
async function readFallback(file: string | undefined, terminal: Terminal): Promise<PolicyText | undefined> {
  if (file === undefined) return undefined;
  const { text } = await readPolicy(file, { unset: 'fault', quiet: cluster.isWorker }, terminal);
  return { text, file };
}

async function start(
  fallback: PolicyText | undefined,
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
function voices({ metrics }: ServeOptions, terminal: Terminal) {
  return {
    emit: metrics ? terminal.out : undefined,
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
      maxBodyBytes: () => runtime.policy()?.prepared.policy.maxBodyBytes ?? 0,
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

function announce({ url }: RunningServer, { json }: ServeOptions, terminal: Terminal): void {
  if (cluster.isWorker) process.send?.({ ready: url });
  else terminal.out(json ? JSON.stringify({ ready: url }) : `tierwise ready ${url}`);
}

interface Serving {
  readonly server: RunningServer;
  readonly runtime: Runtime;
  readonly watching: Watching;
}

/** First signal: finish what is under way and keep every record. Second: stop at once. */
function stopOnSignal({ server, runtime, watching }: Serving, terminal: Terminal): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    await server.close(GRACE_MS);
    const unsettled = await runtime.settle(FLUSH_MS);
    const lost = unsettled + (await runtime.flush(FLUSH_MS));
    await watching.stop();
    if (lost > 0) terminal.err(`tierwise: ${lost} attribution records could not be stored.`);
    await runtime.close();
    process.exit(lost > 0 ? 2 : 0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
}

/** Forks the workers, says ready once all listen, and replaces one that dies. */
function lead(workers: number, { json }: ServeOptions, terminal: Terminal): Promise<void> {
  return new Promise((_resolve, reject) => {
    let ready = 0;
    let stopping = false;
    cluster.on('message', (_worker, message: { ready?: string }) => {
      if (message.ready === undefined) return;
      ready += 1;
      if (ready === workers)
        terminal.out(json ? JSON.stringify({ ready: message.ready, workers }) : `tierwise ready ${message.ready}`);
    });
    cluster.on('exit', (_worker, code) => {
      if (stopping) {
        if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(0);
      } else if (ready < workers) {
        stopping = true;
        for (const worker of Object.values(cluster.workers ?? {})) worker?.kill();
        reject(new UserError(`A worker could not start (exit code ${code}).`));
      } else cluster.fork();
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        stopping = true;
        for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
      });
    }
    for (let index = 0; index < workers; index += 1) cluster.fork();
  });
}

function seconds(option: string, given: string): number {
  const number = Number(given);
  if (number > 0 && number <= 86_400) return number;
  throw new UserError(`${option} ${given}: give a number of seconds above 0, up to a day.`);
}
