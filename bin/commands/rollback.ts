import type { PolicyStore } from '../../lambda/shared/store/policy-port';
import { JSON_OPTION, type RegisterCommand, UserError } from './command';
import { type StoreOptions, storeName, usingStore, withStack } from './store-option';

/** `tierwise rollback [VERSION]`: puts an earlier version back in force. */
export const registerRollback: RegisterCommand = (program, terminal) => {
  const command = program
    .command('rollback')
    .description('put an earlier version of the policy back in force')
    .argument('[version]', 'the version; the one before the active by default')
    .option(...JSON_OPTION);
  withStack(command).action(async (given: string | undefined, options: StoreOptions & { json?: boolean }) => {
    const { from, to } = await usingStore(options, ({ policies }) => rollback(policies, given, storeName(options)));
    if (options.json) terminal.out(JSON.stringify({ version: to, previous: from }));
    else terminal.out(`Version ${to} is in force again, in place of version ${from}.`);
  });
};

async function rollback(
  policies: PolicyStore,
  given: string | undefined,
  store: string,
): Promise<{ from: number; to: number }> {
  const active = await policies.active();
  if (active === undefined) throw new UserError(`Nothing is published in ${store}, so there is nothing to go back to.`);
  const to = given === undefined ? await versionBefore(policies, active.version) : Number(given);
  if (!Number.isInteger(to) || to < 1)
    throw new UserError(`${given}: a version is a whole number from 1 on; see tierwise history.`);
  if (to === active.version) throw new UserError(`Version ${to} is in force already.`);
  await policies.activate(to, active.version);
  return { from: active.version, to };
}

async function versionBefore(policies: PolicyStore, active: number): Promise<number> {
  const before = (await policies.history()).find(({ version }) => version < active);
  if (before === undefined) {
    throw new UserError(
      `Version ${active} is the first; there is none before it. Publish the policy that should be in force.`,
    );
  }
  return before.version;
}
