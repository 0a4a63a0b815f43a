import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../../lambda/shared/store/open';
import { anAttribution } from '../lambda/shared/an-attribution';
import { aPolicy } from './a-policy';
import { type Ran, run, scratch, tierwise } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());

function policyOf(owner: string): string {
  return folder.file(`${owner}.yaml`, aPolicy({ owner }));
}

/** A store of its own for each test, and the commands on it. */
function aStore() {
  const path = mkdtempSync(join(folder.path, 'store-'));
  const on = (...args: string[]): Promise<Ran> => run([...args, '--store', path], { SMALL_URL: 'http://s/v1' });
  return {
    path,
    run: on,
    publish: (owner: string, ...args: string[]) => on('publish', policyOf(owner), '--author', 'ada', ...args),
    versions: async () => JSON.parse((await on('history', '--json')).out).versions as Record<string, unknown>[],
  };
}

describe('tierwise publish', () => {
  it('makes a version and puts it in force, and the history says who, when and why', async () => {
    const store = aStore();
    const first = await store.publish('first', '--message', 'to begin with');
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toMatch(/^Version 1 is published and in force \([0-9a-f]{12}\)/);
    const second = await store.publish('second', '--json');
    expect(JSON.parse(second.out)).toEqual({
      version: 2,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      unchanged: false,
      previous: 1,
    });
    expect(await store.versions()).toMatchObject([
      { version: 2, active: true, author: 'ada', message: '' },
      { version: 1, active: false, author: 'ada', message: 'to begin with', createdAt: expect.stringMatching(/Z$/) },
    ]);
    const { out } = await store.run('history');
    expect(out).toMatch(/^ {2}version +time +author +hash +message\n\* 2 .*\n {2}1 .*to begin with\n$/);
    expect((await store.run('history', '--limit', '1')).out.trimEnd().split('\n')).toHaveLength(2);
  });

  it('makes no new version of what is in force already, however it is written', async () => {
    const store = aStore();
    await store.publish('first');
    const again = folder.file('again.yaml', `# said once more\n${aPolicy({ owner: 'first' })}`);
    const { code, out } = await store.run('publish', again);
    expect([code, out]).toEqual([0, 'Version 1 already says this and is in force.\n']);
    expect(JSON.parse((await store.run('publish', again, '--json')).out)).toMatchObject({
      version: 1,
      unchanged: true,
    });
    expect(await store.versions()).toHaveLength(1);
  });

  it('lets one of several processes at once win, and tells the others', async () => {
    const store = aStore();
    await store.publish('first');
    const race = (owner: string) => tierwise(['publish', policyOf(owner), '--store', store.path, '--json']);
    const ran = await Promise.all(['one', 'two', 'three', 'four'].map(race));
    const versions = await store.versions();
    const published = ran.filter(({ code }) => code === 0).map(({ out }) => JSON.parse(out).version);
    expect(published.length).toBeGreaterThanOrEqual(1);
    expect(versions.find(({ active }) => active)?.version).toBe(Math.max(...published));
    for (const { out } of ran.filter(({ code }) => code !== 0)) {
      expect(JSON.parse(out)).toEqual({ ok: false, error: expect.stringContaining('look at the history') });
    }
    expect(ran.every(({ code }) => code < 2)).toBe(true);
  });

  it('refuses a literal key, without repeating it', async () => {
    const store = aStore();
    const file = folder.file('key.yaml', aPolicy({ apiKey: 'sk-very-secret' }));
    const human = await store.run('publish', file);
    expect([human.code, human.out]).toEqual([1, '']);
    expect(human.err).toContain('  tiers.small.apiKey\nWrite ');
    const machine = await store.run('publish', file, '--json');
    expect(JSON.parse(machine.out)).toMatchObject({ ok: false, file, literalKeys: ['tiers.small.apiKey'] });
    expect(JSON.stringify([human, machine])).not.toContain('very-secret');
    expect(existsSync(join(store.path, 'policy'))).toBe(false);
  });

  it('only warns of a variable that is not set where it is published', async () => {
    const { path } = aStore();
    const { code, err } = await run(['publish', policyOf('unset'), '--store', path]);
    expect(code).toBe(0);
    expect(err).toContain('warning:');
    expect(err).toContain('the variable SMALL_URL is not set');
  });

  it('publishes nothing that a router would refuse', async () => {
    const store = aStore();
    const oracle = '[{ kind: json-schema, schema: { type: objekt } }]';
    const { code, err } = await store.run('publish', folder.file('broken.yaml', aPolicy({ oracle })));
    expect(code).toBe(1);
    expect(err).toContain('tasks.triage.oracle[0]: the json-schema oracle does not compile');
    expect(existsSync(join(store.path, 'policy'))).toBe(false);
  });

  it('takes the policy from standard input', async () => {
    const { path } = aStore();
    const args = ['publish', '-', '--store', path, '--json'];
    expect(JSON.parse((await run(args, {}, aPolicy())).out)).toMatchObject({ version: 1 });
  });
});

describe('tierwise rollback', () => {
  it('puts the version before, or the one named, back in force', async () => {
    const store = aStore();
    for (const owner of ['first', 'second', 'third']) await store.publish(owner);
    const back = await store.run('rollback');
    expect([back.code, back.out]).toEqual([0, 'Version 2 is in force again, in place of version 3.\n']);
    expect(JSON.parse((await store.run('rollback', '3', '--json')).out)).toEqual({ version: 3, previous: 2 });
    expect((await store.versions()).map(({ version, active }) => [version, active])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
  });

  it('says so where nothing is published', async () => {
    const store = aStore();
    const served = await openStore({ kind: 'directory', path: store.path });
    await served.attributions.put(anAttribution({ requestId: 'one' }));
    await served.close();
    const { code, err } = await store.run('rollback');
    expect([code, err]).toEqual([1, `Nothing is published in ${store.path}, so there is nothing to go back to.\n`]);
    expect((await store.run('history')).out).toBe(`Nothing is published in ${store.path} yet.\n`);
  });

  it('says what is wrong with the version asked for, and changes nothing', async () => {
    const store = aStore();
    await store.publish('first');
    for (const [args, message] of [
      [['7'], 'policy version 7 is not in the store'],
      [['latest'], 'latest: a version is a whole number from 1 on'],
      [['0'], '0: a version is a whole number'],
      [['1'], 'Version 1 is in force already.'],
      [[], 'Version 1 is the first; there is none before it. Publish the policy that should be in force.'],
    ] as const) {
      const { code, out } = await store.run('rollback', ...args, '--json');
      expect([code, JSON.parse(out)]).toEqual([1, { ok: false, error: expect.stringContaining(message) }]);
    }
    expect(await store.versions()).toMatchObject([{ version: 1, active: true }]);
  });
});

describe('the store of a command', () => {
  it.each(['history', 'rollback'])('has to be named for %s', async (command) => {
    const { code, err } = await run([command]);
    expect([code, err]).toEqual([
      1,
      'Say where policies are kept: --store FOLDER, --store dynamodb, or --stack NAME.\n',
    ]);
  });

  it.each([
    ['memory', 'ends with the process'],
    [folder.file('a-file', ''), 'is a file; name a folder.'],
  ])('may not be %s', async (store, message) => {
    const { code, err } = await run(['history', '--store', store]);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it('tells how many versions may be asked for', async () => {
    const { code, err } = await aStore().run('history', '--limit', 'all');
    expect([code, err]).toEqual([1, '--limit all: give a whole number from 1 to 1000.\n']);
  });
});
