import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDirectoryStore } from '../../../../lambda/shared/store/directory';
import type { Store } from '../../../../lambda/shared/store/port';
import { emptyRollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { anAttribution } from '../an-attribution';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tierwise-erasure-'));
  store = openDirectoryStore(folder);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const NOBODY_WRITES = { fromMs: 0, untilMs: 0 };

async function filesBelow(): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).map((name) => join(folder, name));
  const files: string[] = [];
  for (const name of names) if ((await stat(name)).isFile()) files.push(name);
  return files.sort();
}

it('drafts that a router left which was killed as it wrote them go, and nothing that is whole or being written', async () => {
  await store.attributions.put(anAttribution({ requestId: 'one', customer: 'acme' }));
  await store.rollups.write('day', '2026-11-22', emptyRollup());
  const createdAt = '2026-11-22T10:00:00.000Z';
  await store.keys.add({ id: 'key-1', hash: 'abc', customer: 'acme', operator: false, createdAt });
  const whole = await filesBelow();
  const hourAgo = Date.now() / 1000 - 3700;
  for (const path of whole) {
    const draft = join(dirname(path), '.5f0c.draft');
    for (const left of [draft, `${path}.draft`]) {
      await writeFile(left, await readFile(path));
      await utimes(left, hourAgo, hourAgo);
    }
    await utimes(path, hourAgo, hourAgo);
  }
  const beingWritten = join(folder, 'access', 'key', '.now.draft');
  await writeFile(beingWritten, 'acme');
  await store.erasure.clearAway(NOBODY_WRITES, async () => {});
  expect(await filesBelow()).toEqual([...whole, beingWritten].sort());
});

it('a folder in which nothing came has nothing to clear away', async () => {
  await store.erasure.clearAway(NOBODY_WRITES, async () => {});
  expect(await filesBelow()).toEqual([]);
});
