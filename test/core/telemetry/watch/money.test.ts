import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../../lib/core/durations';
import { addRecord, emptyRollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { someSums } from '../../../../lib/core/telemetry/rollup/sums';
import { billPace, monthShare } from '../../../../lib/core/telemetry/watch/bill';
import { gpuIdleUsd } from '../../../../lib/core/telemetry/watch/gpu-idle';
import { netSaving, ownBillUsd, partSaving } from '../../../../lib/core/telemetry/watch/net-saving';
import { watch } from '../../../../lib/core/telemetry/watch/watch';
import type { GpuPrice, Policy, Tier } from '../../../../lib/core/types-policy';
import { aPolicy, aTier } from '../../../builders';
import { anAttribution } from '../../../lambda/shared/an-attribution';
import { anInput, FIVE_MINUTES_MS, foundOf, NOON_MS, NOTHING_OF_ITS_OWN, read, traffic, triage } from './watching';

const GPU: GpuPrice = { kind: 'gpu', hourly: 2, tokensPerSecond: 1000, uplift: 1 };
const FREE = NOTHING_OF_ITS_OWN.own;

type Rest = Partial<Omit<Policy, 'tiers' | 'tasks'>>;

function policyWith(small: Partial<Tier>, rest: Rest = {}): Policy {
  return aPolicy({ tiers: [aTier({ id: 'small', ...small }), aTier({ id: 'frontier' })], tasks: [triage()], ...rest });
}

describe('net saving', () => {
  const sums = {
    requests: 1000,
    latencyMs: 500_000,
    frontierCostUsd: 100,
    costUsd: 40,
    failedAttemptsUsd: 3,
    routingCostUsd: 5,
    savedUsd: 2,
    downstreamUsd: 7,
    controlled: 10,
    verifiedSavingUsd: 1,
  };

  it('is the counterfactual less every part, and the parts add up', () => {
    const rollup = traffic({ tasks: { triage: sums }, tiers: { small: { costUsd: 20, routingCostUsd: 1 } } });
    const own = { perRequestUsd: 0.001, perSecondUsd: 0.002, perHourUsd: 0.5 };
    const saving = netSaving(rollup, policyWith({ prices: [GPU] }), own, { hours: 24, atMs: NOON_MS });
    expect(saving).toEqual({
      frontierUsd: 100,
      tiersUsd: 37,
      failedAttemptsUsd: 3,
      routingUsd: 5,
      gpuIdleUsd: 48 - 21,
      ownUsd: 1 + 1 + 12,
      netUsd: 100 - 40 - 5 - 27 - 14,
      verifiedUsd: 1 - 0.01 * (27 + 14),
      cachedUsd: 2,
      downstreamUsd: 7,
    });
    const { frontierUsd, tiersUsd, failedAttemptsUsd, routingUsd, ownUsd, netUsd } = saving;
    expect(frontierUsd - tiersUsd - failedAttemptsUsd - routingUsd - saving.gpuIdleUsd - ownUsd).toBeCloseTo(netUsd, 9);
  });

  it('is what a recount of the records gives, to the last digit', () => {
    const amount = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1024);
    const amounts = fc.record({ costUsd: amount, frontierCostUsd: amount, routingCostUsd: amount });
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 30 }), (records) => {
        const rollup = emptyRollup();
        for (const record of records) addRecord(rollup, anAttribution({ requestId: 'one', ...record }));
        let recount = 0;
        for (const one of records) recount += one.frontierCostUsd - one.costUsd - one.routingCostUsd;
        expect(netSaving(rollup, policyWith({}), FREE, { hours: 1, atMs: NOON_MS }).netUsd).toBe(recount);
      }),
    );
  });

  it('of a task bears neither idle GPUs nor the own bill', () => {
    expect(partSaving(someSums(sums))).toMatchObject({ netUsd: 55, gpuIdleUsd: 0, ownUsd: 0, verifiedUsd: 1 });
    expect(ownBillUsd(someSums(sums), FREE, 24)).toBe(0);
  });

  it('is read for the last five minutes, of tasks and of the router', () => {
    const rollup = traffic({ tasks: { triage: sums } });
    const infrastructure = { own: { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 12 } };
    const outcome = watch(anInput({ rollup, infrastructure }));
    expect(read(outcome, 'NetSavingUsd', { task: 'triage' })).toBe(55);
    expect(read(outcome, 'NetSavingUsd')).toBe(54);
    expect(read(outcome, 'VerifiedNetSavingUsd', { task: 'triage' })).toBe(1);
    expect(read(outcome, 'VerifiedNetSavingUsd')).toBeCloseTo(1 - 0.01, 12);
    expect(read(watch(anInput({ infrastructure })), 'NetSavingUsd')).toBe(-1);
    expect(read(watch(anInput({ infrastructure })), 'VerifiedNetSavingUsd')).toBeNull();
  });

  it.each([
    [
      'dearer than the frontier alone',
      { frontierCostUsd: 10, costUsd: 8, routingCostUsd: 4 },
      ['below triage', 'below '],
    ],
    ['a saving', { frontierCostUsd: 10, costUsd: 8, routingCostUsd: 1 }, []],
    ['a rounding', { frontierCostUsd: 10, costUsd: 10.01, routingCostUsd: 0 }, []],
  ])('is found below its limit where routing is %s', (_name, what, expected) => {
    const outcome = watch(anInput({ rollup: traffic({ tasks: { triage: { requests: 500, ...what } } }) }));
    expect(foundOf(outcome, 'NetSavingUsd')).toEqual(expected);
  });

  it('is found to turn by what the router itself costs, said part by part', () => {
    const infrastructure = { own: { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 1 } };
    const rollup = traffic({ tasks: { triage: { requests: 500, frontierCostUsd: 10, costUsd: 4 } } });
    const first = watch(anInput({ rollup, infrastructure }));
    expect(foundOf(first, 'NetSavingUsd')).toEqual([]);
    const later = watch(anInput({ rollup, infrastructure, state: first.state, atMs: NOON_MS + DAY_MS }));
    expect(later.findings).toEqual([
      {
        signal: 'NetSavingUsd',
        kind: 'below',
        text: "net saving of the last 24 hours is -$18.00: $10.00 at the frontier, less $4.00 tiers, $24.00 the router's own parts",
      },
    ]);
  });
});

