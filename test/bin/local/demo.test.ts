import { afterEach, describe, expect, it } from 'vitest';
import type { RoutingReport, TaskReport } from '../../../lib/core/analysis/routing-report';
import { functionHostOf, isAlive, SEES_PROCESSES, type Started, startLocal } from './local-stack';

const running: Started[] = [];
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
});

function demo(...flags: string[]): Started {
  const started = startLocal('demo', flags);
  running.push(started);
  return started;
}

function sumOf(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0);
}

/** Which questions are put to another tier as well is left to chance, and so is what that costs. */
function withoutControl({ routingCostUsd: _, netSavingUsd: __, savingShare: ___, ...rest }: RoutingReport) {
  return rest;
}

describe('the demo', () => {
  it('prints its report as one line of JSON, and the same one every time but for the control sample', async () => {
    const [one, other] = [demo('--json'), demo('--json')] as const;
    expect(await Promise.all([one.ended, other.ended])).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
    expect([one.err(), other.err()]).toEqual(['', '']);
    expect(one.out()).toMatch(/^\{.*\}\n$/);
    const report = JSON.parse(one.out()) as RoutingReport;
    expect(withoutControl(JSON.parse(other.out()))).toEqual(withoutControl(report));

    expect(Object.keys(report)).toEqual([
      'requests',
      'failures',
      'byTier',
      'escalations',
      'costUsd',
      'frontierCostUsd',
      'routingCostUsd',
      'netSavingUsd',
      'savingShare',
      'byTask',
      'stack',
    ]);
    expect(report.requests).toBeGreaterThanOrEqual(240);
    expect(report.failures).toBe(0);
    expect(report.stack).toMatchObject({ template: 'Tierwise-hybrid.template.json' });
    expect(report.stack?.resources).toBeGreaterThan(100);
    expect(report.stack?.tables).toHaveLength(3);
    expect(report.stack?.function).toMatch(/^RouterFunction/);
    expect(report.costUsd).toBeGreaterThan(0);
    expect(report.costUsd).toBeLessThan(report.frontierCostUsd);
    expect(report.netSavingUsd).toBeCloseTo(report.frontierCostUsd - report.costUsd - report.routingCostUsd, 12);
    // Tiers and costs come from the records alone: every request's was read back.
    expect(sumOf(Object.values(report.byTier))).toBe(report.requests);
    const tasks: TaskReport[] = Object.values(report.byTask);
    expect(tasks).toHaveLength(6);
    expect(sumOf(tasks.map(({ requests }) => requests))).toBe(report.requests);
    expect(sumOf(tasks.map(({ escalations }) => escalations))).toBe(report.escalations);
    expect(sumOf(tasks.map(({ costUsd }) => costUsd))).toBeCloseTo(report.costUsd, 12);
    for (const { passRate } of tasks) expect(passRate).toBeGreaterThan(0.85);
  }, 60_000);

  it.runIf(SEES_PROCESSES)('ends at once when Ctrl-C is pressed, and leaves nothing behind', async () => {
    const half = demo();
    await expect.poll(() => functionHostOf(half), { timeout: 10_000 }).toBeDefined();
    const host = functionHostOf(half) as number;
    half.interrupt('SIGINT');
    expect(await half.ended).toEqual({ code: 130, signal: null });
    expect([half.out(), half.err()]).toEqual(['', '\nStopped.\n']);
    await expect.poll(() => isAlive(host), { timeout: 5000 }).toBe(false);
  });
});
