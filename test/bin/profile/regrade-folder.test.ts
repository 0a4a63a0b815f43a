import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../bin/commands/command';
import { ownMark } from '../../../lambda/shared/store/process-mark';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, labelOf } from './a-corpus';
import { profile } from './run-profile';

const folder = scratch();
afterAll(() => folder.remove());

const POLICY = folder.file('policy.yaml', aPolicyText('http://127.0.0.1:9/v1'));
const OUTCOMES = folder.file(
  'outcomes.jsonl',
  aCorpus(4, (id) => ({ answers: { small: labelOf(id) } })),
);

describe('judging recorded answers anew', () => {
  it('keeps out of a folder in which another run is at work, and lets go of it at the end', async () => {
    const out = join(folder.path, 'locked');
    const args = ['--policy', POLICY, '--regrade', OUTCOMES, '--out', out];
    const lock = join(out, '.tierwise-profile.lock');
    const { pid, started, space } = ownMark();
    mkdirSync(out);
    writeFileSync(lock, `${pid} ${started} ${space}`);
    const { error } = await profile(args);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(`${out}: another run is at work there (process ${pid})`);
    expect(readdirSync(out)).toEqual(['.tierwise-profile.lock']);
    writeFileSync(lock, `${pid} 1 ${space}`);
    expect((await profile(args)).error).toBeUndefined();
    expect(readdirSync(out).sort()).toEqual(['outcomes.jsonl', 'policy.profiled.yaml', 'profile.json', 'report.html']);
  });

  it('refuses a corpus, which holds no answers', async () => {
    const corpus = folder.file('corpus.jsonl', aCorpus(4));
    const out = join(folder.path, 'unmade');
    const { error } = await profile(['--policy', POLICY, '--regrade', corpus, '--out', out]);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toBe(`${corpus}: holds no answers; did you mean --corpus?`);
  });
});
