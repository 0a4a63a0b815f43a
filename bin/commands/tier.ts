import type { Command } from 'commander';
import type { SuspendedSwitch } from '../../lambda/shared/store/switch-port';
import { counted } from '../../lib/core/figures';
import type { Switch } from '../../lib/core/types-live';
import { JSON_OPTION, type RegisterCommand, subcommand, type Terminal, table, UserError } from './command';
import { duration, spellDuration } from './duration';
import { AT_NEXT_LOOK, warnIfTooShort } from './next-look';
import { plain } from './plain';
import { checkedByPolicy, checkTier, POLICY_OPTION } from './policy-names';
import { type StoreOptions, storeName, usingStore, withStack } from './store-option';
import { userName } from './user-name';

interface TierOptions extends StoreOptions {
  readonly for?: string;
  readonly reason: string;
  readonly author?: string;
  readonly policy?: string;
  readonly json?: boolean;
}

/** `tierwise tier disable|enable|list`: takes a tier out of service for a while, and back. */
export const registerTier: RegisterCommand = (program, terminal) => {
  const tier = program.command('tier').description('take a tier out of service for a while, and back');
  const disable = explained(subcommand(tier, 'disable'))
    .description('no request goes to the tier until it is enabled, or the time is up')
    .argument('<id>', 'tier of the policy')
    .option('--for <time>', 'such as 30m or 2h; until it is enabled by default')
    .option(...POLICY_OPTION);
  withStack(disable).action((id: string, options: TierOptions) => disableTier(id, options, terminal));
  const enable = explained(subcommand(tier, 'enable'))
    .description('requests may go to the tier again')
    .argument('<id>', 'tier of the policy')
    .option('--for <time>', 'such as 30m or 2h; then it is disabled again; for good by default');
  withStack(enable).action((id: string, options: TierOptions) => enableTier(id, options, terminal));
  const list = subcommand(tier, 'list')
    .description('what is switched now, and what was')
    .option(...JSON_OPTION);
  withStack(list).action((options: TierOptions) => listSwitches(options, terminal));
};

function explained(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why, for whoever looks next')
    .option('--author <name>', 'who; the name of the user by default')
    .option(...JSON_OPTION);
}

async function disableTier(id: string, options: TierOptions, terminal: Terminal): Promise<void> {
  const atMs = Date.now();
  const forMs = forMsOf(options, terminal);
  const entry: Switch = {
    kind: 'tier-disabled',
    tier: id,
    reason: options.reason,
    author: options.author ?? userName(),
    atMs,
    ...(forMs !== undefined && { untilMs: atMs + forMs }),
  };
  const namesChecked = await usingStore(options, async (store) => {
    const place = { store, called: storeName(options), file: options.policy };
    const checked = await checkedByPolicy([id], place, terminal, (policy) => checkTier(id, policy));
    await store.switches.set(entry);
    return checked;
  });
  const until = forMs === undefined ? 'until it is enabled' : `for ${spellDuration(forMs)}`;
  if (options.json) terminal.out(JSON.stringify({ ...entry, namesChecked }));
  else terminal.out(`Tier ${plain(id)} is disabled ${until}. ${AT_NEXT_LOOK}`);
}

function forMsOf(options: TierOptions, terminal: Terminal): number | undefined {
  const forMs = options.for === undefined ? undefined : duration('--for', options.for);
  warnIfTooShort(forMs, terminal);
  return forMs;
}

async function enableTier(id: string, options: TierOptions, terminal: Terminal): Promise<void> {
  const atMs = Date.now();
  const forMs = forMsOf(options, terminal);
  const by = { author: options.author ?? userName(), reason: options.reason, atMs };
  const what = { kind: 'tier-disabled', name: id } as const;
  const was = await usingStore(options, ({ switches }) =>
    forMs === undefined ? switches.clear(what, by) : switches.suspend(what, by, atMs + forMs),
  );
  if (was === undefined) {
    throw new UserError(`Tier "${id}" is not disabled by hand. What the policy itself disables is enabled there.`);
  }
  const comesBack = forMs !== undefined && atMs + forMs < (was.untilMs ?? Number.POSITIVE_INFINITY);
  const untilMs = comesBack ? { untilMs: atMs + forMs } : {};
  if (options.json) terminal.out(JSON.stringify({ tier: id, enabled: true, ...untilMs, was }));
  else {
    const howLong = comesBack ? `for ${spellDuration(forMs)}, then disabled as before` : 'again';
    terminal.out(plain(`Tier ${id} is enabled ${howLong}. ${AT_NEXT_LOOK} It was disabled because: ${was.reason}`));
  }
}

async function listSwitches(options: TierOptions, terminal: Terminal): Promise<void> {
  const nowMs = Date.now();
  const { active, suspended, history } = await usingStore(options, async ({ switches }) => ({
    active: await switches.active(nowMs),
    suspended: await switches.suspended(nowMs),
    history: await switches.history(20),
  }));
  if (options.json) return terminal.out(JSON.stringify({ active, suspended, history }));
  const standing = [...active, ...suspended];
  if (standing.length === 0) terminal.out('Nothing is switched.');
  else {
    const rows = standing.map((entry) => [described(entry), untilText(entry, nowMs), entry.author, entry.reason]);
    terminal.out(table([['switched', 'until', 'by', 'reason'], ...rows]));
  }
  if (history.length === 0) return;
  const rows = history.map(({ action, entry, author, reason, atMs }) => [
    new Date(atMs).toISOString(),
    action,
    described(entry),
    author,
    reason,
  ]);
  terminal.out(`\n${table([['time', 'what', 'switch', 'by', 'reason'], ...rows])}`);
}

function described(entry: Switch | SuspendedSwitch): string {
  const from = 'fromMs' in entry ? ` again from ${new Date(entry.fromMs).toISOString()}` : '';
  if (entry.kind === 'tier-disabled') return `tier ${entry.tier} disabled${from}`;
  if (entry.kind === 'task-override') return `task ${entry.task} begins at ${entry.tier}`;
  return `task ${entry.task} begins at least ${counted(entry.rungs, 'tier')} above its start`;
}

/** What ends a switch that does not end by itself. */
const UNTIL: Readonly<Record<Switch['kind'], string>> = {
  'tier-disabled': 'enabled by hand',
  'task-override': 'cleared by hand',
  'task-raised': 'acknowledged, or mended',
};

function untilText({ kind, untilMs }: Switch, nowMs: number): string {
  return untilMs === undefined ? UNTIL[kind] : `${new Date(untilMs).toISOString()} (${spellDuration(untilMs - nowMs)})`;
}
