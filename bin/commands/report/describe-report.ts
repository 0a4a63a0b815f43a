import type { Figures } from '../../../lib/core/analysis/report/figures';
import type { Report } from '../../../lib/core/analysis/report/report';
import { counted, percent, whole } from '../../../lib/core/figures';
import { describeBill } from './describe-bill';
import { describeBudgets } from './describe-budgets';
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
  if (hours < 1) return counted(Math.round(hours * 60), 'minute');
  return hours >= 48 ? `${(hours / 24).toFixed(1)} days` : `${hours.toFixed(1)} hours`;
}

function summary({ total }: Report): string {
  if (total.requests === 0) return 'No requests came in this period.';
  const lost =
    total.failedAttempts === 0
      ? ''
      : `; ${whole(total.failedAttempts)} calls failed, ${money(total.failedAttemptsUsd)} of the cost`;
  return [
    `${counted(total.requests, 'request')}: ${endings(total)}.`,
    `${money(total.costUsd)} in all, ${money(total.costPerRequestUsd)} a request.`,
    `${share(total.escalationRate)} answered above the first tier: ${share(total.upRouteRate)} by decision, ${share(total.climbRate)} by climb.`,
    `${times(total.retryAmplification)} calls and repeated questions a request${lost}.`,
    ...(total.routingCostShare === null
      ? []
      : [`Routing itself costs ${percent(total.routingCostShare)} of what it saves.`]),
  ].join('\n');
}

/** What became of the requests; together they are all of them. */
function endings({ answered, refused, failed, abandoned, callerFaults }: Figures): string {
  const left = abandoned === 0 ? '' : ` (${whole(abandoned)} left by the caller)`;
  return [
    `${whole(answered)} answered`,
    ...(refused === 0 ? [] : [`${whole(refused)} refused before any call`]),
    ...(failed === 0 ? [] : [`${whole(failed)} failed${left}`]),
    ...(callerFaults === 0 ? [] : [`${whole(callerFaults)} by the caller's own fault`]),
  ].join(', ');
}

function notes({ notes: all }: Report): string {
  return all.length === 0 ? '' : ['Notes', ...all.map((note) => `  ${plain(note)}`)].join('\n');
}
