import { join } from 'node:path';
import { expect, it } from 'vitest';
import { logFile } from '../../../bin/local/log-file';

it('is another one for each function and each port, and that of the last run where the port is not known', () => {
  const file = (name: string) => join(process.cwd(), 'out', name);
  expect([logFile('watch', 8787), logFile('watch', 8788)]).toEqual([
    file('local-watch-8787.log'),
    file('local-watch-8788.log'),
  ]);
  expect(logFile('router', 8787)).toBe(file('local-router-8787.log'));
  expect(logFile('watch', 0)).toBe(file('local-watch.log'));
});
