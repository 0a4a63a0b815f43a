import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../bin/commands/command';
import { registerProject } from '../../bin/commands/project';
import type { Projection } from '../../lib/core/analysis/project/projection';
import { aMeasuredTask, aMeasuredTier, aProfile } from '../core/analysis/project/a-profile';
import { scratch } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());

const POLICY = join(import.meta.dirname, '../../examples/policies/hybrid.yaml');
const MEASURED = aProfile({
  tiers: {
    small: aMeasuredTier({ model: 'llama-3.1-8b-instruct', price: { hourly: 1.861, tokensPerSecond: 2600 } }),
    mid: aMeasuredTier({ model: 'eu.amazon.nova-2-lite-v1:0', price: { input: 0.33, output: 2.75 } }),
    frontier: aMeasuredTier({ model: 'claude-opus-5-5', price: { input: 4, output: 20 } }),
  },
  tasks: {
    'ticket-triage': aMeasuredTask(
      { small: 0.96, mid: 0.97, frontier: 0.99 },
      { baseline: { upRouteRate: 0.05, climbRate: 0.07, mix: { small: 0.88, mid: 0.1, frontier: 0.02 } } },
    ),
    'field-extraction': aMeasuredTask({ small: 0.9, mid: 0.97 }),
    summarising: aMeasuredTask({ mid: 0.97, frontier: 0.99 }),
  },
});
const PROFILE = folder.file('profile.json', JSON.stringify(MEASURED));
const BARE = ['--profile', PROFILE, '--volume', '1000000'];
const WHOLE = [...BARE, '--policy', POLICY];

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly error?: unknown;
}

