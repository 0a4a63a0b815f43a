import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../bin/commands/command';
import { readCsv } from '../../../lib/core/analysis/profile/review/csv';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, labelOf, otherLabelOf, sorting } from './a-corpus';
import { type Asked, type FakeHost, fakeHost, type Reply } from './fake-host';
import { profile } from './run-profile';

const folder = scratch();
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => folder.remove());

async function aHost(reply: (asked: Asked, nth: number) => Reply): Promise<FakeHost> {
  const host = await fakeHost(reply);
  hosts.push(host);
  return host;
}

let runs = 0;

function inputs(policy: string, corpus: string): { args: string[]; policy: string; out: string } {
  runs += 1;
  const out = join(folder.path, `out-${runs}`);
  const file = folder.file(`policy-${runs}.yaml`, policy);
  return {
    policy: file,
    out,
    args: ['--policy', file, '--corpus', folder.file(`c-${runs}.jsonl`, corpus), '--out', out],
  };
}

function profileIn(out: string) {
  return JSON.parse(readFileSync(join(out, 'profile.json'), 'utf8'));
}

function outcomesIn(out: string) {
  return readFileSync(join(out, 'outcomes.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const JUDGE = '{ kind: judge, tier: large, rubric: right label, pass: 0.5 }';

function isJudging({ body }: Asked): boolean {
  return body.max_completion_tokens === 1024;
}

/** Answers as ever; as a judge it grades by whether the right label is in what it is shown. */
function sortingAndJudging(asked: Asked): Reply {
  if (!isJudging(asked)) return sorting(asked);
  const shown = JSON.stringify(asked.body.messages);
  const id = /mail-\d+/.exec(shown)?.[0] ?? '';
  const right = shown.replaceAll(/right label/g, '').includes(labelOf(id));
  return { say: JSON.stringify({ score: right ? 1 : 0 }), usage: { input: 200, output: 5 } };
}

describe('a judge among the oracles', () => {
  it('is asked about every answer that nothing else has failed, and booked apart', async () => {
    const host = await aHost(sortingAndJudging);
    const policy = aPolicyText(host.baseUrl, { oracle: `[{ kind: length, max: 6 }, ${JUDGE}]` });
    const { args, out } = inputs(policy, aCorpus(60));
    expect((await profile(args)).error).toBeUndefined();
    const judged = host.asked.filter(isJudging).length;
    const short = outcomesIn(out)
      .flatMap(({ answers }) => Object.values<string>(answers))
      .filter(({ length }) => length <= 6);
    expect(judged).toBe(short.length);
    expect(judged).toBeLessThan(180);
    const { sort } = profileIn(out).tasks;
    expect(sort.tiers.large.passRate).toBeLessThan(1);
    const [first] = outcomesIn(out).filter(({ quality }) => quality.small === 1);
    expect(first.calls.small).toMatchObject({ oracle: 'length, judge', judgeCostUsd: (200 * 10 + 5 * 20) / 1e6 });
    // Nothing that production asks on a direct route.
    expect(first.calls.small.gate).toBe(true);
    expect(outcomesIn(out).every(({ calls, answers }) => calls.small.gate === answers.small.length <= 6)).toBe(true);
  });

  it('decides in a cascade on the climb, even of answers that are wrong for other reasons', async () => {
    const host = await aHost(sortingAndJudging);
    const policy = aPolicyText(host.baseUrl, { oracle: `[{ kind: exact }, ${JUDGE}]`, route: 'cascade' });
    const { args, out } = inputs(policy, aCorpus(50));
    expect((await profile(args)).error).toBeUndefined();
    expect(host.asked.filter(isJudging)).toHaveLength(150);
    for (const { calls, quality } of outcomesIn(out)) expect(calls.small.gate).toBe(quality.small === 1);
    const { certified } = profileIn(out).tasks.sort;
    if ('tier' in certified) expect(certified.note).toContain('no person has validated');
  });

  it('is kept from prompts that may not go to it; their verdicts are still to come', async () => {
    const host = await aHost(sortingAndJudging);
    const policy = aPolicyText(host.baseUrl, { oracle: `[${JUDGE}]`, task: 'residency: vpc' });
    const { args, out } = inputs(policy, aCorpus(10));
    expect((await profile(args)).error).toBeUndefined();
    expect(host.asked.filter(({ model }) => model === 'large-model')).toEqual([]);
    expect(profileIn(out).tasks.sort).toMatchObject({ pending: { small: 10, mid: 10 }, tiers: {} });
  });

  it('that failed is asked again by --resume, and the tier is not', async () => {
    let down = true;
    const host = await aHost((asked) => (down && isJudging(asked) ? { status: 400 } : sortingAndJudging(asked)));
    const { args, out } = inputs(aPolicyText(host.baseUrl, { oracle: `[${JUDGE}]` }), aCorpus(10));
    expect((await profile(args)).error).toBeUndefined();
    expect(profileIn(out).tasks.sort.pending).toEqual({ small: 10, mid: 10, large: 10 });
    down = false;
    const before = host.asked.length;
    expect((await profile([...args, '--resume'])).error).toBeUndefined();
    const since = host.asked.slice(before);
    expect(since).toHaveLength(30);
    expect(since.every(isJudging)).toBe(true);
    expect(profileIn(out).tasks.sort).toMatchObject({ pending: {}, tiers: { large: { n: 10 } } });
  });
});

const MODULE = `
export function isLabel({ text, toolCalls }, expect, row) {
  if (row.id === 'mail-0004') throw new Error('no idea');
  if (!Array.isArray(toolCalls) || !row.messages[0].content.startsWith('sort ')) throw new Error('called wrongly');
  return text === expect;
}
export default async ({ text }, expect) => ({ pass: text === expect, detail: 'by default' });
export const nonsense = () => 'yes';
export const number = 1;
`;

describe('a code oracle', () => {
  it("judges by the user's own function; where it breaks the row is named and the verdict waits", async () => {
    const host = await aHost(sorting);
    folder.file('checks.mjs', MODULE);
    const policy = aPolicyText(host.baseUrl, { oracle: '[{ kind: code, module: ./checks.mjs, export: isLabel }]' });
    const { args, out } = inputs(policy, aCorpus(30));
    const { err, error } = await profile(args);
    expect(error).toBeUndefined();
    expect(err).toContain('row mail-0004: ./checks.mjs#isLabel: no idea');
    expect(err).toContain('code oracles broke on 3 answers');
    const { sort } = profileIn(out).tasks;
    expect(sort).toMatchObject({ pending: { small: 1, mid: 1, large: 1 }, tiers: { large: { n: 29, passes: 29 } } });
    expect(sort.tiers.small.passes).toBeLessThan(29);
    // It does not run in production, so nothing there sends an answer up.
    expect(sort.tiers.small).not.toHaveProperty('climb');
  });

  it("may be the module's default, and say what was wrong", async () => {
    const host = await aHost(sorting);
    folder.file('checks.mjs', MODULE);
    const policy = aPolicyText(host.baseUrl, { oracle: '[{ kind: code, module: checks.mjs, export: default }]' });
    const { args, out } = inputs(policy, aCorpus(30));
    await profile(args);
    const failed = outcomesIn(out).find(({ quality }) => quality.small === 0);
    expect(failed.calls.small).toMatchObject({ oracle: 'code', detail: 'by default' });
  });

  it('is told from one that says neither yes nor no', async () => {
    const host = await aHost(sorting);
    folder.file('checks.mjs', MODULE);
    const policy = aPolicyText(host.baseUrl, { oracle: '[{ kind: code, module: checks.mjs, export: nonsense }]' });
    const { args } = inputs(policy, aCorpus(2));
    const { err } = await profile(args);
    expect(err).toContain('row mail-0000: checks.mjs#nonsense: it must return true, false or { pass, detail }');
  });

  it.each([
    ['nowhere.mjs', 'isLabel', /tasks\.sort\.oracle\[0\]: .+nowhere\.mjs cannot be loaded: /],
    ['checks.mjs', 'number', /checks\.mjs exports no function "number"; it exports default, isLabel, nonsense\./],
  ])('is loaded before anything is paid for: %s#%s', async (module, name, message) => {
    const host = await aHost(sorting);
    folder.file('checks.mjs', MODULE);
    const policy = aPolicyText(host.baseUrl, { oracle: `[{ kind: code, module: ${module}, export: ${name} }]` });
    const { args } = inputs(policy, aCorpus(2));
    const { error } = await profile(args);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect(host.asked).toEqual([]);
  });
});

/** A sheet on which somebody has judged by what is right. */
function judgedSheet(out: string, verdict: (row: string, answer: string) => string): string {
  const [heading, ...rows] = readCsv(readFileSync(join(out, 'review.csv'), 'utf8'));
  const column = (name: string): number => (heading?.cells ?? []).indexOf(name);
  const cells = rows.map((row) => {
    const id = row.cells[column('id')] ?? '';
    return [id, verdict(id.replace(/#.*/, ''), row.cells[column('answer')] ?? '')];
  });
  return [['id', 'verdict'], ...cells].map((line) => `${line.join(',')}\n`).join('');
}

describe('people', () => {
  const byLabel = (row: string, answer: string) => (answer === labelOf(row) ? 'pass' : 'fail');

  it('are waited for, get a sheet, and have their verdicts read back without a call', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl, { oracle: '[{ kind: human }]' }), aCorpus(5));
    const { out: said, error } = await profile([...args, '--review', '100']);
    expect(error).toBeUndefined();
    expect(said).toContain('small: 5 answers wait for a verdict');
    expect(said).toContain('review.html');
    expect(profileIn(out).tasks.sort.pending).toEqual({ small: 5, mid: 5, large: 5 });
    const sheet = folder.file('sheet.csv', judgedSheet(out, byLabel));
    const { err } = await profile([...args, '--resume', '--human', sheet]);
    expect(err).toContain('15 verdicts of people read.');
    expect(host.asked).toHaveLength(15);
    expect(profileIn(out).tasks.sort).toMatchObject({ pending: {}, tiers: { large: { n: 5, passes: 5 } } });

    const stricter = folder.file(
      'stricter.csv',
      judgedSheet(out, () => 'fail'),
    );
    await profile([...args, '--resume', '--human', stricter]);
    expect(profileIn(out).tasks.sort.tiers.large).toMatchObject({ n: 5, passes: 0 });
    expect(host.asked).toHaveLength(15);
  });

  it('are told where their verdicts change nothing', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(5));
    await profile([...args, '--review', '4']);
    const sheet = folder.file('idle.csv', judgedSheet(out, byLabel));
    const { err, error } = await profile([...args, '--resume', '--human', sheet]);
    expect(error).toBeUndefined();
    expect(err).toContain('warning: 4 verdicts of people change nothing: ');
    const waiting = inputs(aPolicyText(host.baseUrl, { oracle: '[{ kind: human }]' }), aCorpus(5));
    await profile([...waiting.args, '--review', '4']);
    const used = folder.file('used.csv', judgedSheet(waiting.out, byLabel));
    expect((await profile([...waiting.args, '--resume', '--human', used])).err).not.toContain('change nothing');
  });

  it('tell how far a judge can be trusted', async () => {
    const host = await aHost(sortingAndJudging);
    const { args, out } = inputs(aPolicyText(host.baseUrl, { oracle: `[${JUDGE}]` }), aCorpus(40));
    await profile([...args, '--review', '60']);
    expect(profileIn(out).tasks.sort).not.toHaveProperty('judge');
    const asked = host.asked.length;
    const sheet = folder.file('judged.csv', judgedSheet(out, byLabel));
    await profile([...args, '--resume', '--human', sheet]);
    expect(host.asked).toHaveLength(asked);
    const { judge } = profileIn(out).tasks.sort;
    expect(judge).toMatchObject({ n: 60, agreement: expect.any(Number) });
    expect(judge.agreement).toBeGreaterThan(0.9);
  });
});

describe('--regrade', () => {
  it('judges recorded answers by changed oracles, with no tier in reach', async () => {
    const host = await aHost(sortingAndJudging);
    const text = aPolicyText(host.baseUrl, { oracle: `[{ kind: exact }, ${JUDGE}]`, route: 'cascade' });
    const { args, policy, out } = inputs(text, aCorpus(70));
    await profile([...args, '--stability', '1']);
    const before = profileIn(out);
    await host.close();

    const again = join(out, 'again');
    const regrade = ['--policy', policy, '--regrade', join(out, 'outcomes.jsonl')];
    expect((await profile([...regrade, '--out', again])).error).toBeUndefined();
    const { sort } = profileIn(again).tasks;
    expect(sort.tiers).toEqual(before.tasks.sort.tiers);
    expect(sort.certified).toEqual(before.tasks.sort.certified);
    expect(sort.stability).toEqual(before.tasks.sort.stability);
    expect(sort.baseline.inputs).toEqual(before.tasks.sort.baseline.inputs);

    writeFileSync(policy, text.replace('{ kind: exact }', '{ kind: regex, pattern: "^(bug|other)$" }'));
    const { error, out: said } = await profile([...regrade, '--out', again]);
    expect(error).toBeUndefined();
    const rows = outcomesIn(again);
    const right = rows.filter(({ answers }) => answers.large === 'bug');
    expect(profileIn(again).tasks.sort.tiers.large).toMatchObject({ n: 70, passes: right.length });
    expect(said).toContain('0 calls made');
  });

  it('takes what rows expect from a corpus, where one is named', async () => {
    const host = await aHost(sorting);
    const { args, policy, out } = inputs(aPolicyText(host.baseUrl), aCorpus(40));
    await profile(args);
    await host.close();
    const corpus = folder.file(
      'changed.jsonl',
      aCorpus(40, (id) => (id < 'mail-0010' ? { expect: otherLabelOf(id) } : {})),
    );
    const again = join(out, 'again');
    const { error } = await profile([
      ...['--policy', policy, '--regrade', join(out, 'outcomes.jsonl')],
      ...['--corpus', corpus, '--out', again],
    ]);
    expect(error).toBeUndefined();
    expect(profileIn(again).tasks.sort.tiers.large).toMatchObject({ n: 40, passes: 30 });
  });

  it('leaves a verdict open that only a judge could give, and asks none', async () => {
    const host = await aHost(sortingAndJudging);
    const { args, policy, out } = inputs(aPolicyText(host.baseUrl), aCorpus(20));
    await profile(args);
    const asked = host.asked.length;
    writeFileSync(policy, aPolicyText(host.baseUrl, { oracle: `[${JUDGE}]` }));
    const again = join(out, 'again');
    expect(
      (await profile(['--policy', policy, '--regrade', join(out, 'outcomes.jsonl'), '--out', again])).error,
    ).toBeUndefined();
    expect(host.asked).toHaveLength(asked);
    expect(profileIn(again).tasks.sort.pending).toEqual({ small: 20, mid: 20, large: 20 });
  });

  it('reads outcomes of other makers, which tell less', async () => {
    const outcomes = folder.file(
      'other.jsonl',
      `${JSON.stringify({ id: '1', task: 'sort', prompt: 'p', quality: { small: 1 }, expect: 'bug' })}\n` +
        `${JSON.stringify({ id: '2', task: 'sort', prompt: 'q', quality: { small: 1 }, answers: { small: 'no' }, expect: 'bug' })}\n`,
    );
    const out = join(folder.path, 'others');
    const policy = folder.file('others.yaml', aPolicyText('http://127.0.0.1:9/v1'));
    expect((await profile(['--policy', policy, '--regrade', outcomes, '--out', out])).error).toBeUndefined();
    // The first has no words to judge, so it keeps its verdict.
    expect(profileIn(out).tasks.sort.tiers).toMatchObject({ small: { n: 2, passes: 1 } });
  });

  it('names every line that is none', async () => {
    const outcomes = folder.file(
      'bad.jsonl',
      'x\n{"id":"1","task":"sort","prompt":"p","expect":"bug","quality":{"huge":1}}\n',
    );
    const policy = folder.file('bad.yaml', aPolicyText('http://127.0.0.1:9/v1'));
    const { error } = await profile(['--policy', policy, '--regrade', outcomes]);
    expect(String(error)).toContain('bad.jsonl:1: not JSON');
    expect(String(error)).toContain('bad.jsonl:2: there is no tier huge; the policy has small, mid, large');
  });
});
