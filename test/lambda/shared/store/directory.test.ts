import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDirectoryStore } from '../../../../lambda/shared/store/directory';
import { directoryPolicies } from '../../../../lambda/shared/store/directory-policies';
import { openStore } from '../../../../lambda/shared/store/open';
import { StoreCorruptError } from '../../../../lambda/shared/store/port';
import { storeContract } from '../../../contracts/store-contract';
import { anAttribution } from '../an-attribution';

const newFolder = () => mkdtemp(join(tmpdir(), 'tierwise-store-'));

storeContract('the store in a folder', async () => {
  const folder = await newFolder();
  const store = openDirectoryStore(join(folder, 'made', 'when needed'));
  return { ...store, close: () => rm(folder, { recursive: true }) };
});

describe('the store in a folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const publish = (mark: string, expectedActive: number | null) =>
    openDirectoryStore(folder).policies.publish({ document: { mark }, author: 'ada', message: mark, expectedActive });
  const movedTo = async (file: string): Promise<number> =>
    JSON.parse(await readFile(join(folder, 'policy', 'active', file), 'utf8')).version;
  const versionFile = () => join(folder, 'policy', 'versions', '0000000001.json');

  it('is there again when it is opened again', async () => {
    await publish('one', null);
    await openDirectoryStore(folder).attributions.put(anAttribution({ requestId: 'req-1' }));

    const store = await openStore({ kind: 'directory', path: folder });
    expect(await store.policies.read(1)).toMatchObject({ document: { mark: 'one' } });
    expect(await store.attributions.get('req-1')).toBeDefined();
  });

  it('keeps versions that a person can read, and no drafts', async () => {
    await publish('one', null);
    expect(await readdir(join(folder, 'policy', 'versions'))).toEqual(['0000000001.json']);
    expect(JSON.parse(await readFile(versionFile(), 'utf8'))).toMatchObject({
      schema: 1,
      version: 1,
      author: 'ada',
      document: { mark: 'one' },
    });
  });

  it('finds a record again whose index was lost in a crash', async () => {
    const { attributions } = openDirectoryStore(folder);
    const record = anAttribution({ requestId: 'req-1' });
    await attributions.put(record);
    await rm(join(folder, 'attribution', 'days'), { recursive: true });

    expect(await attributions.put(record)).toBe('duplicate');
    expect((await attributions.list({ day: '2026-11-22' })).records).toEqual([record]);
  });

  it.each([
    ['not JSON', '{"document": ', /version 1 .* is not a JSON object/],
    ['a changed document', '{"hash":"abc","document":{"mark":"evil"}}', /version 1 .* hash/],
    ['no document', '{"hash":"abc"}', /version 1 .* no document/],
  ])('reads no version that holds %s, but lists it', async (_, text, message) => {
    await publish('one', null);
    await writeFile(versionFile(), text);
    const { policies } = openDirectoryStore(folder);

    await expect(policies.read(1)).rejects.toThrow(StoreCorruptError);
    await expect(policies.read(1)).rejects.toThrow(message);
    expect(await policies.history()).toMatchObject([{ version: 1, active: true }]);
  });

  it('says that the pointer to the active version is broken', async () => {
    await publish('one', null);
    await writeFile(join(folder, 'policy', 'active', '0000000001.json'), 'broken');
    await expect(openDirectoryStore(folder).policies.active()).rejects.toThrow(/active pointer/);
  });

  it('moves the active version for one who knows it only', async () => {
    const rows = directoryPolicies(folder);
    const to = (version: number) => ({ version, hash: 'abc', since: '2026-11-22T00:00:00.000Z' });
    expect(await rows.move(null, to(1))).toBe(true);
    expect(await rows.move(null, to(2))).toBe(false);
    expect(await rows.move(2, to(2))).toBe(false);
    expect(await rows.active()).toEqual(to(1));
    expect(await rows.move(1, to(2))).toBe(true);
    expect(await rows.active()).toEqual(to(2));
  });

  it('is shared by processes: none loses or repeats what another published', async () => {
    const count = 25;
    const results = await together([
      [folder, 'left', String(count)],
      [folder, 'right', String(count)],
    ]);

    const versions = results.flatMap((result) => result.versions);
    expect(new Set(versions).size).toBe(2 * count);
    // Both put the same records: each was stored by one of them alone.
    expect(results.reduce((sum, result) => sum + result.stored, 0)).toBe(count);

    const { policies, attributions } = openDirectoryStore(folder);
    expect((await policies.active())?.version).toBe(Math.max(...versions));
    for (const [index, result] of results.entries()) {
      const marks = await Promise.all(result.versions.map((version) => policies.read(version)));
      const name = index === 0 ? 'left' : 'right';
      expect(marks.map((stored) => stored?.document)).toEqual(
        Array.from({ length: count }, (_, mark) => expect.objectContaining({ name, mark: String(mark) })),
      );
    }
    // Each was published on top of the version that was active just before it.
    const moves = await Promise.all((await readdir(join(folder, 'policy', 'active'))).sort().map(movedTo));
    const seen = await Promise.all(moves.map((version) => policies.read(version)));
    expect(seen.map((stored) => stored?.document)).toEqual(
      moves.map((_, index) => expect.objectContaining({ expectedActive: moves[index - 1] ?? null })),
    );
    expect((await attributions.list({ day: '2026-11-22' })).records).toHaveLength(count);
  });
});

interface Published {
  readonly versions: readonly number[];
  readonly stored: number;
}

/** Runs the processes, letting all begin at the same moment. */
async function together(runs: readonly string[][]): Promise<Published[]> {
  const script = join(__dirname, 'publishing-process.ts');
  const processes = runs.map((run) => spawn(process.execPath, ['--import', 'tsx', script, ...run]));
  await Promise.all(processes.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))));
  return Promise.all(
    processes.map(
      (child) =>
        new Promise<Published>((resolve, reject) => {
          let output = '';
          let errors = '';
          child.stdout.on('data', (text) => {
            output += text;
          });
          child.stderr.on('data', (text) => {
            errors += text;
          });
          child.once('close', (code) => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(errors))));
          child.stdin.end('go\n');
        }),
    ),
  );
}
