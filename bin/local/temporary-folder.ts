import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder that goes with this process, in whatever way it exits. What was just killed may be writing its last there. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-stack-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
