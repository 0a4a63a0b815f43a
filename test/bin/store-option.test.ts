import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../../lambda/shared/store/open';
import { emptyRollup } from '../../lib/core/telemetry/rollup/rollup';
import { anAttribution } from '../lambda/shared/an-attribution';
import { aPolicy, SET } from './a-policy';
import { run, scratch } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());
const POLICY = folder.file('policy.yaml', aPolicy());

/** Every command that looks into a store, or changes what is in one, and begins none. */
const LOOKING: readonly (readonly string[])[] = [
  ['report'],
  ['report', '--residency', '--customer', 'acme'],
  ['explain', 'req-1'],
  ['history'],
  ['rollback'],
  ['key', 'list'],
  ['key', 'revoke', 'key-1'],
  ['tier', 'list'],
  ['tier', 'disable', 'small', '--reason', 'broken'],
  ['tier', 'enable', 'small', '--reason', 'mended'],
  ['override', '--task', 'triage', '--tier', 'large', '--for', '2h', '--reason', 'broken'],
  ['override', '--task', 'triage', '--clear', '--reason', 'mended'],
  ['acknowledge', '--task', 'triage', '--reason', 'mended'],
  ['baseline', 'adopt', '--reason', 'a month of it'],
  ['ready', '--policy', POLICY],
];

const sayNothing = (path: string) => `There is no store in ${path}: give the folder of \`serve --store\`.\n`;

describe('a folder that holds no store', () => {
  it.each(LOOKING)('is refused and not made by %s %s %s', async (...args) => {
    const path = join(folder.path, 'typo');
    const { code, out, err } = await run([...args, '--store', path], SET);
    expect([code, out]).toEqual([1, '']);
    expect(err.endsWith(sayNothing(path))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  it('is refused where it is there, and nothing is put into it', async () => {
    const path = mkdtempSync(join(folder.path, 'photos-'));
    writeFileSync(join(path, 'sea.jpg'), '');
    expect(await run(['report', '--store', path])).toEqual({ code: 1, out: '', err: sayNothing(path) });
    expect(readdirSync(path)).toEqual(['sea.jpg']);
  });

  it('is told from a file', async () => {
    expect((await run(['history', '--store', POLICY])).err).toBe(`${POLICY} is a file; name a folder.\n`);
  });

  it.each([
    ['publish', ['publish', POLICY]],
    ['key create', ['key', 'create', '--customer', 'acme']],
  ])('holds one after %s', async (_name, args) => {
    const path = join(mkdtempSync(join(folder.path, 'new-')), 'deep');
    expect((await run([...args, '--store', path], SET)).code).toBe(0);
    expect((await run(['history', '--store', path])).code).toBe(0);
  });
});

describe('a store without a name', () => {
  it.each([
    ['--store', ['report']],
    ['--store', ['serve', '--policy', POLICY]],
    ['--store', ['publish', POLICY]],
    ['--store', ['key', 'create', '--customer', 'acme']],
    ['--stack', ['report']],
  ])('as of a variable of the shell that is not set is refused: %s of %j', async (option, args) => {
    for (const nothing of ['', ' ']) {
      const { code, out, err } = await run([...args, option, nothing], SET);
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(`error: option '${option} <`);
      expect(err).toContain('It names nothing: is a variable of the shell not set?');
    }
  });
});

describe('a file of a store that was cut off', () => {
  async function aStore() {
    const path = mkdtempSync(join(folder.path, 'broken-'));
    const store = await openStore({ kind: 'directory', path });
    await store.attributions.put(anAttribution({ requestId: 'req-1' }));
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await store.rollups.write('day', day, emptyRollup());
    await store.close();
    const [file] = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((one) =>
      one.includes(`${day}.json`),
    );
    return { path, rollup: join(path, file as string) };
  }

  it('is named, with what to do and what is lost, where it holds sums', async () => {
    const { path, rollup } = await aStore();
    writeFileSync(rollup, '{"schema": 1, "rol');
    const { code, out, err } = await run(['report', '--since', '5d', '--store', path]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      `${rollup} is not JSON: put it back from a backup, or delete it, and what came in that day is missing from reports\n`,
    );
  });

  it('is named where it holds a record', async () => {
    const { path } = await aStore();
    const [record] = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((one) =>
      one.endsWith('/req-1.json'),
    );
    writeFileSync(join(path, record as string), '{');
    const { code, err } = await run(['explain', 'req-1', '--store', path]);
    expect([code, err]).toEqual([
      1,
      `${join(path, record as string)} is not JSON: put it back from a backup, or delete it\n`,
    ]);
  });
});

describe('a command below another', () => {
  it.each([
    [['baseline', 'adopt'], 'tierwise baseline adopt'],
    [['key', 'create'], 'tierwise key create'],
    [['key', 'revoke'], 'tierwise key revoke'],
    [['tier', 'disable', 'small'], 'tierwise tier disable'],
    [['stage', 'weights'], 'tierwise stage weights'],
  ])('points to its own help: %j', async (args, command) => {
    const { code, err } = await run(args);
    expect(code).toBe(1);
    expect(err).toContain(`(see \`${command} --help\`)`);
  });
});

describe('a folder whose policy is damaged', () => {
  /** Two versions, the second in force. */
  async function published(): Promise<string> {
    const path = join(mkdtempSync(join(folder.path, 'damaged-')), 'store');
    for (const id of ['one', 'two']) {
      const file = folder.file(`${id}.yaml`, aPolicy().replace('policy: desk', `policy: ${id}`));
      expect((await run(['publish', file, '--store', path], SET)).code).toBe(0);
    }
    return path;
  }
  const active = async (path: string): Promise<unknown> =>
    JSON.parse((await run(['history', '--json', '--store', path])).out).versions.find(
      (version: { active: boolean }) => version.active,
    )?.version;

  it('says where the pointer lies, and that it may be deleted; then the one before it counts', async () => {
    const path = await published();
    const last = join(path, 'policy/active', readdirSync(join(path, 'policy/active')).sort().at(-1) as string);
    writeFileSync(last, '');
    for (const args of [['history'], ['report'], ['rollback'], ['publish', POLICY]]) {
      const { code, err } = await run([...args, '--store', path], SET);
      expect([args, code]).toEqual([args, 1]);
      expect(err).toContain(
        `${path}: the active pointer in the store is not a JSON object. In a folder it is the last file of policy/active: put it back from a backup, or delete it, and the pointer before it counts.`,
      );
    }
    rmSync(last);
    expect(await active(path)).toBe(1);
  });

  it('says what puts another version in force', async () => {
    const path = await published();
    const versions = join(path, 'policy/versions');
    writeFileSync(join(versions, readdirSync(versions).sort().at(-1) as string), 'junk');
    expect((await run(['report', '--store', path])).err).toContain(
      `${path}: policy version 2 in the store is not a JSON object. tierwise rollback, or publish, puts another version in force.`,
    );
    expect((await run(['rollback', '--store', path])).code).toBe(0);
    expect(await active(path)).toBe(1);
  });
});
