/** `tierwise profile` as a process of its own, straight from the sources: to be killed in the middle of its work. */

import { profile } from './run-profile';

async function main(): Promise<void> {
  const { out, err, error } = await profile(process.argv.slice(2));
  process.stdout.write(out);
  process.stderr.write(err);
  if (error !== undefined) process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error === undefined ? 0 : 1;
}

void main();
