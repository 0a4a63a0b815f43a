import type { Report, ReportRow } from '../../../lib/core/analysis/report/report';
import { counted, percent, signedPercent, whole } from '../../../lib/core/figures';
import { bar, delta, money, NONE, nameText, type Style, share, shareOfSome, times } from './figures';
import { type Column, grid } from './grid';

/** As many as a person looks at. */
export const MOST_ROWS = 50;

function nameColumn({ by }: Report): Column<ReportRow> {
  return { heading: by, cell: ({ name }) => nameText(name) };
}

export function describeRows(report: Report, { bars }: Style): string {
  const shown = report.rows.slice(0, MOST_ROWS);
  const table = grid(`By ${report.by}`, shown, [
    nameColumn(report),
    { heading: 'requests', cell: ({ requests }) => whole(requests), isNumber: true },
    { heading: 'share', cell: ({ requestShare }) => percent(requestShare), isNumber: true },
    { heading: 'cost', cell: ({ costUsd }) => money(costUsd), isNumber: true },
    { heading: '', cell: ({ costShare }) => (bars ? bar(costShare) : NONE) },
    { heading: 'a request', cell: ({ costPerRequestUsd }) => money(costPerRequestUsd), isNumber: true },
    { heading: 'escalated', cell: ({ escalationRate }) => share(escalationRate), isNumber: true },
    { heading: 'by decision', cell: ({ upRouteRate }) => share(upRouteRate), isNumber: true },
    { heading: 'by climb', cell: ({ climbRate }) => share(climbRate), isNumber: true },
    { heading: 'baseline', cell: baselineText },
    { heading: 'calls/request', cell: ({ retryAmplification }) => times(retryAmplification), isNumber: true },
    { heading: 'failed calls', cell: ({ failedAttemptsUsd }) => money(failedAttemptsUsd), isNumber: true },
    {
      heading: 'broken schema',
      cell: ({ schemaFailures }) => (schemaFailures === 0 ? NONE : whole(schemaFailures)),
      isNumber: true,
    },
  ]);
  return [table, ...more(report)].filter((part) => part !== '').join('\n');
}

function more({ rows }: Report): string[] {
  if (rows.length <= MOST_ROWS) return [];
  return [`  and ${counted(rows.length - MOST_ROWS, 'row')} more that cost less: --csv and --json have all of them`];
}

function baselineText({ baseline }: ReportRow): string {
  if (baseline === null || baseline.escalationRate === null) return NONE;
  const { escalationRate, escalationDeviation } = baseline;
  return escalationDeviation === null
    ? percent(escalationRate)
    : `${percent(escalationRate)} (${signedPercent(escalationDeviation)})`;
}

/** Rows of which anything is known: from the control sample, or told by callers. */
export function describeQuality(report: Report): string {
  const known = report.rows
    .slice(0, MOST_ROWS)
    .filter(({ quality }) => quality.control !== null || quality.feedback !== null || quality.routing !== null);
  return grid('Quality, where it is known', known, [
    nameColumn(report),
    { heading: 'control sample passed', cell: ({ quality }) => shareOfSome(quality.control) },
    { heading: 'callers content', cell: ({ quality }) => shareOfSome(quality.feedback) },
    { heading: 'in the profile', cell: ({ baseline }) => share(baseline?.passRate ?? null), isNumber: true },
    { heading: 'first tier less a higher one', cell: ({ quality }) => delta(quality.first) },
    { heading: 'higher tier less the first', cell: ({ quality }) => delta(quality.up) },
    { heading: 'route right', cell: ({ quality }) => shareOfSome(quality.routing) },
  ]);
}

export function describeRowSavings(report: Report): string {
  return grid(`Net saving by ${report.by}`, report.rows.slice(0, MOST_ROWS), [
    nameColumn(report),
    { heading: 'frontier', cell: ({ saving }) => money(saving.frontierUsd), isNumber: true },
    { heading: 'answers', cell: ({ saving }) => money(saving.tiersUsd), isNumber: true },
    { heading: 'failed calls', cell: ({ saving }) => money(saving.failedAttemptsUsd), isNumber: true },
    { heading: 'routing', cell: ({ saving }) => money(saving.routingUsd), isNumber: true },
    {
      heading: 'idle GPUs',
      cell: ({ saving }) => (saving.gpuIdleUsd === 0 ? NONE : money(saving.gpuIdleUsd)),
      isNumber: true,
    },
    { heading: 'net', cell: ({ saving }) => money(saving.netUsd), isNumber: true },
    { heading: '', cell: ({ saving }) => (saving.netUsd < 0 ? 'COSTS MORE THAN IT SAVES' : NONE) },
  ]);
}
