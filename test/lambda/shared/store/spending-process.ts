/**
 * A process that spends from one account of a folder store: `spending-process.ts FOLDER COUNT UNTIL_MS`. Writes a line for
 * every reservation that was answered: what it holds in millionths, or `refused`.
 */

import { openDirectoryStore } from '../../../../lambda/shared/store/directory';
import { SPENT_ACCOUNT, SPENT_AT_MS } from './spent-account';

const [folder = '', count = '0', untilMs = '0'] = process.argv.slice(2);
const { budgets } = openDirectoryStore(folder);

process.stdin.once('data', async () => {
  for (let index = 0; index < Number(count); index += 1) {
    const micro = 1 + (index % 5);
    const hold = { usd: micro / 1e6, untilMs: Number(untilMs) };
    const { held } = await budgets.reserve(SPENT_ACCOUNT, hold, SPENT_AT_MS);
    process.stdout.write(held ? `${micro}\n` : 'refused\n');
  }
  process.exit(0);
});
process.stdout.write('ready\n');
