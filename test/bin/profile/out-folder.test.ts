import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../bin/commands/command';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, sorting } from './a-corpus';
import { type FakeHost, fakeHost } from './fake-host';
import { profile } from './run-profile';

const folder = scratch();
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => folder.remove());

let runs = 0;

async function inputs() {
  const host = await fakeHost(sorting);
  hosts.push(host);
  runs += 1;
  const out = join(folder.path, `out-${runs}`);
  const policy = folder.file(`p-${runs}.yaml`, aPolicyText(host.baseUrl));
  return { host, out, policy, args: ['--policy', policy, '--corpus', folder.file('c.jsonl', aCorpus(5))] };
}

describe('the folder of a profile', () => {
  it('may be no file, nor lie below one', async () => {
    const { args, host } = await inputs();
    const file = folder.file('file.txt', 'x');
    for (const out of [file, join(file, 'below')]) {
      const { error } = await profile([...args, '--out', out]);
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toBe(`--out ${out}: is a file, or lies below one; name a folder.`);
    }
    expect(host.asked).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('says what is kept when the disk is full, and how to go on', async () => {
    const { args, out } = await inputs();
    mkdirSync(out);
    // A device that takes nothing.
    symlinkSync('/dev/full', join(out, 'answers.jsonl'));
    const { error } = await profile([...args, '--out', out]);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toBe(
      `${out}: no space is left on the disk. Every answer that was written before is kept; mend that and go on with --resume.`,
    );
  });

  it.runIf(process.platform === 'linux')('needs no answer twice when the disk was full at the end', async () => {
    const { args, out, policy, host } = await inputs();
    mkdirSync(out);
    symlinkSync('/dev/full', join(out, `profile.json.${process.pid}.tmp`));
    expect(String((await profile([...args, '--out', out])).error)).toContain('go on with --resume');
    expect((await profile([...args, '--out', out, '--resume'])).error).toBeUndefined();
    expect(host.asked).toHaveLength(15);

    const again = join(out, 'again');
    mkdirSync(again);
    symlinkSync('/dev/full', join(again, `outcomes.jsonl.${process.pid}.tmp`));
    const regrade = ['--policy', policy, '--regrade', join(out, 'outcomes.jsonl'), '--out', again];
    const { error } = await profile(regrade);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain('The answers are where they were; mend that and run it again.');
    expect((await profile(regrade)).error).toBeUndefined();
  });
});
