import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../lambda/shared/store/open';
import { aPolicy, SET } from './a-policy';
import { type Ran, run, type Serving, scratch, serve } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());

const FOR = ['--for', '1h', '--reason', 'incident'] as const;
const POLICY = folder.file('desk.yaml', `${aPolicy()}userTiers: [free, gold]\n`);
const OTHER = folder.file('other.yaml', aPolicy().replaceAll('small', 'tiny'));

/** What was mistyped, and what the policy has in its place. */
const MISTYPED: readonly (readonly [string, readonly string[], string])[] = [
  ['a tier', ['tier', 'disable', 'smal', ...FOR], 'has no tier "smal"; it has small, large.'],
  [
    'the task of an override',
    ['override', '--task', 'triaj', '--tier', 'large', ...FOR],
    'has no task "triaj"; it has triage.',
  ],
  [
    'the tier of an override',
    ['override', '--task', 'triage', '--tier', 'larg', ...FOR],
    'has no tier "larg" on the ladder of task "triage": small, large.',
  ],
  ['the task of a key', ['key', 'create', '--customer', 'a', '--task', 'triaj'], 'has no task "triaj"; it has triage.'],
  [
    'the tier of a key',
    ['key', 'create', '--customer', 'a', '--tier', 'smal'],
    'has no tier "smal"; it has small, large.',
  ],
  [
    'the user tier of a key',
    ['key', 'create', '--customer', 'a', '--user-tier', 'glod'],
    'has no user tier "glod"; it has free, gold.',
  ],
];
const RIGHT: readonly (readonly [string, readonly string[]])[] = [
  ['a tier', ['tier', 'disable', 'small', ...FOR]],
  ['an override', ['override', '--task', 'triage', '--tier', 'large', ...FOR]],
  ['a key', ['key', 'create', '--customer', 'a', '--task', 'triage', '--tier', 'small', '--user-tier', 'gold']],
];

let stores = 0;

async function switchesAndKeys(path: string): Promise<number> {
  const store = await openStore({ kind: 'directory', path });
  const counted = (await store.switches.active(Date.now())).length + (await store.keys.list()).length;
  await store.close();
  return counted;
}

function aStore(): string {
  const path = join(folder.path, `store-${stores++}`);
  // As a server leaves it that has served nobody.
  mkdirSync(join(path, 'access'), { recursive: true });
  return path;
}

describe('names of a policy that is served from a file', () => {
  const path = join(folder.path, 'served');
  let server: Serving;
  beforeAll(async () => {
    server = await serve(['--policy', POLICY, '--store', path, '--workers', '2'], SET);
    // The server leaves them there beside its start.
    await vi.waitUntil(
      async () => (await run(['tier', 'disable', 'none', ...FOR, '--store', path])).code === 1,
      10_000,
    );
  });
  afterAll(() => server.stop());

  it.each(MISTYPED)('are told where %s is mistyped, and nothing is done', async (_name, args, message) => {
    const { code, out, err } = await run([...args, '--store', path]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(message);
    expect(err).toMatch(/^The policy of \S+desk\.yaml, served since 20\S+Z, has no /);
    expect(err).toContain('If another is served now, name it: --policy FILE.');
  });

  it.each(RIGHT)('are taken where they are those of %s', async (_name, args) => {
    const { code, out, err } = await run([...args, '--json', '--store', path]);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ namesChecked: true });
  });

  it('give way to those of a file that is named', async () => {
    const { code, err } = await run(['tier', 'disable', 'small', ...FOR, '--store', path, '--policy', OTHER]);
    expect([code, err]).toEqual([1, `The policy of ${OTHER} has no tier "small"; it has tiny, large.\n`]);
  });
});

describe('names at a store of which nobody knows a policy', () => {
  it.each([...RIGHT, ...MISTYPED.map(([name, args]) => [name, args] as const)])(
    'are taken, and it is said that nobody checked them: %s',
    async (_name, args) => {
      const path = aStore();
      const { code, out, err } = await run([...args, '--json', '--store', path]);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ namesChecked: false });
      expect(err).toMatch(
        /^warning: nobody could check ".*has no published policy, and none is known to be served.*--policy FILE/,
      );
      expect(await switchesAndKeys(path)).toBe(1);
    },
  );

  it.each(MISTYPED)('are checked by a file, whose variables need not be set: %s', async (_name, args, message) => {
    const path = aStore();
    const { code, err } = await run([...args, '--store', path, '--policy', POLICY]);
    expect([code, err]).toEqual([1, `The policy of ${POLICY} ${message}\n`]);
    expect(await switchesAndKeys(path)).toBe(0);
  });

  it("are nobody's where a key names none", async () => {
    const { code, out, err } = await run(['key', 'create', '--customer', 'a', '--json', '--store', aStore()]);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).not.toHaveProperty('namesChecked');
  });

  it('are checked by a file for a file of keys too', async () => {
    const make = (...more: string[]): Promise<Ran> =>
      run(['key', 'create', '--customer', 'a', '--task', 'triaj', '--keys', join(folder.path, 'keys.json'), ...more]);
    expect(await make('--policy', POLICY)).toMatchObject({ code: 1, err: expect.stringContaining('no task "triaj"') });
    expect(await make()).toMatchObject({ code: 0, err: expect.stringContaining('has no policy beside it') });
  });
});

describe('names of a published policy', () => {
  const path = join(folder.path, 'published');
  beforeAll(async () => {
    expect((await run(['publish', POLICY, '--store', path], SET)).code).toBe(0);
  });

  it.each(MISTYPED)('are told where %s is mistyped, whatever file is named', async (_name, args, message) => {
    for (const more of [[], ['--policy', OTHER]]) {
      const { code, err } = await run([...args, '--store', path, ...more]);
      expect([code, err]).toEqual([1, `The policy in force ${message}\n`]);
    }
  });
});