describe('idle GPUs', () => {
  const booked = traffic({ tiers: { small: { costUsd: 0.5, routingCostUsd: 0.1 } } });
  const idle = (small: Partial<Tier>, gpuHours?: Record<string, number>) =>
    gpuIdleUsd(booked, policyWith(small), { hours: 1, atMs: NOON_MS, gpuHours });

  it.each([
    ['one replica, where nobody says how many', { prices: [GPU] }, undefined, 1.4],
    ['the least that run', { prices: [GPU], gpu: { instance: 'g6.xlarge', min: 3 } }, undefined, 5.4],
    ['none that need run', { prices: [GPU], gpu: { instance: 'g6.xlarge', min: 0 } }, undefined, 0],
    ['the hours measured', { prices: [GPU] }, { small: 2 }, 3.4],
    ['fewer hours than were booked', { prices: [GPU] }, { small: 0.25 }, -0.1],
    ['with the uplift of the price', { prices: [{ ...GPU, uplift: 1.5 }] }, undefined, 2.4],
    ['at the price of the day', { prices: [GPU, { ...GPU, hourly: 5, effectiveFrom: '2026-11-22' }] }, undefined, 4.4],
    ["not yet at tomorrow's", { prices: [GPU, { ...GPU, hourly: 5, effectiveFrom: '2026-11-23' }] }, undefined, 1.4],
  ] as const)('cost what is not booked: %s', (_name, small, gpuHours, expected) => {
    expect(idle(small, gpuHours).small).toBeCloseTo(expected, 12);
  });

  it('are none on a tier that is paid by the token', () => {
    expect(idle({})).toEqual({});
  });
});

