import type { Command } from 'commander';
import { keyState } from '../../lambda/router/access/key-state';
import { newKey } from '../../lambda/router/access/new-key';
import type { KeyRecord } from '../../lambda/shared/store/key-port';
import { RESIDENCIES } from '../../lib/core/types-policy';
import { type RegisterCommand, subcommand, type Terminal, table, UserError } from './command';
import { checkNames } from './key/check-names';
import { type DraftOptions, keyDraft } from './key/key-draft';
import { type KeyOptions, type KeyPlace, keyPlaceName, usingKeys, withKeys } from './key/key-option';
import { plain } from './plain';
import { POLICY_OPTION } from './policy-names';

interface CreateOptions extends KeyOptions, DraftOptions {
  readonly policy?: string;
}

/** `tierwise key create|revoke|list`: the keys that callers show. */
export const registerKey: RegisterCommand = (program, terminal) => {
  const key = program.command('key').description("callers' keys: make one, revoke one, list them");
  withKeys(describeCreate(key)).action((options: CreateOptions) => createKey(options, terminal));
  const revoke = subcommand(key, 'revoke')
    .description('routers refuse the key from their next look on, within their refresh time')
    .argument('<id>', 'as `tierwise key list` shows it');
  withKeys(revoke).action((id: string, options: KeyOptions) => revokeKey(id, options, terminal));
  const list = subcommand(key, 'list').description('every key that was ever made, oldest first; secrets are not kept');
  withKeys(list).action((options: KeyOptions) => listKeys(options, terminal));
};

function describeCreate(key: Command): Command {
  return subcommand(key, 'create')
    .description('print the secret of a new key on stdout, once: only its hash is kept')
    .requiredOption('--customer <name>', 'whom its requests are counted and billed to')
    .option('--operator', "may look at everybody's records")
    .option('--task <id>', 'it may use this task; repeat for more; all by default', collect)
    .option('--tier <id>', 'it may use this tier; repeat for more; all by default', collect)
    .option('--user-tier <name>', 'the highest its requests may name; without it any')
    .option('--residency <how far>', `how far its prompts may travel at most: ${RESIDENCIES.join(', ')}`)
    .option('--requests-per-minute <n>', 'no limit by default')
    .option('--expires <when>', 'such as 90d, or the date (UTC) from which on it is refused; never by default')
    .option(...POLICY_OPTION);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function createKey(options: CreateOptions, terminal: Terminal): Promise<void> {
  const nowMs = Date.now();
  const draft = keyDraft(options, nowMs);
  const { record, secret } = newKey(draft, nowMs);
  const add = async ({ keys, store }: KeyPlace) => {
    const namesChecked = await checkNames(
      draft,
      { store, called: keyPlaceName(options), file: options.policy },
      terminal,
    );
    if (!(await keys.add(record))) throw new UserError('The key could not be added; try again.');
    return namesChecked;
  };
  const namesChecked = await usingKeys(options, add, { mayBegin: true });
  const { hash: _, ...shown } = record;
  if (options.json) return terminal.out(JSON.stringify({ ...shown, secret, namesChecked }));
  terminal.err(
    `Key ${record.id} for customer ${plain(record.customer)}. Its secret is shown this once and kept nowhere:`,
  );
  terminal.out(secret);
}

async function revokeKey(id: string, options: KeyOptions, terminal: Terminal): Promise<void> {
  const atMs = Date.now();
  const record = await usingKeys(options, ({ keys }) => keys.revoke(id, atMs));
  if (record === undefined) {
    throw new UserError(`${keyPlaceName(options)} has no key ${id}; tierwise key list shows those it has.`);
  }
  const { revokedAt } = record;
  if (options.json) terminal.out(JSON.stringify({ id, revokedAt }));
  else if (revokedAt === new Date(atMs).toISOString()) {
    terminal.out(
      `Key ${id} of customer ${plain(record.customer)} is revoked; routers refuse it within their refresh time.`,
    );
  } else terminal.out(`Key ${id} of customer ${plain(record.customer)} was revoked already, at ${revokedAt}.`);
}

async function listKeys(options: KeyOptions, terminal: Terminal): Promise<void> {
  const nowMs = Date.now();
  const records = await usingKeys(options, ({ keys }) => keys.list());
  if (options.json) {
    const keys = records.map(({ hash: _, ...record }) => ({ ...record, state: keyState(record, nowMs) }));
    terminal.out(JSON.stringify({ keys }));
  } else if (records.length === 0) terminal.out(`${keyPlaceName(options)} has no keys yet.`);
  else {
    const heading = ['id', 'customer', 'state', 'limits', 'created', 'expires'];
    terminal.out(table([heading, ...records.map((record) => rowOf(record, nowMs))]));
  }
}

function rowOf(record: Omit<KeyRecord, 'hash'>, nowMs: number): string[] {
  const { id, customer, createdAt, expiresAt } = record;
  const state = keyState(record, nowMs);
  return [id, customer, state, limitsOf(record), createdAt, expiresAt ?? 'never'];
}

function limitsOf(record: Omit<KeyRecord, 'hash'>): string {
  const { operator, tasks, tiers, userTier, residency, requestsPerMinute } = record;
  const limits = [
    operator && 'operator',
    tasks && `tasks ${tasks.join(' ')}`,
    tiers && `tiers ${tiers.join(' ')}`,
    userTier && `user tier ${userTier}`,
    residency && `residency ${residency}`,
    requestsPerMinute && `${requestsPerMinute} a minute`,
  ];
  return limits.filter((limit) => limit !== undefined && limit !== false).join(', ') || 'none';
}
