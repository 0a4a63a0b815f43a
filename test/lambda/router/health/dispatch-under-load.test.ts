import { beforeAll, describe, expect, it } from 'vitest';
import { burstyWorld } from '../../../bench/dispatch';
import { type Outcome, simulate } from '../../../bench/dispatch/simulate';

/** A quarter of an hour of bursts in virtual time, with the router's own decision and live state. */
describe('under bursts of load', () => {
  const world = burstyWorld(15, 3);
  const dispatch = (residency: 'any' | 'vpc', instances = 1) =>
    simulate(world, { kind: 'dispatch', residency, instances });
  let gpu: Outcome;
  let turns: Outcome;
  let cloud: Outcome;
  let best: Outcome;

  beforeAll(async () => {
    gpu = await simulate(world, { kind: 'always', tier: 'gpu' });
    turns = await simulate(world, { kind: 'round-robin' });
    cloud = await simulate(world, { kind: 'always', tier: 'cloud' });
    best = await dispatch('any');
  });

  it('19 of 20 first tokens come within the budget by dispatch alone, of what uses the GPU', () => {
    expect(best.firstTokenMs.p95).toBeLessThanOrEqual(world.budgetMs);
    expect(gpu.firstTokenMs.p95).toBeGreaterThan(5 * world.budgetMs);
    expect(turns.firstTokenMs.p95).toBeGreaterThan(world.budgetMs);
    expect(best.firstTokenMs.p50).toBeLessThan(cloud.firstTokenMs.p50);
  });

  it('the cloud is paid for the bursts alone: less than by turns, and far less than for everything', () => {
    const usd = ({ gpuUsd, cloudUsd }: Outcome): number => gpuUsd + cloudUsd;
    expect(usd(gpu)).toBeLessThan(usd(best));
    expect(usd(best)).toBeLessThan(0.8 * usd(turns));
    expect(usd(best)).toBeLessThan(0.6 * usd(cloud));
    expect(best.cloudShare).toBeLessThan(0.35);
    expect([best.served, best.refused]).toEqual([world.arrivals.length, 0]);
  });

  it('four instances, each of which sees its own calls alone, do as well as one', async () => {
    const { firstTokenMs, cloudShare } = await dispatch('any', 4);
    expect(firstTokenMs.p95).toBeLessThanOrEqual(world.budgetMs);
    expect(Math.abs(cloudShare - best.cloudShare)).toBeLessThan(0.05);
  });

  it('prompts that may not leave stay, and those that cannot be begun in time are refused', async () => {
    const inside = await dispatch('vpc');
    expect([inside.cloudShare, inside.served + inside.refused]).toEqual([0, world.arrivals.length]);
    expect(inside.firstTokenMs.p95).toBeLessThanOrEqual(world.budgetMs);
    expect(inside.refused).toBeGreaterThan(0);
    expect(inside.refused / world.arrivals.length).toBeLessThan(0.4);
  });

  it('the host is asked for its load about once a second', () => {
    expect(best.metricsRead / (15 * 60)).toBeCloseTo(1, 1);
  });

  it('the same seed gives the same figures', async () => {
    expect(await dispatch('any')).toEqual(best);
  });
});
