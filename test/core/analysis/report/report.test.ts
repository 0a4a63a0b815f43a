import { describe, expect, it } from 'vitest';
import { buildReport, type ReportInput } from '../../../../lib/core/analysis/report/report';
import { DAY_MS } from '../../../../lib/core/durations';
import { addRecord, emptyRollup, REPORT_DIMENSIONS, type Rollup } from '../../../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../../../lib/core/types';
import { aPolicy, aTier } from '../../../builders';
import { anAttribution } from '../../../lambda/shared/an-attribution';
import { NOON_MS, triage } from '../../telemetry/watch/watching';

const policy = aPolicy({
  tiers: [
    aTier({ id: 'small' }),
    aTier({ id: 'own', prices: [{ kind: 'gpu', hourly: 2, tokensPerSecond: 1000, uplift: 1 }] }),
    aTier({ id: 'frontier' }),
  ],
  tasks: [triage({ baseline: { escalationRate: 0.5 } })],
  id: 'desk',
  version: '3',
});

function attempt(tier: string, costUsd: number, outcome: 'answered' | 'rejected' | 'failed' = 'answered') {
  const because = 'first' as const;
  return { tier, model: `${tier}-model`, outcome, because, costUsd, startedAtMs: 0, latencyMs: 10, location: 'vpc' };
}

const RECORDS: readonly Partial<Attribution>[] = [
  { customer: 'acme', attempts: [attempt('small', 0.1)], costUsd: 0.1, frontierCostUsd: 1 },
  {
    customer: 'acme',
    tier: 'frontier',
    model: 'frontier-model',
    attempts: [attempt('small', 0.1, 'rejected'), attempt('frontier', 1)],
    costUsd: 1.1,
    frontierCostUsd: 1,
    escalated: 1,
    escalations: 1,
  },
  {
    customer: 'beta',
    attempts: [attempt('small', 0.2, 'failed'), attempt('small', 0.1)],
    costUsd: 0.3,
    frontierCostUsd: 1,
  },
];

function rollupOf(records: readonly Partial<Attribution>[]): Rollup {
  const rollup = emptyRollup();
  for (const [index, record] of records.entries())
    addRecord(rollup, anAttribution({ requestId: `r${index}`, ...record }));
  return rollup;
}

function reportOf(input: Partial<ReportInput> = {}) {
  const period = { fromMs: NOON_MS - DAY_MS, untilMs: NOON_MS };
  return buildReport({ rollup: rollupOf(RECORDS), ...period, by: 'task', policy, ...input });
}

describe('a report', () => {
  it('says of when it is, what it is held to and what it adds up to', () => {
    const report = reportOf();
    expect(report.period).toEqual({ from: '2026-11-21T12:00:00.000Z', until: '2026-11-22T12:00:00.000Z', hours: 24 });
    expect(report.policy).toEqual({ id: 'desk', version: '3' });
    expect(report.rows).toMatchObject([{ name: 'triage', requests: 3, baseline: { escalationRate: 0.5 } }]);
    expect(report.total).toMatchObject({ requests: 3, escalationRate: 1 / 3, failedAttemptsUsd: 0.2 });
  });

  it('subtracts idle GPUs and what the router itself costs from the total alone', () => {
    const own = { perRequestUsd: 0.01, perSecondUsd: 0, perHourUsd: 1 };
    const { total, rows } = reportOf({ own });
    expect(total.saving).toMatchObject({ gpuIdleUsd: 48, ownUsd: 24.03 });
    expect(total.saving.netUsd).toBeCloseTo(3 - 1.5 - 48 - 24.03, 9);
    expect(rows[0]?.saving).toMatchObject({ gpuIdleUsd: 0, ownUsd: 0 });
    expect(rows[0]?.saving.netUsd).toBeCloseTo(1.5, 9);
  });

  it.each(REPORT_DIMENSIONS)('has rows by %s that add up to its total, but for what is nobody’s share', (by) => {
    const { rows, total } = reportOf({ by, own: { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 1 } });
    const added = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0);
    expect(added(({ requests }) => requests)).toBe(3);
    expect(added(({ requestShare }) => requestShare)).toBeCloseTo(1, 9);
    expect(added(({ costUsd }) => costUsd)).toBeCloseTo(total.costUsd, 9);
    expect(added(({ saving }) => saving.frontierUsd)).toBeCloseTo(total.saving.frontierUsd, 9);
    const shared = total.saving.ownUsd + (by === 'tier' ? 0 : total.saving.gpuIdleUsd);
    expect(added(({ saving }) => saving.netUsd)).toBeCloseTo(total.saving.netUsd + shared, 9);
  });

  it('lists the dearest first, and GPUs that nobody asked', () => {
    expect(reportOf({ by: 'customer' }).rows.map(({ name }) => name)).toEqual(['acme', 'beta']);
    const tiers = reportOf({ by: 'tier' }).rows;
    expect(tiers.map(({ name, requests }) => [name, requests])).toEqual([
      ['frontier', 1],
      ['small', 2],
      ['own', 0],
    ]);
    expect(tiers[2]?.saving).toMatchObject({ gpuIdleUsd: 48, netUsd: -48 });
  });

  it('shows the served mix by task and by user tier alone', () => {
    expect(REPORT_DIMENSIONS.filter((by) => reportOf({ by }).mix.length > 0)).toEqual(['task', 'user-tier']);
    expect(reportOf({ by: 'user-tier' }).mix.map(({ userTier }) => userTier)).toEqual([null, '-']);
  });

  it('holds the bill against a projection by tier: the policy’s, or one that is given', () => {
    const projected = { ...policy, projection: { perTier: { small: 30 } } };
    expect(reportOf({ policy: projected }).bill).toBeNull();
    const [small] = reportOf({ by: 'tier', policy: projected }).bill ?? [];
    expect(small).toMatchObject({ tier: 'small', projectedMonthUsd: 30 });
    expect(small?.expectedUsd).toBeCloseTo(1, 9);
    const [given] = reportOf({ by: 'tier', policy: projected, projectedPerTier: { small: 3 } }).bill ?? [];
    expect(given?.expectedUsd).toBeCloseTo(0.1, 9);
    const none = reportOf({ by: 'tier' });
    expect(none.bill).toBeNull();
    expect(none.notes.join()).toContain('no projection');
  });

  it('has margins where revenues are given', () => {
    expect(reportOf().margins).toBeNull();
    const margins = reportOf({ by: 'customer', revenue: new Map([['acme', 30]]) }).margins;
    expect(margins?.map(({ customer, isNegative }) => [customer, isNegative])).toEqual([
      ['acme', true],
      ['beta', false],
    ]);
  });

  it('tells what it leaves out', () => {
    const { notes, policy: none, total } = reportOf({ policy: undefined, notes: ['something else'] });
    expect(none).toBeNull();
    expect(total.saving.gpuIdleUsd).toBe(0);
    expect(notes[0]).toBe('something else');
    expect(notes.join()).toMatch(/No policy is in force.*router's own parts cost is not known/);
    expect(reportOf({ own: { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0 } }).notes).toEqual([]);
  });

  it('of nothing at all is still a report', () => {
    const report = reportOf({ rollup: emptyRollup(), policy: undefined });
    expect(report).toMatchObject({ rows: [], mix: [], total: { requests: 0, costPerRequestUsd: null } });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});