describe('the bill', () => {
  const perTier = { small: 100, frontier: 300 };
  const pace = (days: number, tiers: Record<string, { costUsd: number; costUsdSquares?: number }>, rest: Rest = {}) => {
    const policy = policyWith({}, { projection: { perTier }, ...rest });
    const fromMs = Date.UTC(2026, 10, 1);
    const rollup = traffic({ tiers });
    return watch({ ...anInput({ month: { fromMs, rollup }, atMs: fromMs + days * DAY_MS }), policy });
  };

  it('is paced by the days that have passed', () => {
    const outcome = pace(15, { small: { costUsd: 50 }, frontier: { costUsd: 180 } });
    expect(read(outcome, 'BillDeviation', { tier: 'small' })).toBeCloseTo(0, 12);
    expect(read(outcome, 'BillDeviation', { tier: 'frontier' })).toBeCloseTo(0.2, 12);
    expect(foundOf(outcome, 'BillDeviation')).toEqual(['above frontier']);
  });

  it('deviates by what chance does not explain', () => {
    const outcome = pace(15, { small: { costUsd: 60, costUsdSquares: 4 }, frontier: { costUsd: 100 } });
    expect(read(outcome, 'BillDeviation', { tier: 'small' })).toBeCloseTo(0.2 - (4 * 2) / 50, 12);
    expect(read(outcome, 'BillDeviation', { tier: 'frontier' })).toBeCloseTo(-1 / 3, 12);
    expect(foundOf(outcome, 'BillDeviation')).toEqual([]);
  });

  it('is not told on the first day, nor without a projection', () => {
    expect(read(pace(0.9, { small: { costUsd: 50 } }), 'BillDeviation', { tier: 'small' })).toBeNull();
    const unprojected = pace(15, { small: { costUsd: 50 } }, { projection: { perTier: {} } });
    expect(unprojected.readings.filter(({ name }) => name === 'BillDeviation')).toEqual([]);
    expect(foundOf(unprojected, 'BillDeviation')).toEqual([]);
  });

  it('of a tier that the projection does not know is found once it weighs', () => {
    const projection = { perTier: { small: 100 } };
    expect(
      foundOf(pace(15, { small: { costUsd: 50 }, frontier: { costUsd: 6 } }, { projection }), 'BillDeviation'),
    ).toEqual(['above frontier']);
    expect(
      foundOf(pace(15, { small: { costUsd: 50 }, frontier: { costUsd: 4 } }, { projection }), 'BillDeviation'),
    ).toEqual([]);
  });

  it('of a tier on GPUs is its hours', () => {
    const policy = policyWith({ prices: [GPU] }, { projection: { perTier: { small: 1440 } } });
    const fromMs = NOON_MS - 15 * DAY_MS;
    const month = { rollup: traffic({ tiers: { small: { costUsd: 100 } } }), fromMs, atMs: NOON_MS };
    expect(billPace(policy, month)[0]?.actualUsd).toBe(720);
    expect(billPace(policy, month)[0]?.deviation).toBeCloseTo(0, 12);
    const measured = billPace(policy, { ...month, gpuHours: { small: 450 } })[0];
    expect(measured?.actualUsd).toBe(900);
    expect(measured?.deviation).toBeCloseTo(0.25, 12);
  });
});

describe('the share of a month', () => {
  const NIGHTS_OFF = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 20 ? 1 : 0));
  const midnight = Date.UTC(2026, 10, 1);

  it.each([
    ['a day', 1, [], 1 / 30],
    ['a month', 30, [], 1],
    ['half a day of an even day', 0.5, [], 0.5 / 30],
    ['the hours before anybody works', 8 / 24, NIGHTS_OFF, 0],
    ['a quarter of an hour of work', 8.25 / 24, NIGHTS_OFF, 0.25 / 12 / 30],
    ['a day of such hours', 1, NIGHTS_OFF, 1 / 30],
  ] as const)('is %s', (_name, days, hourly, expected) => {
    expect(monthShare(midnight, midnight + days * DAY_MS, hourly)).toBeCloseTo(expected, 12);
  });

  it('adds up wherever it is cut', () => {
    const moment = fc.integer({ min: 0, max: 8640 }).map((periods) => midnight + periods * FIVE_MINUTES_MS);
    fc.assert(
      fc.property(fc.array(moment, { minLength: 3, maxLength: 3 }), (moments) => {
        const [from, between, until] = [...moments].sort((one, other) => one - other) as [number, number, number];
        const parts = monthShare(from, between, NIGHTS_OFF) + monthShare(between, until, NIGHTS_OFF);
        expect(parts).toBeCloseTo(monthShare(from, until, NIGHTS_OFF), 9);
      }),
    );
  });
});
