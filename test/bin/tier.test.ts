import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../../lambda/shared/store/open';
import { HOUR_MS } from '../../lib/core/durations';
import { aPolicy, SET } from './a-policy';
import { type Ran, run, scratch } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());
const POLICY = folder.file('policy.yaml', aPolicy());
const LOOK = 'Every router of the store follows at its next look, by default every 10 s.';

let stores = 0;

function aStore() {
  const path = join(folder.path, `store-${stores++}`);
  mkdirSync(join(path, 'access'), { recursive: true });
  const where = ['--store', path];
  const tier = (...args: string[]): Promise<Ran> => run(['tier', ...args, ...where], SET);
  return {
    disable: (...args: string[]) => tier('disable', 'small', '--reason', 'slow', '--policy', POLICY, ...args),
    enable: (...args: string[]) => tier('enable', 'small', '--reason', 'a try', '--author', 'grace', ...args),
    list: () => tier('list'),
    override: (...args: string[]) =>
      run(
        ['override', '--task', 'triage', '--tier', 'large', '--reason', 'x', '--policy', POLICY, ...args, ...where],
        SET,
      ),
    async activeAt(atMs: number) {
      const store = await openStore({ kind: 'directory', path });
      const active = await store.switches.active(atMs);
      await store.close();
      return active.map(({ kind }) => kind);
    },
  };
}

describe('tier disable --for', () => {
  it.each([
    ['11s', '11 s'],
    ['60s', '1 min'],
    ['90s', '90 s'],
    ['1.5m', '90 s'],
    ['2m', '2 min'],
    ['90m', '1 h 30 min'],
    ['48h', '2 days'],
  ])('%s is confirmed as %s', async (time, spelled) => {
    const { code, out, err } = await aStore().disable('--for', time);
    expect([code, out, err]).toEqual([0, `Tier small is disabled for ${spelled}. ${LOOK}\n`, '']);
  });

  it('says that routers may never see so short a time, and does it all the same', async () => {
    const store = aStore();
    const warning = (time: string): string =>
      `warning: --for ${time} may be over before a router has seen it: routers look at the store every 10 s, or as \`serve --refresh\` says.\n`;
    expect(await store.disable('--for', '1s')).toEqual({
      code: 0,
      out: `Tier small is disabled for 1 s. ${LOOK}\n`,
      err: warning('1 s'),
    });
    expect((await store.override('--for', '10s', '--json')).err).toBe(warning('10 s'));
  });

  it('says so where no time is given', async () => {
    expect((await aStore().disable('--for', '')).err).toBe(
      '--for is empty: give a number and a unit, such as 90s, 30m, 2h or 7d; at most 366d.\n',
    );
  });
});

describe('tier enable --for', () => {
  it('lets requests go to the tier for a while, after which it is disabled as before', async () => {
    const store = aStore();
    await store.disable();
    const { code, out } = await store.enable('--for', '1h');
    expect([code, out]).toEqual([
      0,
      `Tier small is enabled for 1 h, then disabled as before. ${LOOK} It was disabled because: slow\n`,
    ]);
    const nowMs = Date.now();
    expect(await store.activeAt(nowMs)).toEqual([]);
    expect(await store.activeAt(nowMs + HOUR_MS)).toEqual(['tier-disabled']);

    const listed = (await store.list()).out;
    expect(listed).toMatch(/\ntier small disabled again from 20\S+Z +enabled by hand +\S+ +slow\n/);
    expect(listed).toMatch(/\n20\S+Z +suspended +tier small disabled again from 20\S+Z +grace +a try\n/);
  });

  it('is for good where the time it was disabled for ends sooner', async () => {
    const store = aStore();
    await store.disable('--for', '30m');
    const { out } = await store.enable('--for', '1h', '--json');
    expect(JSON.parse(out)).toEqual({ tier: 'small', enabled: true, was: expect.objectContaining({ reason: 'slow' }) });
    expect(await store.activeAt(Date.now())).toEqual([]);
    expect((await store.list()).out).toContain('Nothing is switched.');
  });

  it('can be prolonged, made for good, and ended by disabling the tier again', async () => {
    const store = aStore();
    await store.disable();
    await store.enable('--for', '1h');
    const { untilMs } = JSON.parse((await store.enable('--for', '2h', '--json')).out);
    expect(untilMs - Date.now()).toBeGreaterThan(1.5 * HOUR_MS);
    expect(await store.activeAt(untilMs - 1)).toEqual([]);
    expect((await store.enable()).out).toBe(`Tier small is enabled again. ${LOOK} It was disabled because: slow\n`);
    expect(await store.activeAt(untilMs)).toEqual([]);

    await store.disable();
    await store.enable('--for', '1h');
    await store.disable();
    expect(await store.activeAt(Date.now())).toEqual(['tier-disabled']);
  });

  it('is refused where nobody has disabled the tier', async () => {
    const { code, err } = await aStore().enable('--for', '1h');
    expect([code, err]).toEqual([
      1,
      'Tier "small" is not disabled by hand. What the policy itself disables is enabled there.\n',
    ]);
  });
});
