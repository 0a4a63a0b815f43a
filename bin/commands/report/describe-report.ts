import type { Report } from '../../../lib/core/analysis/report/report';
import { percent, whole } from '../../../lib/core/figures';
import { describeBill, describeBudgets } from './describe-bill';
import { describeMargins } from './describe-margins';
import { describeMix } from './describe-mix';
import { describeQuality, describeRowSavings, describeRows } from './describe-rows';
import { describeSaving } from './describe-saving';
import { momentText, money, plain, type Style, share, times } from './figures';

/** A report for a person: what was saved and what it is made of first. */
export function describeReport(report: Report, style: Style): string {
  return [
    heading(report),
    describeSaving(report, style),
    summary(report),
    describeMargins(report),
    describeRows(report, style),
    describeQuality(report),
    describeRowSavings(report),
    describeMix(report),
    describeBill(report, style),
    describeBudgets(report, style),
    notes(report),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function heading({ period, policy }: Report): string {
  const of = policy === null ? '' : `, held to policy ${policy.id}, version ${policy.version}`;
  return `${momentText(period.from)} to ${momentText(period.until)} (${hoursText(period.hours)})${of}`;
}

function hoursText(hours: number): string {
  return hours >= 48 ? `${(hours / 24).toFixed(1)} days` : `${hours.toFixed(1)} hours`;
}

function summary({ total }: Report): string {
  if (total.requests === 0) return 'No requests came in this period.';
  const { requests, answered, failed, refused } = total;
  const lost =
    total.failedAttempts === 0
      ? ''
      : `; ${whole(total.failedAttempts)} calls failed, ${money(total.failedAttemptsUsd)} of the cost`;
  return [
    `${whole(requests)} requests: ${whole(answered)} answered, ${whole(failed)} failed, ${whole(refused)} refused by policy.`,
    `${money(total.costUsd)} in all, ${money(total.costPerRequestUsd)} a request.`,
    `${share(total.escalationRate)} answered above the first tier: ${share(total.upRouteRate)} by decision, ${share(total.climbRate)} by climb.`,
    `${times(total.retryAmplification)} calls and repeated questions a request${lost}.`,
    ...(total.routingCostShare === null
      ? []
      : [`Routing itself costs ${percent(total.routingCostShare)} of what it saves.`]),
  ].join('\n');
}

function notes({ notes: all }: Report): string {
  return all.length === 0 ? '' : ['Notes', ...all.map((note) => `  ${plain(note)}`)].join('\n');
}
