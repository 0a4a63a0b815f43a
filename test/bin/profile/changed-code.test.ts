import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { run, scratch } from '../command-line';
import { aCorpus, aPolicyText, labelOf, sorting } from './a-corpus';
import { type FakeHost, fakeHost } from './fake-host';
import { profile } from './run-profile';

const folder = scratch();
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => folder.remove());

const ORACLE = '[{ kind: code, module: ./checks.mjs, export: isRight }]';
const RIGHT = 'export const isRight = ({ text }, expect) => text === expect;\n';
/** Fails every answer `bug`, right or wrong. */
const STRICT = "export const isRight = ({ text }, expect) => text === expect && text !== 'bug';\n";
const ROWS = 80;
const BUGS = Array.from({ length: ROWS }, (_, row) => `mail-${String(row).padStart(4, '0')}`).filter(
  (id) => labelOf(id) === 'bug',
).length;

let places = 0;

/** The policy in a folder of its own, since a process loads a module of one place but once. */
function place(text: string, code: string): { readonly policy: string; readonly module: string } {
  places += 1;
  const path = join(folder.path, `place-${places}`);
  mkdirSync(path);
  const files = { policy: join(path, 'policy.yaml'), module: join(path, 'checks.mjs') };
  writeFileSync(files.policy, text);
  writeFileSync(files.module, code);
  return files;
}

async function profiled() {
  const host = await fakeHost(sorting);
  hosts.push(host);
  const text = aPolicyText(host.baseUrl, { oracle: ORACLE });
  const { policy } = place(text, RIGHT);
  const out = join(folder.path, `out-${places}`);
  const rest = ['--corpus', folder.file('c.jsonl', aCorpus(ROWS)), '--out', out];
  expect((await profile(['--policy', policy, ...rest])).error).toBeUndefined();
  return { host, text, out, rest };
}

function sortIn(out: string) {
  return JSON.parse(readFileSync(join(out, 'profile.json'), 'utf8')).tasks.sort;
}

describe('code that judges and has changed', () => {
  it('judges what was answered anew on --resume, and nothing is paid for twice', async () => {
    const { host, text, out, rest } = await profiled();
    expect(sortIn(out).tiers.large).toMatchObject({ n: ROWS, passes: ROWS });
    const strict = ['--policy', place(text, STRICT).policy, ...rest, '--resume'];
    const { err, error } = await profile(strict);
    expect(error).toBeUndefined();
    expect(err).toContain(`The code that judges has changed: ${3 * ROWS} answers that were kept are judged anew`);
    expect(host.asked).toHaveLength(3 * ROWS);
    expect(sortIn(out).tiers.large).toMatchObject({ n: ROWS, passes: ROWS - BUGS });

    const again = await profile(['--policy', place(text, STRICT).policy, ...rest, '--resume']);
    expect(again.err).not.toContain('judged anew');
    expect(sortIn(out).tiers.large).toMatchObject({ passes: ROWS - BUGS });
    await profile(['--policy', place(text, RIGHT).policy, ...rest, '--resume']);
    expect(sortIn(out).tiers.large).toMatchObject({ passes: ROWS });
    expect(host.asked).toHaveLength(3 * ROWS);
  });

  it('makes the certificate void for whoever sees the module: check and ready', async () => {
    const { out } = await profiled();
    const text = readFileSync(join(out, 'policy.profiled.yaml'), 'utf8');
    expect(text).toContain('./checks.mjs#isRight');
    const same = place(text, RIGHT);
    expect((await run(['check', same.policy])).err).toBe('');
    const ready = (policy: string) =>
      run(['ready', '--policy', policy, '--profile', join(out, 'profile.json'), '--json']);
    const profileItem = async (policy: string): Promise<{ ok: boolean; evidence: string }> =>
      JSON.parse((await ready(policy)).out).items.find(({ id }: { id: string }) => id === 'profile');
    expect(await profileItem(same.policy)).toMatchObject({ ok: true });

    const other = place(text, STRICT);
    const { code, err } = await run(['check', other.policy]);
    expect(code).toBe(0);
    expect(err).toContain('the code of ./checks.mjs#isRight is not the one that judged: the certificate is void');
    expect(JSON.parse((await run(['check', other.policy, '--json'])).out).warnings).toHaveLength(1);
    expect(await profileItem(other.policy)).toMatchObject({
      ok: false,
      evidence: expect.stringContaining('is not the one'),
    });

    rmSync(other.module);
    expect((await run(['check', other.policy])).err).toContain('./checks.mjs#isRight cannot be read here');
    expect(await profileItem(other.policy)).toMatchObject({ ok: false });
  });

  it('is bound anew by --regrade', async () => {
    const { out, text } = await profiled();
    const again = join(out, 'again');
    const outcomes = join(out, 'outcomes.jsonl');
    const strict = place(text, STRICT);
    expect((await profile(['--policy', strict.policy, '--regrade', outcomes, '--out', again])).error).toBeUndefined();
    expect(sortIn(again).tiers.large).toMatchObject({ passes: ROWS - BUGS });
    const { madeWith } = sortIn(again);
    expect(madeWith.code['./checks.mjs#isRight']).not.toBe(sortIn(out).madeWith.code['./checks.mjs#isRight']);
  });
});
