import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../bin/commands/command';
import { parsePolicy } from '../../../lib/core/policy/parse';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, labelOf, sorting } from './a-corpus';
import { type Asked, type FakeHost, fakeHost, type Reply } from './fake-host';
import { profile } from './run-profile';

const folder = scratch();
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => folder.remove());

let runs = 0;

interface Profiled {
  readonly text: string;
  readonly host: FakeHost;
  readonly out: string;
  readonly certificate: ReturnType<typeof certificateIn>;
}

async function profiled(
  reply: (asked: Asked) => Reply = sorting,
  textOf: (baseUrl: string) => string = aPolicyText,
): Promise<Profiled> {
  const host = await fakeHost(reply);
  hosts.push(host);
  runs += 1;
  const out = join(folder.path, `out-${runs}`);
  const text = textOf(host.baseUrl);
  const args = ['--policy', folder.file(`p-${runs}.yaml`, text), '--corpus', folder.file('c.jsonl', aCorpus(120))];
  const { error } = await profile([...args, '--out', out]);
  expect(error).toBeUndefined();
  return { text, host, out, certificate: certificateIn(out) };
}

function certificateIn(out: string) {
  const read = parsePolicy(readFileSync(join(out, 'policy.profiled.yaml'), 'utf8'), {
    variables: {},
    unset: 'warning',
  });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.policy.tasks.sort?.certificate;
}

/** Judges the recorded answers by this policy; `edit` changes the file of outcomes first. */
async function regraded({ out }: Profiled, text: string, edit: (line: string) => string = (line) => line) {
  runs += 1;
  const again = join(folder.path, `again-${runs}`);
  const lines = readFileSync(join(out, 'outcomes.jsonl'), 'utf8').trimEnd().split('\n').map(edit);
  const outcomes = folder.file(`outcomes-${runs}.jsonl`, `${lines.join('\n')}\n`);
  const policy = folder.file(`p-${runs}.yaml`, text);
  const { err, error } = await profile(['--policy', policy, '--regrade', outcomes, '--out', again]);
  expect(error).toBeUndefined();
  const { sort } = JSON.parse(readFileSync(join(again, 'profile.json'), 'utf8')).tasks;
  return { err, sort, certificate: certificateIn(again), out: again };
}

function tierText(id: string, baseUrl: string): string {
  return `${id}: { provider: openai-compatible, baseUrl: "${baseUrl}", model: ${id}-model, location: anywhere, contextWindow: 32768, price: { input: 1, output: 1 } }`;
}

describe('recorded answers', () => {
  it('certify what they certified while the tiers are asked as they were', async () => {
    const before = await profiled();
    expect(before.certificate).toMatchObject({ tier: 'large', models: { large: 'large-model' } });
    const { err, certificate, out } = await regraded(before, before.text);
    expect(certificate).toMatchObject({ tier: 'large' });
    expect(err).not.toContain('not measured');
    // What was made of them can be judged once more.
    const once = { ...before, out };
    expect((await regraded(once, before.text)).certificate).toMatchObject({ tier: 'large' });
  });

  it.each<[string, (text: string) => string, string]>([
    [
      'another model',
      (text) => text.replace('model: large-model', 'model: newer-model'),
      'its answers are of large-model, and the policy names newer-model',
    ],
    [
      'another prompt',
      (text) => text.replace('expectedOutputTokens', 'prompts: { large: "Be brief." }\n    expectedOutputTokens'),
      'its answers were given under other prompts than the policy has',
    ],
    [
      'context left out',
      (text) => text.replace('expectedOutputTokens', 'stripContext: true\n    expectedOutputTokens'),
      'its answers were given under other prompts than the policy has',
    ],
  ])('measure no tier that has %s by now, and certify none', async (_what, change, why) => {
    const before = await profiled();
    const { err, sort, certificate } = await regraded(before, change(before.text));
    expect(err).toContain(`tasks.sort: large is not measured, since ${why} (120 answers)`);
    expect(sort.tiers).not.toHaveProperty('large');
    expect(sort.certified.refused).toContain(`large is not counted: ${why}`);
    expect(certificate).toBeUndefined();
  });

  it.each<[string, (line: string) => string, string]>([
    [
      'the model is not told',
      (line) => JSON.stringify({ ...JSON.parse(line), asked: undefined, calls: undefined }),
      'nothing says which model gave its answers',
    ],
    [
      'only verdicts came',
      (line) => JSON.stringify({ ...JSON.parse(line), answers: {} }),
      'its verdicts came without the answers',
    ],
  ])('are shown and certify nothing where %s', async (_what, edit, why) => {
    const before = await profiled();
    const { err, sort, certificate, out } = await regraded(before, before.text, edit);
    expect(sort.tiers.large).toMatchObject({ n: 120, passes: 120 });
    expect(err).toContain(`tasks.sort: large is not certified, since ${why}`);
    expect(sort.certified.refused).toContain(why);
    expect(certificate).toBeUndefined();
    // It is not known any better after they were judged once.
    expect((await regraded({ ...before, out }, before.text)).certificate).toBeUndefined();
  });

  it('of other makers certify where they name the model, and nothing is put before', async () => {
    const before = await profiled();
    const plain = (line: string) => JSON.stringify({ ...JSON.parse(line), asked: undefined });
    expect((await regraded(before, before.text, plain)).certificate).toMatchObject({ tier: 'large' });
    const prompted = before.text.replace('expectedOutputTokens', 'prompts: { large: "Hm." }\n    expectedOutputTokens');
    const { certificate, sort } = await regraded(before, prompted, plain);
    expect(certificate).toBeUndefined();
    expect(sort.certified.refused).toContain('nothing says which prompt was put before its answers');
  });

  it('lose what a judge found that is another model now', async () => {
    const judging = (asked: Asked): Reply => {
      if (asked.body.max_completion_tokens !== 1024) return sorting(asked);
      const shown = JSON.stringify(asked.body.messages);
      const right = shown.includes(labelOf(/mail-\d+/.exec(shown)?.[0] ?? ''));
      return { say: JSON.stringify({ score: right ? 1 : 0 }), usage: { input: 20, output: 5 } };
    };
    const oracle = '[{ kind: judge, tier: judge, rubric: good, pass: 0.5 }]';
    const before = await profiled(judging, (baseUrl) =>
      aPolicyText(baseUrl, { oracle }).replace('tasks:', `  ${tierText('judge', baseUrl)}\ntasks:`),
    );
    expect(before.certificate).toMatchObject({ tier: 'large', judge: 'unvalidated', models: { judge: 'judge-model' } });
    expect((await regraded(before, before.text)).certificate).toMatchObject({ tier: 'large' });
    const { sort } = await regraded(before, before.text.replace('judge-model', 'newer-judge'));
    expect(sort.pending).toMatchObject({ large: 120 });
    expect(sort.certified).toHaveProperty('refused');
  });

  it('are told from the journal they were written to', async () => {
    const { out } = await profiled();
    const policy = folder.file('j.yaml', aPolicyText('http://127.0.0.1:9/v1'));
    const { error } = await profile(['--policy', policy, '--regrade', join(out, 'answers.jsonl'), '--out', out]);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain('this is the journal of a run; give the outcomes.jsonl');
  });
});
