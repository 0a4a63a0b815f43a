import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerPublish } from '../../bin/commands/publish';
import { registerReport } from '../../bin/commands/report';
import { readCsv } from '../../bin/commands/report/read-csv';
import { accountOf } from '../../lambda/router/budgets/accounts';
import { openStore } from '../../lambda/shared/store/open';
import { readMemory, writeMemory } from '../../lambda/watch/memory';
import type { Report } from '../../lib/core/analysis/report/report';
import { HOUR_MS } from '../../lib/core/durations';
import { REPORT_DIMENSIONS } from '../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../lib/core/types';
import { anAttribution } from '../lambda/shared/an-attribution';
import { aPolicy, SET } from './a-policy';
import { scratch } from './command-line';
import { runCommand } from './run-command';

const folder = scratch();
afterAll(() => folder.remove());

const BASELINE = 'baseline: { escalationRate: 0.1, passRate: 0.97, n: 1000, mix: { small: 0.9, large: 0.1 } }';
const POLICY = folder.file(
  'policy.yaml',
  `${aPolicy().replace('    route: direct', `    residency: region\n    ${BASELINE}\n    route: direct`)}
budgets: [{ scope: customer, limitUsd: 5, period: day }, { scope: all, limitUsd: 500, period: month }]
projection: { monthlyUsd: 100, perTier: { small: 10, large: 90 } }
`,
);

function attempt(tier: string, costUsd: number, outcome: 'answered' | 'failed' = 'answered') {
  const at = tier === 'small' ? { location: 'vpc', retentionDays: 0 } : { location: 'anywhere' };
  const because = 'first' as const;
  return { tier, model: `${tier}-model`, outcome, because, costUsd, startedAtMs: 0, latencyMs: 10, ...at };
}

const CHEAP: Partial<Attribution> = {
  customer: 'acme',
  keyId: 'key-1',
  feature: 'search',
  userTier: 'gold',
  attempts: [attempt('small', 0.01)],
  costUsd: 0.01,
  frontierCostUsd: 0.5,
};
const DEAR: Partial<Attribution> = {
  customer: '=cmd\u001b[2J',
  tier: 'large',
  model: 'large-model',
  attempts: [attempt('small', 0.01, 'failed'), attempt('large', 2)],
  costUsd: 2.01,
  frontierCostUsd: 0.5,
  consultations: [{ ...attempt('small', 0.1), purpose: 'judge', outcome: 'answered' }],
  routingCostUsd: 0.1,
  upRouted: 1,
};

/** So many requests of each kind, that came so many hours ago. */
async function served(path: string, hoursAgo: number, cheap: number, dear: number): Promise<void> {
  const store = await openStore({ kind: 'directory', path, nowMs: () => Date.now() - hoursAgo * HOUR_MS });
  const records = [...Array<object>(cheap).fill(CHEAP), ...Array<object>(dear).fill(DEAR)];
  for (const [index, record] of records.entries()) {
    await store.attributions.put(anAttribution({ requestId: `${hoursAgo}-${index}`, ...record }));
  }
  await store.close();
}

let full: string;
beforeAll(async () => {
  full = mkdtempSync(join(folder.path, 'store-'));
  await runCommand(registerPublish, ['publish', POLICY, '--store', full], SET);
  await served(full, 30, 9, 1);
  await served(full, 2, 70, 10);
  await served(full, 0, 8, 2);
});

function report(...args: string[]) {
  return reportOf(full, ...args);
}

function reportOf(path: string, ...args: string[]) {
  return runCommand(registerReport, ['report', '--store', path, ...args], SET);
}

async function json(...args: string[]): Promise<Report> {
  const { out, err } = await report('--json', ...args);
  expect(err).toBe('');
  expect(out).toMatch(/^\{.*\}\n$/);
  return JSON.parse(out);
}

