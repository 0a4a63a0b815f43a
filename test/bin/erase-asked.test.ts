import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runTierwise } from '../../bin/tierwise';
import { openStore } from '../../lambda/shared/store/open';
import { ERASED } from '../../lib/core/telemetry/rollup/erased';
import { anAttribution } from '../lambda/shared/an-attribution';
import { run, scratch } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());

let places = 0;

/** A store in which something came of somebody. */
async function aStore(): Promise<string> {
  const path = join(folder.path, `place-${places++}`);
  const store = await openStore({ kind: 'directory', path });
  await store.attributions.put(anAttribution({ requestId: 'one', customer: 'globex' }));
  await store.close();
  return path;
}

describe('tierwise erase says', () => {
  it('of a name that nobody has that nothing was found', async () => {
    const path = await aStore();
    for (const how of ['--yes', '--dry-run']) {
      const { code, out } = await run(['erase', '--customer', 'Globex', how, '--store', path]);
      expect([code, out]).toEqual([
        0,
        expect.stringMatching(/^Nothing was found of Globex: a name has to be given letter by letter/),
      ]);
    }
    const store = await openStore({ kind: 'directory', path });
    expect(await store.attributions.get('one')).toBeDefined();
    await store.close();
  });

  it('of one that has not ended that it has not', async () => {
    const path = await aStore();
    const store = await openStore({ kind: 'directory', path });
    await store.erasure.trace({ id: 'a', startedAt: '2026-11-22T10:00:00.000Z', author: 'ada', hosts: [] });
    await store.close();
    expect((await run(['erase', '--history', '--store', path])).out).toMatch(/ not yet, or cut off +ada +0 +0 +0/);
  });
});

describe('tierwise erase asks', () => {
  async function asked(answer: string, path: string) {
    let out = '';
    const questions: string[] = [];
    const code = await runTierwise(['erase', '--customer', 'acme', '--store', path], {
      out: (line) => {
        out += line;
      },
      err: (line) => {
        out += line;
      },
      readStdin: async () => '',
      ask: async (question) => {
        questions.push(question);
        return answer;
      },
      environment: {},
    });
    return { code, out, questions };
  }

  it('a person at a terminal for the name, and goes on with that alone', async () => {
    const path = await aStore();
    const wrong = await asked('Acme', path);
    expect([wrong.code, wrong.out]).toEqual([1, 'That is another name. Nothing was changed.']);
    expect(wrong.questions).toEqual([expect.stringMatching(/goes for good\. Type its name to go on: $/)]);
    expect((await run(['erase', '--history', '--store', path, '--json'])).out).toMatch(/^{"erasures":\[\]}/);
    const right = await asked(' acme \n', path);
    expect([right.code, right.out]).toEqual([0, expect.stringContaining('Nothing was found of acme')]);
  });

  it.each([
    [['--customer', 'acme'], 'Nobody is here to be asked. Say --yes'],
    [['--yes'], 'Say who goes: --customer C.'],
    [['--customer', '-', '--yes'], 'stands for requests that name no customer'],
    [['--customer', ERASED, '--yes'], 'stands for those who are erased already'],
  ])('nobody else, and refuses %j', async (args, message) => {
    const { code, out, err } = await run(['erase', '--store', await aStore(), ...args]);
    expect([code, out, err]).toEqual([1, '', expect.stringContaining(message)]);
  });

  it('for no store that ends with the process', async () => {
    const { code, err } = await run(['erase', '--customer', 'acme', '--yes', '--store', 'memory']);
    expect([code, err]).toEqual([1, expect.stringContaining('--store memory ends with the process')]);
  });

  it('tells in its help how it looks, and that it may take long', async () => {
    const { code, out } = await run(['erase', '--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('minute by minute')]);
  });
});
