import type { RoutingReport } from '../../lib/core/analysis/routing-report';
import { counted, percent, usd } from '../../lib/core/figures';
import { table } from '../commands/command';

const BAR_WIDTH = 30;

/** The report as a person reads it: bars on the left, figures on the right. */
export function renderReport(report: RoutingReport): string {
  return [
    `${report.requests} requests, ${counted(report.failures, 'failure')}, ${report.escalations} answered above the first tier`,
    '',
    'Answered by',
    tiers(report),
    '',
    'By task',
    tasks(report),
    '',
    'Cost (model prices of the policy; answers are simulated)',
    cost(report),
    "  The net saving leaves out idle GPUs and the router's own parts; tierwise project reckons with both.",
  ].join('\n');
}

function tiers({ byTier, requests }: RoutingReport): string {
  return table(
    Object.entries(byTier).map(([tier, count]) => [
      `  ${tier}`,
      bar(count / requests),
      percent(count / requests),
      `${count}`,
    ]),
  );
}

function tasks({ byTask }: RoutingReport): string {
  const header = ['  task', 'pass rate', '', 'requests', 'escalated', 'cost'];
  const rows = Object.entries(byTask).map(([task, { requests, escalations, passRate, costUsd }]) => [
    `  ${task}`,
    bar(passRate),
    percent(passRate),
    String(requests),
    percent(escalations / requests),
    usd(costUsd),
  ]);
  return table([header, ...rows]);
}

function cost(report: RoutingReport): string {
  const most = Math.max(report.costUsd, report.frontierCostUsd);
  return table([
    ['  all on the frontier', bar(report.frontierCostUsd / most), usd(report.frontierCostUsd)],
    ['  routed', bar(report.costUsd / most), usd(report.costUsd)],
    ['  routing itself', bar(report.routingCostUsd / most), usd(report.routingCostUsd)],
    ['  net saving', '', `${usd(report.netSavingUsd)}  ${percent(report.savingShare)}`],
  ]);
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}
