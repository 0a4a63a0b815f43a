import { JSON_OPTION, type RegisterCommand, table } from './command';
import { type StoreOptions, storeName, usingStore, withStack } from './store-option';
import { wholeNumber } from './whole-number';

const MOST_VERSIONS = 1000;

/** `tierwise history`: the versions of the policy, newest first. */
export const registerHistory: RegisterCommand = (program, terminal) => {
  const command = program
    .command('history')
    .description('list the published versions of the policy, newest first')
    .option('--limit <n>', 'how many', '20')
    .option(...JSON_OPTION);
  withStack(command).action(async (options: StoreOptions & { limit: string; json?: boolean }) => {
    const limit = wholeNumber('--limit', options.limit, 1, MOST_VERSIONS);
    const versions = await usingStore(options, ({ policies }) => policies.history(limit));
    if (options.json) terminal.out(JSON.stringify({ versions }));
    else if (versions.length === 0) terminal.out(`Nothing is published in ${storeName(options)} yet.`);
    else {
      const rows = versions.map(({ version, active, hash, createdAt, author, message }) => [
        `${active ? '*' : ' '} ${version}`,
        createdAt,
        author,
        hash.slice(0, 12),
        message.split('\n', 1)[0] as string,
      ]);
      terminal.out(table([['  version', 'time', 'author', 'hash', 'message'], ...rows]));
    }
  });
};
