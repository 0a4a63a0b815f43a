import type { Command } from 'commander';
import type { Store } from '../../lambda/shared/store/port';
import { ERASED } from '../../lib/core/telemetry/rollup/erased';
import { UNNAMED } from '../../lib/core/telemetry/rollup/rollup';
import { JSON_OPTION, type RegisterCommand, type Terminal, UserError } from './command';
import type { DeployedStack } from './deployed-stack';
import { describeErasure } from './erase/describe-erasure';
import { describeTraces } from './erase/describe-traces';
import { eraseCustomer } from './erase/erase-customer';
import type { EraseOptions, ErasePorts, Erasure } from './erase/erasure';
import { foresee } from './erase/foresee';
import { refuseLiveKeys } from './erase/keys';
import { reportedPolicy } from './report/reported-policy';
import { type StoreOptions, storeName, usingStore, withStack } from './store-option';
import { userName } from './user-name';

interface Options extends StoreOptions {
  readonly customer?: string;
  readonly history?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly revokeKeys?: boolean;
  readonly thorough?: boolean;
  readonly policy?: string;
  readonly reason?: string;
  readonly author?: string;
  readonly json?: boolean;
}

const HELP = `
Deleted: attribution records and feedback on them, sessions, keys, budget accounts, and prompts where the stack keeps any.
Sums by the minute, hour and day keep every amount; the name in them becomes ${ERASED}.

Where a customer's records lie only the index of arrivals tells, minute by minute. What is added up already is looked
through in the hours whose sums name the customer; what is not, what is older than the 400 days for which there are sums,
and everything with --thorough, in every minute: hours of work for a table of years. What came within the last hour or so
stays, for sums may still be made of it; the command says when to run it again. One that was cut off is made good by running
it again.`;

/** `tierwise erase`: everything that the router keeps about a customer goes. */
export const registerErase: RegisterCommand = (program, terminal) => {
  const command = withOptions(
    program
      .command('erase')
      .description('delete everything that the router keeps about a customer, and tell what went'),
  );
  withStack(command)
    .addHelpText('after', HELP)
    .action((options: Options) => (options.history ? showHistory(options, terminal) : erase(options, terminal)));
};

function withOptions(command: Command): Command {
  return command
    .option('--customer <customer>', 'who goes')
    .option('--dry-run', 'count what would go, and change nothing')
    .option('--yes', 'do not ask for the name once more')
    .option('--revoke-keys', 'revoke keys that are live; without it a customer who has any is left alone')
    .option('--reason <text>', 'kept with the trace of the erasure, as it is: it should name nobody')
    .option('--author <name>', 'who erases, for the trace; the name of the user by default')
    .option('--thorough', 'look through every minute, whatever the sums say')
    .option('--policy <file>', 'policy of a store in which none is published')
    .option('--history', 'list the erasures there were; they name no customer')
    .option(...JSON_OPTION);
}

async function erase(options: Options, terminal: Terminal): Promise<void> {
  const customer = customerOf(options);
  const erasure = await usingStore(options, async (store, stack) => {
    if (!options.dryRun) {
      await refuseLiveKeys(store.keys, customer, options.revokeKeys === true, Date.now());
      if (!options.yes) await confirm(customer, storeName(options), terminal);
    }
    return run(await eraseOptions(customer, options, store, terminal), options, { store, stack }, terminal);
  });
  if (options.json) terminal.out(JSON.stringify({ schema: 1, ...erasure }));
  else terminal.out(describeErasure(erasure));
}

function customerOf({ customer }: Options): string {
  if (customer === undefined || customer === '') throw new UserError('Say who goes: --customer C.');
  if (customer === ERASED) throw new UserError(`--customer ${customer}: stands for those who are erased already.`);
  if (customer === UNNAMED) throw new UserError(`--customer ${customer}: stands for requests that name no customer.`);
  return customer;
}

/** Asks for the name once more: what goes does not come back. */
async function confirm(customer: string, place: string, { ask }: Terminal): Promise<void> {
  if (ask === undefined) {
    throw new UserError('Nobody is here to be asked. Say --yes to erase for good, or --dry-run to see what would go.');
  }
  const typed = await ask(`Everything that ${place} keeps about this customer goes for good. Type its name to go on: `);
  if (typed.trim() !== customer) throw new UserError('That is another name. Nothing was changed.');
}

async function eraseOptions(
  customer: string,
  options: Options,
  store: Store,
  terminal: Terminal,
): Promise<EraseOptions> {
  const { policy, notes } = await reportedPolicy(store.policies, options.policy, terminal);
  for (const note of notes) terminal.err(note);
  return {
    customer,
    thorough: options.thorough === true,
    author: options.author ?? userName(),
    reason: options.reason,
    policy,
    kind: options.stack !== undefined ? 'stack' : options.store === 'dynamodb' ? 'dynamodb' : 'directory',
  };
}

async function run(
  options: EraseOptions,
  { dryRun }: Options,
  { store, stack }: { readonly store: Store; readonly stack: DeployedStack | undefined },
  terminal: Terminal,
): Promise<Erasure> {
  const prompts = await promptsOf(stack);
  const ports: ErasePorts = { store, prompts, nowMs: Date.now, pause, tell: terminal.err };
  try {
    return await (dryRun ? foresee : eraseCustomer)(options, ports);
  } finally {
    prompts?.close();
  }
}

async function promptsOf(stack: DeployedStack | undefined) {
  const bucket = stack?.deployment.prompts?.bucket;
  if (stack === undefined || bucket === undefined) return undefined;
  const { openPromptEraser } = await import('../../lambda/router/prompt-log/prompt-eraser');
  return openPromptEraser(bucket, stack.region);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function showHistory(options: Options, terminal: Terminal): Promise<void> {
  const erasures = await usingStore(options, ({ erasure }) => erasure.traces());
  if (options.json) terminal.out(JSON.stringify({ erasures }));
  else terminal.out(describeTraces(erasures, storeName(options)));
}
