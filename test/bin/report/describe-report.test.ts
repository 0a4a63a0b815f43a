import { describe, expect, it } from 'vitest';
import { describeReport } from '../../../bin/commands/report/describe-report';
import { bar, money, nameText } from '../../../bin/commands/report/figures';
import { type Column, grid } from '../../../bin/commands/report/grid';
import { reportCsv } from '../../../bin/commands/report/report-csv';
import { buildReport } from '../../../lib/core/analysis/report/report';
import { DAY_MS } from '../../../lib/core/durations';
import { someSums } from '../../../lib/core/telemetry/rollup/sums';
import { NOON_MS, traffic } from '../../core/telemetry/watch/watching';

function aReport(customers: Readonly<Record<string, number>>) {
  const rollup = traffic({ tasks: { triage: { requests: 10, costUsd: 10, frontierCostUsd: 40 } } });
  for (const [name, costUsd] of Object.entries(customers)) {
    rollup.by.customer[name] = someSums({ requests: 5, costUsd, frontierCostUsd: 20 });
  }
  return buildReport({ rollup, fromMs: NOON_MS - DAY_MS, untilMs: NOON_MS, by: 'customer' });
}

describe('a report for a person', () => {
  it('has bars on a terminal, as long as what they stand for', () => {
    const out = describeReport(aReport({ acme: 7.5, beta: 2.5 }), { bars: true });
    expect(out).toMatch(/all on the frontier +\$40\.00 {2}█{20}\n/);
    expect(out).toMatch(/less answers +-\$10\.00 {2}█{5}\n/);
    expect(out).toMatch(/acme +5 +50\.0 % +\$7\.50 {2}█{15} +\$1\.50/);
    expect(out).toMatch(/beta +5 +50\.0 % +\$2\.50 {2}█{5} +\$0\.50/);
    expect(describeReport(aReport({ acme: 7.5 }), { bars: false })).not.toMatch(/[█▏]/);
  });

  it('shows as many rows as are looked at, and says where the others are', () => {
    const many = Object.fromEntries(Array.from({ length: 53 }, (_, index) => [`c${index}`, 1 + index]));
    const out = describeReport(aReport(many), { bars: false });
    expect(out).toContain('  and 3 rows more that cost less: --csv and --json have all of them');
    expect(out).toMatch(/\n {2}c52 /);
    expect(out).not.toMatch(/\n {2}c2 /);
  });
});

describe('what became of the requests', () => {
  it.each([
    [{ requests: 1, answered: 1 }, '1 request: 1 answered.'],
    [{ requests: 1, callerFaults: 1 }, "1 request: 0 answered, 1 by the caller's own fault."],
    [
      { requests: 82, answered: 30, refused: 49, failed: 3 },
      '82 requests: 30 answered, 49 refused before any call, 3 failed.',
    ],
    [
      { requests: 1400, answered: 1200, refused: 150, failed: 40, abandoned: 12, callerFaults: 10 },
      "1,400 requests: 1,200 answered, 150 refused before any call, 40 failed (12 left by the caller), 10 by the caller's own fault.",
    ],
  ])('of %o it says %s', (sums, line) => {
    const rollup = traffic({ tasks: { triage: sums } });
    const report = buildReport({ rollup, fromMs: NOON_MS - DAY_MS, untilMs: NOON_MS, by: 'task' });
    expect(describeReport(report, { bars: false }).split('\n')).toContain(line);
    expect(report.total).toMatchObject(sums);
    const [heading = '', total = ''] = reportCsv(report).split('\r\n');
    const cell = (name: string) => Number(total.split(',')[heading.split(',').indexOf(name)]);
    for (const [name, count] of Object.entries(sums)) expect(cell(name)).toBe(count);
  });
});

describe('what stands in it', () => {
  it.each([
    [0, '$0.00'],
    [0.8, '$0.80'],
    [0.000_012_34, '$0.0000123'],
    [-0.064, '-$0.064'],
    [-12.345, '-$12.35'],
    [1234.5, '$1,234.50'],
    [null, ''],
  ])('writes %d USD as %s', (amount, text) => {
    expect(money(amount)).toBe(text);
  });

  it.each([
    [0, ''],
    [0.0001, '▏'],
    [0.5, '█'.repeat(10)],
    [0.5125, `${'█'.repeat(10)}▎`],
    [7, '█'.repeat(20)],
    [-1, ''],
  ])('draws %d as %j', (part, drawn) => {
    expect(bar(part)).toBe(drawn);
  });

  it('lets no name move the cursor, or fill the screen', () => {
    expect(nameText('a\u001b[2J\nb\u202ec')).toBe('a?[2J?b?c');
    expect(nameText('x'.repeat(100))).toBe(`${'x'.repeat(47)}…`);
  });

  it('sets numbers to the right, and leaves columns out that hold nothing', () => {
    const rows = [
      { name: 'a', n: '5' },
      { name: 'bb', n: '10' },
    ];
    const columns: Column<(typeof rows)[number]>[] = [
      { heading: 'name', cell: ({ name }) => name },
      { heading: 'n', cell: ({ n }) => n, isNumber: true },
      { heading: 'nothing', cell: () => '' },
    ];
    expect(grid('Title', rows, columns)).toBe('Title\n  name   n\n  a      5\n  bb    10');
    expect(grid('Title', [], columns)).toBe('');
  });
});
