import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDirectoryStore } from '../../../../lambda/shared/store/directory';
import { directoryPolicies } from '../../../../lambda/shared/store/directory-policies';
import { openStore } from '../../../../lambda/shared/store/open';
import { StoreCorruptError } from '../../../../lambda/shared/store/store-refusal';
import { emptyRollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { allArrived } from '../../../contracts/store/all-arrived';
import { someFeedback } from '../../../contracts/store/some-feedback';
import { storeContract } from '../../../contracts/store-contract';
import { anAttribution } from '../an-attribution';

const MINUTE = '2026-11-22T10:00';
const ARRIVED_MS = Date.UTC(2026, 10, 22, 10);

const newFolder = () => mkdtemp(join(tmpdir(), 'tierwise-store-'));

storeContract(
  'the store in a folder',
  async (nowMs) => {
    const folder = await newFolder();
    const store = openDirectoryStore(join(folder, 'made', 'when needed'), { nowMs });
    return { ...store, close: () => rm(folder, { recursive: true }) };
  },
  { atOnce: 1000, propertyRuns: 30 },
);

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

  it('keeps records and words on them that a person can find and read', async () => {
    const { attributions } = openDirectoryStore(folder, { nowMs: () => ARRIVED_MS });
    const record = anAttribution({ requestId: 'req-1' });
    const feedback = someFeedback({ requestId: 'req-1' });
    await attributions.put(record);
    await attributions.putFeedback(feedback);

    const filesIn = (...names: string[]) => readdir(join(folder, 'attribution', ...names), { recursive: true });
    const read = async (...names: string[]) =>
      JSON.parse(await readFile(join(folder, 'attribution', ...names), 'utf8'));
    const shard = createHash('sha256').update('req-1').digest('hex').slice(0, 2);
    expect(await read('requests', shard, 'req-1.json')).toEqual({ schema: 1, arrived: MINUTE, record });
    expect(await read('feedback', shard, 'req-1', '1.json')).toEqual({ schema: 1, arrived: MINUTE, feedback });
    expect((await filesIn('arrived', '2026-11-22', '10%3A00')).sort()).toEqual(['record%23req-1', 'word%231%23req-1']);
  });

  it('gives nothing for an entry of the index whose record or word never came, or came in another minute', async () => {
    const { attributions } = openDirectoryStore(folder, { nowMs: () => ARRIVED_MS });
    await attributions.put(anAttribution({ requestId: 'req-1' }));
    await attributions.putFeedback(someFeedback({ requestId: 'req-1' }));
    for (const time of ['10%3A00', '10%3A01']) {
      const index = join(folder, 'attribution', 'arrived', '2026-11-22', time);
      await mkdir(index, { recursive: true });
      for (const name of [
        'record%23req-1',
        'record%23lost',
        'word%231%23req-1',
        'word%232%23req-1',
        'stranger',
        '%zz',
      ]) {
        await writeFile(join(index, name), '');
      }
    }
    const { records, feedback } = await attributions.arrived(MINUTE);
    expect([records.length, feedback.length]).toEqual([1, 1]);
    expect(await attributions.arrived('2026-11-22T10:01')).toEqual({ records: [], feedback: [] });
  });

  it('clears rollups away that are of no use any more, now and then', async () => {
    const clock = { nowMs: ARRIVED_MS };
    const { rollups } = openDirectoryStore(folder, { nowMs: () => clock.nowMs });
    const write = (from: string) => rollups.write('minute', from, emptyRollup());
    const files = async () => (await readdir(join(folder, 'attribution', 'rollup', 'minute'))).sort();
    await write('2026-11-22T09:58');
    clock.nowMs += 3 * 86_400_000 - 1;
    await write('2026-11-25T09:57');
    expect(await files()).toEqual(['2026-11-22T09%3A58.json', '2026-11-25T09%3A57.json']);
    clock.nowMs += 3_600_000;
    await write('2026-11-25T10:57');
    await vi.waitFor(async () => {
      expect(await files()).toEqual(['2026-11-25T09%3A57.json', '2026-11-25T10%3A57.json']);
    }, 20_000);
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

  it('keeps a file for each key, account and session that a person can find and read', async () => {
    const { keys, budgets, sessions, close } = openDirectoryStore(folder);
    const hash = 'ab'.repeat(32);
    const key = { id: 'key-1', hash, customer: 'acme', operator: false, createdAt: '2026-11-22T10:00:00.000Z' };
    await keys.add(key);
    await budgets.reserve(
      { id: 'per-customer#Acme', limitUsd: 1, expiresAtMs: 9e6 },
      { usd: 0.25, untilMs: 60_000 },
      1,
    );
    await sessions.put('acme/x', { tier: 'small', contextTokens: 1, atMs: 5 }, 9e6);

    const filesIn = (name: string) => readdir(join(folder, 'access', name));
    const [keyFile = ''] = await filesIn('key');
    expect(JSON.parse(await readFile(join(folder, 'access', 'key', keyFile), 'utf8'))).toMatchObject({
      schema: 1,
      id: hash,
      document: key,
    });
    const [tally = '', ...others] = await filesIn('tally');
    expect(others).toEqual([]);
    expect(tally).toMatch(/^budget-per-customer-acme\.[0-9a-f]{32}\.json$/);
    expect(JSON.parse(await readFile(join(folder, 'access', 'tally', tally), 'utf8'))).toEqual({
      schema: 1,
      id: 'budget#per-customer#Acme',
      expiresAtMs: 9e6,
      tally: { used: 250_000_000, held_1: 250_000_000 },
    });
    expect(await filesIn('session')).toHaveLength(1);
    expect(await filesIn('processes')).toHaveLength(1);
    await close();
    expect(await filesIn('processes')).toEqual([]);
    expect(await keys.byHash(hash)).toEqual(key);
  });

  it('clears away what has expired, now and then', async () => {
    const { keys, sessions } = openDirectoryStore(folder);
    const standing = (atMs: number) => ({ tier: 'small', contextTokens: 1, atMs });
    const filesIn = async (name: string) => (await readdir(join(folder, 'access', name))).length;
    await sessions.put('short', standing(0), 1000);
    await sessions.put('long', standing(0), 9_000_000);
    await keys.countRequest('key-1', 0, 5);
    await keys.countRequest('key-1', 599_999, 5);
    await sessions.put('other', standing(599_999), 9_000_000);
    expect([await filesIn('session'), await filesIn('tally')]).toEqual([3, 2]);

    await keys.countRequest('key-1', 600_000, 5);
    await sessions.put('another', standing(600_000), 9_000_000);
    await vi.waitFor(async () => {
      expect([await filesIn('session'), await filesIn('tally')]).toEqual([3, 2]);
    }, 20_000);
    expect(await sessions.find('long', 600_000)).toEqual(standing(0));
  });

  it('names the file that cannot be read, and quotes nothing of it', async () => {
    const { breakers } = openDirectoryStore(folder);
    await breakers.open({ tier: 'small', openedAtMs: 1, untilMs: 2 });
    const [name = ''] = await readdir(join(folder, 'access', 'tally'));
    await writeFile(join(folder, 'access', 'tally', name), '{"secret": ');
    await expect(breakers.list()).rejects.toThrow(
      new RegExp(`${name} is not JSON: put it back from a backup, or delete it$`),
    );
  });

  it('is shared by processes: none loses or repeats what another published', async () => {
    const count = 25;
    const beganMs = Date.now();
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
    // Each is in one of the minutes that went by, although both have put it.
    const ids: string[] = [];
    for (const minute of minutesFrom(beganMs)) {
      ids.push(...(await allArrived(attributions, minute)).records.map(({ requestId }) => requestId));
    }
    expect(ids.sort()).toEqual(Array.from({ length: count }, (_, index) => `req-${index}`).sort());
  });
});

/** Those that have begun until now. */
function minutesFrom(beganMs: number): string[] {
  const first = Math.floor(beganMs / 60_000);
  const count = Math.floor(Date.now() / 60_000) - first + 1;
  return Array.from({ length: count }, (_, index) => new Date((first + index) * 60_000).toISOString().slice(0, 16));
}

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