/** Runs the command in a program of its own; what it throws is what the command line prints. */
async function ran(args: readonly string[], input = ''): Promise<Ran> {
  let out = '';
  let err = '';
  const program = new Command('tierwise').exitOverride().configureOutput({
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  registerProject(program, {
    out: (text) => {
      out += `${text}\n`;
    },
    err: (text) => {
      err += `${text}\n`;
    },
    readStdin: async () => input,
    environment: {},
  });
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(['project', ...args], { from: 'user' });
    return { out, err };
  } catch (error) {
    return { out, err, error };
  }
}

async function projected(args: readonly string[], input = ''): Promise<Projection> {
  const { out, error } = await ran([...args, '--json'], input);
  if (error !== undefined) throw error;
  expect(out.trimEnd()).not.toContain('\n');
  return JSON.parse(out);
}

describe('tierwise project', () => {
  it('prints the projection as one JSON document, by the names of the contract', async () => {
    const projection = await projected(WHOLE);
    expect(projection).toMatchObject({
      ok: true,
      volume: 1_000_000,
      stage: 'hybrid',
      formula: { V: 1_000_000, F: expect.any(Number), effectiveMonthlyUsd: expect.any(Number) },
      gpu: { hours: 720, idleShare: expect.any(Number), usd: expect.closeTo(720 * 1.861, 9) },
      hiddenCosts: {},
      saving: { usd: expect.any(Number), share: expect.any(Number) },
      payBackMonths: null,
    });
    const names = ['perTier', 'monthlyUsd', 'allFrontierUsd', 'allCheapestUsd', 'infrastructureUsd'];
    expect(Object.keys(projection)).toEqual(expect.arrayContaining([...names, 'breakEvenRequests', 'why']));
    expect(['route', 'all-cheap', 'all-frontier', 'api-only', 'hybrid', 'self-hosted']).toContain(
      projection.recommendation,
    );
    expect(Object.keys(projection.formula)).toEqual(expect.arrayContaining(['V', 'R', 'C_r', 'S', 'O', 'F', 'C_f']));
    const tiers = Object.values(projection.perTier).reduce((sum, { usd }) => sum + usd, 0);
    expect(tiers + projection.infrastructureUsd).toBeCloseTo(projection.monthlyUsd, 9);
  });

  it('takes mix, prices and GPUs from the policy', async () => {
    const { perTask, gpu } = await projected(WHOLE);
    // Weights 42, 29 and 7.
    expect(perTask['ticket-triage']?.share).toBeCloseTo(42 / 78, 12);
    expect(perTask['field-extraction']?.tiers).not.toHaveProperty('frontier');
    expect(gpu.perTier.small).toMatchObject({ min: 1, max: 4 });
  });

  it('says of tiers that were not measured just that', async () => {
    const tasks = { 'ticket-triage': aMeasuredTask({ other: 0.9 }, { ladder: ['other'] }) };
    const profile = folder.file('others.json', JSON.stringify({ ...MEASURED, tasks }));
    const { options, why } = await projected(['--profile', profile, '--volume', '1000000', '--policy', POLICY]);
    const against = options.flatMap((option) => option.against).join('; ');
    expect(against).toMatch(/\w+ was not measured on ticket-triage/);
    expect(`${against} ${why}`).not.toContain('misses');
  });

  it('prints a report that leads with the verdict and shows what it rests on', async () => {
    const { out, err } = await ran([...WHOLE, '--hidden', 'migration-risk=400', '--revenue', '20000']);
    expect(err).toBe('');
    expect(out).toMatch(
      /^Recommended: \S+\. .+ a month.+\nRule of thumb by volume: hybrid\. It (agrees|differs: .+)\.\n/,
    );
    expect(out).toMatch(/\n1,000,000 requests a month \(30 days\), policy hybrid version file-[0-9a-f]{12}\n/);
    expect(out).toMatch(/\n {2}migration-risk +\$400\.00 +hidden cost\n/);
    expect(out).toMatch(/\nFormula: V x \(R x C_r \+ S x O \+ F x C_f\) = \$[\d,.]+ for the tiers\n {2}V +1,000,000 /);
    for (const variable of ['R', 'C_r', 'S', 'O', 'F', 'C_f'])
      expect(out).toMatch(new RegExp(`\n {2}${variable} +\\S`));
    expect(out).toContain('Found in articles: (V x R x C_r) + (S x O) + (F x C_f) = ');
    expect(out).toContain('dimensionally wrong');
    expect(out).toMatch(/\nGPUs: 720 hours, [\d.]+ % of them idle\n/);
    for (const change of ['price-down-40', 'escalation-up-15', 'volume-x10']) expect(out).toContain(`\n  ${change} `);
    expect(out).toMatch(/\n {2}margin +[\d.]+ % +[\d.]+ % with the frontier alone\n/);
    expect(out).toContain('22.0 % of the declared traffic has no profile; left out');
    expect(out).toMatch(/\n {2}projection: \{ monthlyUsd: [\d.]+, perTier: \{ small: [\d.]+, mid: /);
    expect(out).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('replaces assumptions and unit prices, adds hidden costs and people', async () => {
    const plain = await projected(WHOLE);
    const other = await projected([
      ...WHOLE,
      ...['--assume', 'retryShare=0', '--assume', 'promptCacheShare=0.5', '--rate', 'metric=0'],
      ...[
        '--hidden',
        'latency churn=12.5',
        '--hidden',
        'residency-work=100',
        '--engineers',
        '3',
        '--engineer-usd',
        '9000',
      ],
    ]);
    expect(other.assumptions).toMatchObject({ retryShare: 0, promptCacheShare: 0.5, engineerUsd: 9000 });
    expect(other.rates.metric).toBe(0);
    expect(other.hiddenCosts).toEqual({ 'latency churn': 12.5, 'residency-work': 100 });
    expect(other.people).toMatchObject({ engineers: 3, buildUsd: 3 * 9000 * 2 });
    expect(other.perPurpose.retry.usd).toBe(0);
    expect(plain.infrastructureUsd - other.infrastructureUsd).toBeGreaterThan(0);
  });

  it('shapes the day by a file, and takes the profile from standard input', async () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 100 : 0));
    const file = folder.file('hourly.txt', hours.join('\n'));
    const json = folder.file('hourly.json', JSON.stringify(hours));
    const args = ['--profile', '-', '--volume', '50000000', '--policy', POLICY, '--hourly'];
    const peaked = await projected([...args, file], JSON.stringify(MEASURED));
    expect(peaked.gpu.perTier.small?.replicasByHour[12]).toBe(4);
    expect(peaked.gpu.perTier.small?.replicasByHour[3]).toBe(1);
    expect(peaked.gpu.perTier.small?.overflowShare).toBeGreaterThan(0);
    expect((await projected([...args, json], JSON.stringify(MEASURED))).gpu).toEqual(peaked.gpu);
  });

  it('calls nothing recommended where nothing can be done, and says what comes nearest', async () => {
    const tasks = {
      'ticket-triage': aMeasuredTask({ small: 0.8, mid: 0.9, frontier: 0.99 }),
      'field-extraction': aMeasuredTask({ small: 0.9, mid: 0.97 }),
    };
    const file = folder.file('hard.json', JSON.stringify({ ...MEASURED, tasks }));
    const args = ['--profile', file, '--volume', '1000000', '--policy', POLICY, '--engineers', '0'];
    const { out } = await ran(args);
    expect(out).toMatch(/^Nothing can be done as given; nearest: \S+\. What stands against each: .+ 0 there/);
    expect(out).not.toContain('Recommended');
    expect(await projected(args)).toMatchObject({ feasible: false });
    expect(await projected([...WHOLE, '--engineers', '5'])).toMatchObject({ feasible: true });
  });

  it('calls what is not known of the policy by the name of the profiled one', async () => {
    const baseline = { ...MEASURED.tasks['ticket-triage']?.baseline, mix: { small: 0.9, mid: 0.1 } };
    const byStart = { small: { n: 9, begins: { small: 1 }, mix: { small: 0.9, mid: 0.1 } } };
    const way = { ...byStart.small, begins: { small: 0.8, mid: 0.2 } };
    const rules = [{ when: { tokensAbove: 1500 }, tier: 'mid' }];
    const routing = {
      route: 'direct',
      start: 'small',
      choosing: { strategy: ['rules'], rules },
      profiled: way,
      byStart,
    };
    const task = { ...aMeasuredTask({ small: 0.96, mid: 0.97, frontier: 0.99 }), baseline, routing };
    const file = folder.file('ruled.json', JSON.stringify({ ...MEASURED, tasks: { 'ticket-triage': task } }));
    const of = (policy: string) => ['--profile', file, '--volume', '1000000', '--policy', policy];
    const same = await ran(of(POLICY));
    expect(same.out).toMatch(/\n {2}this policy +\$/);
    const other = folder.file(
      'other.yaml',
      readFileSync(POLICY, 'utf8').replace('tokensAbove: 1500', 'tokensAbove: 900'),
    );
    const differing = await ran(of(other));
    expect(differing.out).toMatch(/\n {2}the profiled policy +\$/);
    expect(differing.out).toContain(
      'ticket-triage is not routed as it was profiled (its strategies or rules), and where',
    );
    const { notes, routedAs } = await projected(of(other));
    expect(notes.join()).toContain('ticket-triage is not routed as it was profiled');
    expect(routedAs).toBe('profile');
  });

  it('does without a policy, and says what it then does not know', async () => {
    const { frontier, notes } = await projected(BARE);
    expect(frontier).toBe('frontier');
    expect(notes[0]).toMatch(/^no policy was given: prices are those of the profile/);
  });

  it('takes the number of requests from the policy where it is not given', async () => {
    const text = readFileSync(POLICY, 'utf8');
    const file = folder.file(
      'traffic.yaml',
      `${text}\ntraffic: { monthlyRequests: 123456 }\nhiddenCosts: { churn: 7 }\n`,
    );
    const { volume, hiddenCosts } = await projected(['--profile', PROFILE, '--policy', file]);
    expect([volume, hiddenCosts]).toEqual([123_456, { churn: 7 }]);
  });

  it('explains itself', async () => {
    const { out, error } = await ran(['--help']);
    expect(error).toBeInstanceOf(CommanderError);
    for (const option of ['--profile', '--volume', '--hidden', '--hourly', '--assume', '--rate', '--json'])
      expect(out).toContain(option);
    expect(out).toContain('retryShare');
    expect(out).toContain('lambdaGbSecond');
  });
});

describe('tierwise project refuses', () => {
  const broken = { ...MEASURED, tiers: { small: { ...MEASURED.tiers.small, inputTokens: 'many' } } };
  const priceless = { ...MEASURED, tiers: { small: aMeasuredTier({ price: 'cheap' }) } };
  const file = (name: string, content: unknown) => folder.file(name, JSON.stringify(content));

  it.each<[string, () => readonly string[], string]>([
    [
      'a profile that is not there',
      () => ['--profile', 'nowhere.json', '--volume', '1'],
      'nowhere.json: no such file.',
    ],
    [
      'a profile that is not JSON',
      () => ['--profile', folder.file('bad.json', '{'), '--volume', '1'],
      'bad.json: not JSON: give a profile, as tierwise profile writes it.',
    ],
    [
      'a policy in its place',
      () => ['--profile', POLICY, '--volume', '1'],
      'hybrid.yaml: not JSON: give a profile, as',
    ],
    [
      'a profile that says nothing',
      () => ['--profile', file('nothing.json', {}), '--volume', '1'],
      'is not a profile, as tierwise profile writes it:\n  schema: is required; allowed: 1\n  policy: is required: a mapping\n',
    ],
    [
      'a profile with a wrong member',
      () => ['--profile', file('broken.json', broken), '--volume', '1'],
      'tiers.small.inputTokens: must be a number; given "many"',
    ],
    [
      'a pass rate above 1',
      () => {
        const task = aMeasuredTask({ small: 1.5 });
        return ['--profile', file('rate.json', { ...MEASURED, tasks: { task } }), '--volume', '1'];
      },
      'tasks.task.tiers.small.passRate: must be at most 1; given 1.5',
    ],
    [
      'a profile without prices and no policy',
      () => ['--profile', file('priceless.json', priceless), '--volume', '1'],
      'priceless.json: tiers.small.price is no price; name a policy that has one.',
    ],
    [
      'a profile of other tasks',
      () => {
        const tasks = { other: aMeasuredTask({ small: 0.9 }) };
        return ['--profile', file('other.json', { ...MEASURED, tasks }), '--volume', '1', '--policy', POLICY];
      },
      'other.json: no task of the profile (other) has traffic and a tier in the policy.',
    ],
    [
      'a profile in which every call failed',
      () => {
        const tasks = { 'ticket-triage': aMeasuredTask({}, { ladder: ['small', 'mid'] }) };
        const blank = file('blank.json', { ...MEASURED, tiers: {}, tasks });
        return ['--profile', blank, '--volume', '1', '--policy', POLICY];
      },
      'blank.json: no answer to ticket-triage has a verdict, so there is nothing to project; profile again.',
    ],
    ['no number of requests', () => ['--profile', PROFILE], 'Say how many requests a month: --volume N'],
    [
      'two things on standard input',
      () => ['--profile', '-', '--policy', '-', '--volume', '1'],
      'cannot both come from standard input',
    ],
    [
      'a hidden cost without an amount',
      () => [...BARE, '--hidden', 'churn'],
      '--hidden churn: write it as name=number.',
    ],
    ['a hidden cost that is a credit', () => [...BARE, '--hidden', 'x=-1'], '--hidden x=-1: give USD a month from 0.'],
    [
      'an assumption nobody makes',
      () => [...BARE, '--assume', 'luck=1'],
      'there is no such name; allowed: retryShare, ',
    ],
    ['a share above 1', () => [...BARE, '--assume', 'retryShare=2'], 'give a share from 0 to 1'],
    ['GPUs that may not be used', () => [...BARE, '--assume', 'gpuUtilisation=0'], 'give a share above 0'],
    ['a price nobody charges', () => [...BARE, '--rate', 'air=1'], 'there is no such name; allowed: apiRequest, '],
    ['a price below 0', () => [...BARE, '--rate', 'metric=-1'], 'give USD from 0'],
    [
      'a day of 23 hours',
      () => [...BARE, '--hourly', folder.file('short.txt', '1 '.repeat(23))],
      'short.txt: holds 23 numbers; give 24',
    ],
    [
      'an hour that is no number',
      () => [...BARE, '--hourly', folder.file('word.txt', `${'1,'.repeat(23)}many`)],
      'word.txt: number 24 is "many"',
    ],
    [
      'a day without requests',
      () => [...BARE, '--hourly', folder.file('zero.txt', '0 '.repeat(24))],
      'every hour is 0',
    ],
  ])('%s', async (_name, args, message) => {
    const { out, error } = await ran(args(), '{}');
    expect(out).toBe('');
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(message);
  });

  it.each([
    [['--volume', '0'], 'Give a whole number from 1 to 1000000000000.'],
    [['--volume', '1.5'], 'Give a whole number from 1 to 1000000000000.'],
    [['--volume', 'many'], 'Give a whole number from 1 to 1000000000000.'],
    [['--engineers', '-1'], 'Give a number from 0.'],
    [['--revenue', ''], 'Give a number above 0.'],
  ])('%j', async (args, message) => {
    const { error } = await ran(['--profile', PROFILE, ...args]);
    expect(error).toBeInstanceOf(CommanderError);
    expect((error as CommanderError).message).toContain(message);
  });
});
