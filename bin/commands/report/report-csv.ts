import type { Figures } from '../../../lib/core/analysis/report/figures';
import type { Margin } from '../../../lib/core/analysis/report/margins';
import type { Report } from '../../../lib/core/analysis/report/report';
import type { TierBill } from '../../../lib/core/analysis/report/tier-bills';
import type { DatedEvidence } from './describe-evidence';
import { type CsvCell, writeCsv } from './write-csv';

type Columns<Row> = readonly (readonly [string, (row: Row) => CsvCell])[];

const FIGURES: Columns<Figures> = [
  ['requests', ({ requests }) => requests],
  ['requestShare', ({ requestShare }) => requestShare],
  ['answered', ({ answered }) => answered],
  ['failed', ({ failed }) => failed],
  ['refused', ({ refused }) => refused],
  ['costUsd', ({ costUsd }) => costUsd],
  ['costPerRequestUsd', ({ costPerRequestUsd }) => costPerRequestUsd],
  ['escalationRate', ({ escalationRate }) => escalationRate],
  ['upRouteRate', ({ upRouteRate }) => upRouteRate],
  ['climbRate', ({ climbRate }) => climbRate],
  ['fallbacks', ({ fallbacks }) => fallbacks],
  ['retries', ({ retries }) => retries],
  ['retryAmplification', ({ retryAmplification }) => retryAmplification],
  ['failedAttempts', ({ failedAttempts }) => failedAttempts],
  ['failedAttemptsUsd', ({ failedAttemptsUsd }) => failedAttemptsUsd],
  ['schemaFailures', ({ schemaFailures }) => schemaFailures],
  ['inputTokens', ({ inputTokens }) => inputTokens],
  ['outputTokens', ({ outputTokens }) => outputTokens],
  ['cachedTokens', ({ cachedTokens }) => cachedTokens],
  ['meanLatencyMs', ({ meanLatencyMs }) => meanLatencyMs],
  ['frontierUsd', ({ saving }) => saving.frontierUsd],
  ['tiersUsd', ({ saving }) => saving.tiersUsd],
  ['routingUsd', ({ saving }) => saving.routingUsd],
  ['gpuIdleUsd', ({ saving }) => saving.gpuIdleUsd],
  ['ownUsd', ({ saving }) => saving.ownUsd],
  ['netSavingUsd', ({ saving }) => saving.netUsd],
  ['verifiedNetSavingUsd', ({ saving }) => saving.verifiedUsd],
  ['cachedUsd', ({ saving }) => saving.cachedUsd],
  ['downstreamUsd', ({ saving }) => saving.downstreamUsd],
  ['controlPairs', ({ quality }) => quality.control?.n ?? 0],
  ['controlPassRate', ({ quality }) => quality.control?.rate ?? null],
  ['feedback', ({ quality }) => quality.feedback?.n ?? 0],
  ['feedbackPassRate', ({ quality }) => quality.feedback?.rate ?? null],
  ['qualityDelta', ({ quality }) => quality.first?.delta ?? null],
  ['qualityDeltaLow', ({ quality }) => quality.first?.low ?? null],
  ['qualityDeltaHigh', ({ quality }) => quality.first?.high ?? null],
  ['routingAccuracy', ({ quality }) => quality.routing?.rate ?? null],
  ['baselineEscalationRate', ({ baseline }) => baseline?.escalationRate ?? null],
  ['callerFaults', ({ callerFaults }) => callerFaults],
  ['abandoned', ({ abandoned }) => abandoned],
];

const MARGINS: Columns<Margin | undefined> = [
  ['revenueUsd', (margin) => margin?.revenueUsd ?? null],
  ['marginUsd', (margin) => margin?.marginUsd ?? null],
  ['marginShare', (margin) => margin?.marginShare ?? null],
  ['belowZero', (margin) => margin?.isNegative ?? null],
];

const BILLS: Columns<TierBill | undefined> = [
  ['billUsd', (bill) => bill?.actualUsd ?? null],
  ['projectedUsd', (bill) => bill?.expectedUsd ?? null],
  ['billDeviation', (bill) => bill?.deviation ?? null],
  ['billOff', (bill) => bill?.off ?? null],
];

/** The total and every row, with the same columns; amounts in USD, unrounded. */
export function reportCsv({ by, total, rows, margins, bill }: Report): string {
  const marginColumns = margins === null ? [] : MARGINS;
  const billColumns = bill === null ? [] : BILLS;
  const heading = ['by', 'name', ...namesOf(FIGURES), ...namesOf(marginColumns), ...namesOf(billColumns)];
  const marginOf = new Map(margins?.map((margin) => [margin.customer, margin]));
  const billOf = new Map(bill?.map((one) => [one.tier, one]));
  const line = (kind: string, name: string, figures: Figures | undefined): CsvCell[] => [
    kind,
    name,
    ...FIGURES.map(([, cell]) => (figures === undefined ? null : cell(figures))),
    ...marginColumns.map(([, cell]) => cell(kind === by ? marginOf.get(name) : undefined)),
    ...billColumns.map(([, cell]) => cell(kind === by ? billOf.get(name) : undefined)),
  ];
  const known = new Map(rows.map((row) => [row.name, row]));
  const names = [...new Set([...marginOf.keys(), ...known.keys(), ...billOf.keys()])];
  return writeCsv([heading, line('total', '', total), ...names.map((name) => line(by, name, known.get(name)))]);
}

function namesOf<Row>(columns: Columns<Row>): string[] {
  return columns.map(([name]) => name);
}

export function evidenceCsv({ customer, period, places }: DatedEvidence): string {
  const heading = [
    'customer',
    'from',
    'until',
    'tier',
    'location',
    'geography',
    'retentionDays',
    'calls',
    'firstDay',
    'lastDay',
    'verdict',
    'allowedBy',
    'notAllowedBy',
  ];
  const rows = places.map((place): CsvCell[] => [
    customer,
    period.from,
    period.until,
    place.tier,
    place.location,
    place.geography,
    place.retentionDays,
    place.calls,
    place.firstDay,
    place.lastDay,
    place.verdict,
    place.allowedBy.join(' '),
    place.notAllowedBy.join(' '),
  ]);
  return writeCsv([heading, ...rows]);
}
