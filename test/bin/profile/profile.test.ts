import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../bin/commands/command';
import { parsePolicy } from '../../../lib/core/policy/parse';
import { scratch } from '../command-line';
import { aCorpus, aPolicyText, sorting } from './a-corpus';
import { type FakeHost, fakeHost } from './fake-host';
import { CommanderError, profile } from './run-profile';

const folder = scratch();
const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => folder.remove());

async function aHost(...args: Parameters<typeof fakeHost>): Promise<FakeHost> {
  const host = await fakeHost(...args);
  hosts.push(host);
  return host;
}

let runs = 0;

/** A policy, a corpus and a folder of their own, as the command takes them. */
function inputs(policy: string, corpus: string): { args: string[]; out: string } {
  runs += 1;
  const out = join(folder.path, `out-${runs}`);
  const args = [
    '--policy',
    folder.file(`policy-${runs}.yaml`, policy),
    '--corpus',
    folder.file(`c-${runs}.jsonl`, corpus),
  ];
  return { args: [...args, '--out', out], out };
}

function readJson(...path: string[]) {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

function readLines(...path: string[]) {
  return readFileSync(join(...path), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('tierwise profile', () => {
  it('asks every row of every tier once and writes what follows', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(200));
    const { out: said, err, error } = await profile(args);
    expect(error).toBeUndefined();
    expect(host.asked).toHaveLength(600);
    expect(new Set(host.asked.map(({ model, prompt }) => `${model} ${prompt}`)).size).toBe(600);

    const written = readJson(out, 'profile.json');
    expect(written).toMatchObject({
      schema: 1,
      policy: { id: 'sorting', version: expect.stringMatching(/^file-/) },
      corpus: { n: 200, byTask: { sort: 200 } },
      tiers: { small: { model: 'small-model', inputTokens: 100, latencyMs: { p50: expect.any(Number) } } },
      tasks: {
        sort: {
          ladder: ['small', 'mid', 'large'],
          tiers: { large: { n: 200, passes: 200, passRate: 1, high: 1, verdict: 'route' } },
          certified: { tier: expect.any(String), risk: 0.05, confidence: 0.95 },
          worth: { stability: null, why: expect.any(String) },
          baseline: { n: 200, profile: expect.stringMatching(/^sorting-/), inputs: expect.any(Object) },
        },
      },
    });
    const { small } = written.tasks.sort.tiers;
    expect(small.passes / small.n).toBeCloseTo(0.7, 1);
    expect(small.climb).toBeCloseTo(1 - small.passRate, 9);

    const outcomes = readLines(out, 'outcomes.jsonl');
    expect(outcomes).toHaveLength(200);
    expect(outcomes[3]).toMatchObject({ id: 'mail-0003', task: 'sort', prompt: 'sort mail-0003', source: 'profile' });
    for (const member of ['quality', 'answers', 'inputTokens', 'outputTokens', 'latencyMs', 'costUsd'])
      expect(Object.keys(outcomes[3][member])).toEqual(['small', 'mid', 'large']);
    const cost = outcomes.reduce((sum, { costUsd }) => sum + costUsd.large, 0);
    expect(written.tiers.large.meanCostUsd).toBeCloseTo(cost / 200, 12);

    const profiled = parsePolicy(readFileSync(join(out, 'policy.profiled.yaml'), 'utf8'), {
      variables: {},
      unset: 'fault',
    });
    expect(profiled).toMatchObject({
      ok: true,
      policy: { tasks: { sort: { start: written.tasks.sort.certified.tier, certificate: { risk: 0.05 } } } },
    });
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Projected for 1,000,000 requests a month (an ex');
    expect(said).toMatch(/\n? *task +tier +n +pass rate +interval +verdict/);
    expect(said).toMatch(/\nsort: certified: \w+ fails at most 5 % at 95 %/);
    expect(said).toContain(join(out, 'report.html'));
    expect(err).toContain('no rows, so left out: idle');
  });

  it('prints one document with --json, and exits well although a certificate is refused', async () => {
    const host = await aHost(sorting);
    const { args } = inputs(aPolicyText(host.baseUrl), aCorpus(20));
    const { out, err, error } = await profile([...args, '--json']);
    expect(error).toBeUndefined();
    expect(out.trimEnd()).not.toContain('\n');
    const document = JSON.parse(out);
    expect(document).toMatchObject({
      ok: true,
      asked: 60,
      files: { profile: expect.stringContaining('profile.json') },
    });
    expect(document.tasks.sort.certified).toEqual({ refused: expect.any(String), needed: expect.any(Number) });
    expect(err).toContain('sort: 20 rows are too few to certify anything; 59 without a failure are the least');
  });

  it('says from which volume on the saving covers the router, and goes by the volume there is', async () => {
    const host = await aHost(sorting);
    const policy = aPolicyText(host.baseUrl)
      .replaceAll('large-model', 'mid-model')
      .replace('input: 10,', 'input: 1000,');
    const { args } = inputs(policy.replace('ladder: [small, mid, large]', 'ladder: [small, large]'), aCorpus(200));
    const { worth } = JSON.parse((await profile([...args, '--json'])).out).tasks.sort;
    const { requests, fixedMonthlyUsd, requestUsd } = worth.breakEven;
    expect(worth.recommendation).toBe('route');
    expect(requestUsd).toBeGreaterThan(0);
    expect(requests).toBe(Math.ceil(fixedMonthlyUsd / (-worth.references.difference.costUsd - requestUsd)));
    const at = async (volume: number) => {
      const { out } = await profile([...args, '--resume', '--json', '--volume', String(volume)]);
      return JSON.parse(out).tasks.sort.worth;
    };
    expect(await at(requests - 1)).toMatchObject({
      recommendation: 'single-tier',
      why: expect.stringMatching(
        /the saving covers the router's own bill from [\d,]+ requests a month on, and there are /,
      ),
    });
    expect((await at(requests)).recommendation).toBe('route');
  });

  it.each([
    { name: 'of the volume that is given', args: ['--volume', '250000'], traffic: '', says: '250,000' },
    {
      name: "of the policy's own traffic",
      args: [],
      traffic: 'traffic: { monthlyRequests: 3000000 }\n',
      says: '3,000,000',
    },
  ])('puts the bill into the report, $name', async ({ args: more, traffic, says }) => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl) + traffic, aCorpus(40));
    const { error } = await profile([...args, ...more]);
    expect(error).toBeUndefined();
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report).toContain(`Projected for ${says} requests a month: $`);
    expect(report).toContain('<h2 id="bill">Projected bill</h2>');
  });

  it('says in the report which tiers a simulated model answered for', async () => {
    const host = await aHost(sorting);
    const policy = aPolicyText(host.baseUrl).replaceAll('small-model', 'small-model-simulated');
    const { args, out } = inputs(policy, aCorpus(40));
    await profile(args);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(
      'Simulated models answered: for small by their own account',
    );
  });

  it('asks the tiers it is told, and some rows several times', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(80));
    const { error } = await profile([...args, '--tiers', 'small, large', '--stability', '2', '--seed', '7']);
    expect(error).toBeUndefined();
    expect(host.asked).toHaveLength(2 * (80 + 2 * 30));
    expect(new Set(host.asked.map(({ model }) => model))).toEqual(new Set(['small-model', 'large-model']));
    const { sort } = readJson(out, 'profile.json').tasks;
    expect(sort.stability).toMatchObject({ rows: 30, stability: 1, flips: { small: 0, large: 0 } });
    expect(sort.worth.stability).toBe(1);
    expect(Object.keys(sort.tiers)).toEqual(['small', 'large']);
    expect(readLines(out, 'outcomes.jsonl').filter(({ repeats }) => repeats?.length === 4)).toHaveLength(30);
  });

  it('finds that verdicts flip, and routes such a task by no confidence', async () => {
    const host = await aHost((asked, nth) => (nth % 2 === 0 ? sorting(asked) : { say: 'other' }));
    const { args, out } = inputs(aPolicyText(host.baseUrl), aCorpus(40));
    await profile([...args, '--stability', '4', '--concurrency', '3']);
    const { sort } = readJson(out, 'profile.json').tasks;
    expect(sort.stability.stability).toBeLessThan(0.9);
    expect(sort.stability.confidenceRouting).toBe(false);
  });

  it('keeps every row from tiers that a guard excludes, and says so', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl, { task: 'residency: vpc' }), aCorpus(60));
    const { out: said, error } = await profile(args);
    expect(error).toBeUndefined();
    expect(host.asked.filter(({ model }) => model === 'large-model')).toEqual([]);
    expect(host.asked).toHaveLength(120);
    const { sort } = readJson(out, 'profile.json').tasks;
    expect(sort).toMatchObject({ exclusions: { large: { residency: 60 } }, excluded: { large: 60 } });
    expect(said).toContain('large: rows kept from it by guards (residency 60)');
  });

  it('keeps a row from a tier that is not on the ladder as well', async () => {
    const host = await aHost(sorting);
    const text = aPolicyText(host.baseUrl, { task: 'residency: vpc' }).replace('[small, mid, large]', '[small, mid]');
    const { args } = inputs(text, aCorpus(5));
    await profile([...args, '--tiers', 'small,large']);
    expect(new Set(host.asked.map(({ model }) => model))).toEqual(new Set(['small-model']));
  });

  it("puts a tier's own prompt before the row's, as in production", async () => {
    const host = await aHost(sorting);
    const { args } = inputs(aPolicyText(host.baseUrl, { task: 'prompts: { small: "Be brief." }' }), aCorpus(1));
    await profile(args);
    const said = Object.fromEntries(host.asked.map(({ model, body }) => [model, body.messages]));
    expect(said['small-model']).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'sort mail-0000' },
    ]);
    expect(said['mid-model']).toEqual([{ role: 'user', content: 'sort mail-0000' }]);
  });

  it('asks for token probabilities where a threshold on them is looked for, and calibrates', async () => {
    const host = await aHost(sorting);
    const { args, out } = inputs(aPolicyText(host.baseUrl, { route: 'cascade' }), aCorpus(120));
    await profile(args);
    expect(host.asked.every(({ body }) => body.logprobs === true && body.top_logprobs === 2)).toBe(true);
    const { calibration } = readJson(out, 'profile.json').tasks.sort;
    expect(calibration.small).toMatchObject({ n: 120 });
    expect(readLines(out, 'outcomes.jsonl')[0].calls.small.margin).toBeGreaterThan(0);
  });

  it('reaches the tiers through a deployed router', async () => {
    const host = await aHost(sorting);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the policy, unset here.
    const policy = aPolicyText('${NOWHERE}', { task: 'prompts: { small: "Be brief." }' });
    const { args, out } = inputs(policy, aCorpus(40));
    const { error } = await profile([...args, '--via', host.baseUrl.replace('/v1', ''), '--key', 'sk-router']);
    expect(error).toBeUndefined();
    expect(new Set(host.asked.map(({ model }) => model))).toEqual(new Set(['tier:small', 'tier:mid', 'tier:large']));
    for (const { headers, body } of host.asked) {
      expect(headers).toMatchObject({ authorization: 'Bearer sk-router', 'x-tierwise-task': 'sort' });
      expect(body.messages).toHaveLength(1);
    }
    const { tiers, tasks } = readJson(out, 'profile.json');
    expect(tiers.small.model).toBe('small-model');
    expect(tiers.small.meanCostUsd).toBeGreaterThan(100e-6);
    expect(tasks.sort.tiers.large.n).toBe(40);
  });

  it.each([
    [['--concurrency', '0'], 'Give a whole number from 1 to 1000.'],
    [['--max-cost', '0'], 'Give USD above 0.'],
    [['--stability', 'some'], 'Give a whole number from 0 to 100.'],
  ])('refuses %j', async (args, message) => {
    const { error } = await profile(['--policy', 'p', '--corpus', 'c', ...args]);
    expect(error).toBeInstanceOf(CommanderError);
    expect((error as CommanderError).message).toContain(message);
  });

  it.each<[string, string[], string]>([
    ['no corpus', [], 'Name the corpus: --corpus FILE'],
    ['a corpus from standard input', ['--corpus', '-'], 'name a file or a folder'],
    ['a corpus that is not there', ['--corpus', 'nowhere.jsonl'], 'nowhere.jsonl: no such file.'],
    ['a key for nobody', ['--corpus', 'c', '--key', 'k'], '--key is for --via'],
    [
      'asking and not asking',
      ['--regrade', 'o', '--resume', '--max-cost', '1'],
      'so --resume, --max-cost cannot go with it',
    ],
    ['no address', ['--corpus', '.', '--via', 'nowhere'], 'the folder has no *.jsonl files'],
  ])('refuses %s', async (_name, args, message) => {
    const policy = folder.file('plain.yaml', aPolicyText('http://127.0.0.1:9/v1'));
    const { error } = await profile(['--policy', policy, ...args]);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(message);
  });

  it('refuses a tier nobody has, and a router without an address', async () => {
    const { args, out } = inputs(aPolicyText('http://127.0.0.1:9/v1'), aCorpus(1));
    expect(String((await profile([...args, '--tiers', 'small,huge'])).error)).toContain(
      'the policy has no tier huge; it has small, mid, large.',
    );
    expect(String((await profile([...args, '--via', 'nowhere'])).error)).toContain('give the address of a router');
    expect(existsSync(join(out, 'profile.json'))).toBe(false);
  });
});
