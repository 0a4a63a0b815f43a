import { JSON_OPTION, type RegisterCommand, table } from './command';
import { type StoreOptions, usingStore, withStore } from './store-option';

/** `tierwise history`: the versions of the policy, newest first. */
export const registerHistory: RegisterCommand = (program, terminal) => {
  const command = program
    .command('history')
    .description('list the published versions of the policy, newest first')
    .option('--limit <n>', 'how many', '20')
    .option(...JSON_OPTION);
  withStore(command).action(async (options: StoreOptions & { limit: string; json?: boolean }) => {
    const versions = await usingStore(options, ({ policies }) =>
      policies.history(Math.max(1, Number(options.limit) || 20)),
    );
    if (options.json) terminal.out(JSON.stringify({ versions }));
    else if (versions.length === 0) terminal.out('Nothing is published yet.');
    else {
      const rows = versions.map(({ version, active, hash, createdAt, author, message }) => [
        `${active ? '*' : ' '} ${version}`,
        createdAt,
        author,
        hash.slice(0, 12),
        message,
      ]);
      terminal.out(table([['  version', 'time', 'author', 'hash', 'message'], ...rows]));
    }
  });
};