describe('tierwise report', () => {
  it('tells the whole story on one page: what was saved, of what, by task, and how good it was', async () => {
    const { out, err, error } = await report();
    expect([err, error]).toEqual(['', undefined]);
    expect(out).toContain('(30.0 hours), held to policy desk, version 1\n');
    expect(out).toContain("Net saving $21.70, 43.4 % of the frontier's cost\n");
    expect(out).toMatch(
      /all on the frontier +\$50\.00\n +less answers +-\$26\.87\n +less calls that failed +-\$0\.13\n/,
    );
    expect(out).toMatch(/less routing: .* -\$1\.30\n[\s\S]* {2}net +\$21\.70\n/);
    expect(out).toContain('100 requests: 100 answered.\n$28.30 in all, $0.283 a request.\n');
    expect(out).toContain('13.0 % answered above the first tier: 13.0 % by decision, 0.0 % by climb.\n');
    expect(out).toMatch(
      /\nBy task\n.*\n {2}triage +100 +100\.0 % +\$28\.30 +\$0\.283 +13\.0 %.* 10\.0 % \(\+30\.0 %\) +1\.13 +\$0\.13\n/,
    );
    expect(out).toMatch(
      /triage +100 +small 87\.0 %, large 13\.0 % +small 90\.0 %, large 10\.0 % +3\.0 %, within chance\n/,
    );
    expect(out).not.toContain('█');
  });

  it.each(REPORT_DIMENSIONS)('is split by %s', async (by) => {
    const { rows, total, by: split } = await json('--by', by);
    expect(split).toBe(by);
    expect(total).toMatchObject({ requests: 100, failedAttempts: 13 });
    expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(100);
    expect(rows.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(28.3, 9);
  });

  it('counts what came in the period alone, to the last minute', async () => {
    expect((await json('--since', '1h')).total.requests).toBe(10);
    expect((await json('--since', '24h')).total.requests).toBe(90);
    expect((await json('--since', '3d', '--until', '12h')).total.requests).toBe(10);
    expect((await json('--since', '10m', '--until', '5m')).total.requests).toBe(0);
  });

  it('says that nothing came where nothing did', async () => {
    const { out } = await report('--since', '10m', '--until', '5m');
    expect(out).toContain('No requests came in this period.');
    const path = mkdtempSync(join(folder.path, 'early-'));
    await served(path, 2, 1, 0);
    const early = await reportOf(path, '--since', '1h');
    expect(early.error).toBeUndefined();
    expect(early.out).toContain('No requests came in this period.');
    expect(early.out).toContain('No policy is in force in this store');
  });

  it('takes the policy of a file where none is published', async () => {
    const path = mkdtempSync(join(folder.path, 'store-'));
    await served(path, 1, 1, 0);
    const { out } = await reportOf(path, '--since', '2h', '--policy', POLICY, '--json');
    expect(JSON.parse(out).policy).toMatchObject({ id: 'desk', version: expect.stringMatching(/^file-/) });
  });

  it('subtracts what the router itself costs, where it is told', async () => {
    const [without, with30] = [await json(), await json('--own-usd', '720')];
    expect(without.notes.join()).toContain("router's own parts cost is not known");
    expect(with30.notes).toEqual([]);
    const { ownUsd, netUsd } = with30.total.saving;
    expect(ownUsd).toBeCloseTo(with30.period.hours, 9);
    expect(netUsd).toBeCloseTo(21.7 - ownUsd, 9);
  });

  it('subtracts what the deployment says the router costs, unless told otherwise', async () => {
    const path = mkdtempSync(join(folder.path, 'store-'));
    await served(path, 1, 1, 0);
    const store = await openStore({ kind: 'directory', path, nowMs: Date.now });
    const own = { perRequestUsd: 0.25, perSecondUsd: 0, perHourUsd: 0.5 };
    const memory = { ...(await readMemory(store.states)).memory, own };
    expect(await writeMemory(store.states, { memory, revision: 0 })).toBe(true);
    await store.close();

    const deployed = JSON.parse((await reportOf(path, '--since', '2h', '--json')).out) as Report;
    expect(deployed.total.saving.ownUsd).toBeCloseTo(0.25 + 0.5 * deployed.period.hours, 9);
    expect(deployed.notes.join()).not.toContain("router's own parts");
    const told = JSON.parse((await reportOf(path, '--since', '2h', '--json', '--own-usd', '0')).out) as Report;
    expect(told.total.saving.ownUsd).toBe(0);
  });

  it('says a loss in so many words', async () => {
    const path = mkdtempSync(join(folder.path, 'store-'));
    await served(path, 1, 0, 4);
    const { out } = await reportOf(path, '--since', '2h');
    expect(out).toContain("Routing costs $6.44 more than it saves, 322.0 % of the frontier's cost\n");
    expect(out).toMatch(/triage +\$2\.00 +\$8\.00 +\$0\.04 +\$0\.40 +-\$6\.44 +COSTS MORE THAN IT SAVES\n/);
  });
});

describe('tierwise report --by customer', () => {
  it('shows margins, customers below zero first and marked', async () => {
    const revenue = folder.file('revenue.csv', 'customer,usdPerMonth\nacme,2400\n=cmd\u001b[2J,24\nsilent,1\n');
    const { margins, period } = await json('--revenue', revenue);
    expect(margins?.map(({ customer, isNegative }) => [customer, isNegative])).toEqual([
      ['=cmd\u001b[2J', true],
      ['silent', false],
      ['acme', false],
    ]);
    expect(margins?.[2]).toMatchObject({ revenueUsd: (2400 * period.hours) / 720, costUsd: expect.closeTo(0.87, 9) });
    const { out } = await report('--revenue', revenue);
    expect(out).toMatch(
      /\nMargin by customer; 1 customer below zero\n.*\n {2}=cmd\?\[2J +13 +\$1\.0\d +\$27\.43 +-\$26\.4\d +-\d+\.\d % +BELOW ZERO\n/,
    );
    expect(out).not.toContain('\u001b');
  });

  it('gives a spreadsheet no formula, and every line the same columns', async () => {
    const revenue = folder.file('revenue.json', '{"acme": 2400, "silent": 1}');
    const { out, err } = await report('--revenue', revenue, '--csv');
    expect(err).toMatch(/^What the router's own parts cost is not known here/);
    expect(out.endsWith('\r\n')).toBe(true);
    const lines = readCsv(out).slice(0, -1);
    const [heading = [], ...rows] = lines.map(({ cells }) => cells);
    expect(rows.map(([by, name]) => [by, name])).toEqual([
      ['total', ''],
      ['customer', 'silent'],
      ['customer', 'acme'],
      ['customer', "'=cmd\u001b[2J"],
    ]);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([heading.length]));
    const cell = (row: number, name: string) => rows[row]?.[heading.indexOf(name)];
    expect([cell(0, 'requests'), cell(1, 'requests'), cell(2, 'requests')]).toEqual(['100', '', '87']);
    expect(Number(cell(3, 'netSavingUsd'))).toBeCloseTo(13 * (0.5 - 2.11), 9);
    expect([cell(2, 'belowZero'), cell(3, 'belowZero'), cell(3, 'marginUsd')]).toEqual(['false', 'false', '']);
  });
});

describe('tierwise report --by tier', () => {
  it('holds the bill against the projection, paced, and marks what is off', async () => {
    const { bill, period } = await json('--by', 'tier');
    const share = period.hours / 720;
    expect(bill).toMatchObject([
      { tier: 'small', projectedMonthUsd: 10, expectedUsd: expect.closeTo(10 * share, 9), off: 'above' },
      // Of so few calls chance alone may make as much.
      { tier: 'large', projectedMonthUsd: 90, expectedUsd: expect.closeTo(90 * share, 9), off: null },
    ]);
    const { out } = await report('--by', 'tier');
    expect(out).toMatch(/\n {2}small +\$2\.30 +\$0\.41\d +\$10\.00 +\+45\d\.\d % +ABOVE THE PROJECTION\n/);
    expect(out).toMatch(/\n {2}large +\$26\.00 +\$3\.75 +\$90\.00 +\+59\d\.\d % +within chance\n/);
  });

  it('takes the projection of a file', async () => {
    const file = folder.file('projection.json', '{"perTier": {"small": {"usd": 24}, "large": {"usd": 624}}}');
    const { bill } = await json('--projection', file);
    expect(bill?.map(({ projectedMonthUsd, off }) => [projectedMonthUsd, off])).toEqual([
      [24, null],
      [624, null],
    ]);
  });

  it('names the tiers of a projection that the policy has not', async () => {
    const file = folder.file('typo.json', '{"perTier": {"smal": {"usd": 12.5}, "large": {"usd": 9}}}');
    const { notes } = await json('--since', '7d', '--projection', file);
    expect(notes).toContain('The projection has "smal"; the tiers of the policy are small, large.');
    expect((await json('--since', '7d', '--by', 'tier')).notes).not.toContainEqual(
      expect.stringContaining('The projection has'),
    );
  });

  it('shows how budgets stand now', async () => {
    const store = await openStore({ kind: 'directory', path: full });
    const nowMs = Date.now();
    const budget = {
      id: 'customer-day',
      scope: 'customer',
      limitUsd: 5,
      period: 'day',
      onExhausted: 'refuse',
      reserve: 'expected',
    } as const;
    const account = accountOf(budget, { customer: 'acme', task: 'triage' }, nowMs);
    const hold = { usd: 5, untilMs: nowMs + HOUR_MS };
    await store.budgets.reserve(account, hold, nowMs);
    await store.budgets.settle(account, hold, 5, nowMs);
    await store.close();
    const { budgets } = await json('--by', 'tier');
    expect(budgets.slice(0, 1)).toMatchObject([
      { budget: 'customer-day', spender: 'acme', spentUsd: 5, standing: 'exhausted' },
    ]);
    expect(budgets.map(({ budget: id, spender }) => `${id} ${spender}`)).toContain('all-month all');
    expect((await json('--by', 'customer')).budgets.map(({ scope }) => scope)).toEqual(['customer', 'customer']);
    const ofTask = await json('--by', 'task');
    expect(ofTask.budgets).toMatchObject([{ budget: 'customer-day', spender: 'acme', standing: 'exhausted' }]);
    expect(ofTask.moreBudgets).toEqual({ customer: 1, all: 2 });
    expect((await report()).out).toMatch(
      /Budgets now\n.*\n {2}customer-day +acme +\$5\.00 +\$5\.00 a day +100\.0 % .* EXHAUSTED\n {2}1 more budget by customer: --by customer\n {2}2 more budgets for all together: --by tier\n/,
    );
    const byTier = (await report('--by', 'tier')).out;
    expect(byTier).toMatch(/\n {2}control sample +all +\$0\.00 +\$1\.00 a day /);
    expect(byTier).not.toContain('control#day');
    expect(byTier).not.toContain('more budget');
  });
});

describe('tierwise report --residency', () => {
  it('is evidence of every place that a customer’s prompts went to', async () => {
    const { out, error } = await report('--residency', '--customer', 'acme');
    expect(error).toBeUndefined();
    expect(out).toMatch(/^Where prompts of acme went, /);
    expect(out).toMatch(/\n {2}small +vpc +none +87 +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d +every task\n/);
    expect(out).toMatch(/\n {2}triage +region +no limit\n/);
    expect(out).toContain('All 87 calls went where every task of policy desk, version 1 allows.\n');
  });

  it('says what lay outside', async () => {
    const { out } = await report('--residency', '--customer', '=cmd\u001b[2J', '--json');
    const evidence = JSON.parse(out);
    expect(evidence).toMatchObject({
      schema: 1,
      calls: 39,
      outsideCalls: 13,
      places: [
        {
          tier: 'large',
          location: 'anywhere',
          retentionDays: null,
          calls: 13,
          verdict: 'outside',
          notAllowedBy: ['triage'],
        },
        { tier: 'small', location: 'vpc', retentionDays: 0, calls: 26, verdict: 'allowed' },
      ],
    });
    const { firstDay, lastDay } = evidence.places[0];
    expect(Date.parse(lastDay) - Date.parse(firstDay)).toBeGreaterThanOrEqual(24 * HOUR_MS);
    const said = await report('--residency', '--customer', '=cmd\u001b[2J');
    expect(said.out).toContain('13 of 39 calls went where no task of policy desk, version 1 allows a prompt to go.');
    expect(said.out).not.toContain('\u001b');
  });

  it('is a table for a spreadsheet too', async () => {
    const { out } = await report('--residency', '--customer', 'acme', '--csv');
    const [heading, row] = readCsv(out).map(({ cells }) => cells);
    expect(heading?.slice(3, 8)).toEqual(['tier', 'location', 'geography', 'retentionDays', 'calls']);
    expect([row?.[0], ...(row?.slice(3, 8) ?? [])]).toEqual(['acme', 'small', 'vpc', '', '0', '87']);
  });
});

describe('tierwise report refuses', () => {
  it.each([
    [['--residency'], '--residency needs --customer'],
    [['--residency', '--customer', ''], '--residency needs --customer'],
    [['--customer', 'acme'], '--customer goes with --residency.'],
    [['--residency', '--customer', 'acme', '--by', 'tier'], '--residency shows where prompts went'],
    [['--csv', '--json'], '--csv and --json cannot go together'],
    [['--by', 'task', '--revenue', 'x.csv'], '--revenue goes by customer, not by task'],
    [['--by', 'task', '--projection', 'x.json'], '--projection goes by tier, not by task'],
    [['--revenue', 'x.csv', '--projection', 'x.json'], 'give one of them'],
    [['--revenue', 'nowhere.csv'], 'nowhere.csv: no such file.'],
    [['--since', 'yesterday'], '--since yesterday: give a time ago'],
    [['--store', 'memory'], '--store memory ends with the process'],
    [['--stack', 'Router'], 'Give --stack or --store, not both'],
  ])('%j', async (args, message) => {
    expect((await report(...args)).error?.message).toContain(message);
  });

  it.each([
    [['--by', 'colour'], 'task, customer, feature, key, model, tier, user-tier'],
    [['--own-usd', 'much'], 'Give USD a month from 0.'],
  ])('%j, and says what is allowed', async (args, allowed) => {
    await expect(report(...args)).rejects.toThrow(allowed);
  });
});
