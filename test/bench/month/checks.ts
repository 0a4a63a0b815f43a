/** What the month must show, and whether it did. */

import { HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { START_MS } from './calendar';
import { evidentAfterMinutes } from './evident-after';
import { FORGOTTEN_MS, type Incident } from './incidents';
import type { Page } from './pages';
import { OWN, type Simulated } from './simulate';

const HALF_A_CENT = 0.005;

export interface Check {
  readonly name: string;
  readonly found: string;
  readonly holds: boolean;
}

/** How an incident became known. */
export interface Told {
  readonly incident: Incident;
  readonly first: Page | undefined;
  readonly flaggedMinutes: number | undefined;
}

export function toldOf({ pages }: Simulated, incident: Incident): Told {
  const { fromMs, untilMs, signal } = incident;
  const since = pages.filter((page) => page.fromMs >= fromMs && page.fromMs <= untilMs + FORGOTTEN_MS);
  const flagged = since.find(({ alarm }) => alarm === signal);
  return {
    incident,
    first: since.find((page) => isExpectedOf(incident, page)),
    flaggedMinutes: flagged && (flagged.fromMs - fromMs) / MINUTE_MS,
  };
}

/** Pages for which nothing that goes wrong gives a reason. */
export function falsePages({ pages }: Simulated, incidents: readonly Incident[]): Page[] {
  return pages.filter((page) => !incidents.some((incident) => isExpectedOf(incident, page)));
}

function isExpectedOf(
  { fromMs, untilMs, signal, besides, onTheBill = [] }: Incident,
  { alarm, fromMs: at }: Page,
): boolean {
  if (at < fromMs) return false;
  if (onTheBill.includes(alarm)) return true;
  return at <= untilMs + FORGOTTEN_MS && [signal, ...besides].some((name) => alarm.startsWith(name));
}

export function checksOf(simulated: Simulated, incidents: readonly Incident[]): Check[] {
  const { ledger, rollup, served, differences, netUsd, hours, invoicedUsd } = simulated;
  const unexpected = falsePages(simulated, incidents);
  const recountUsd = ledger.netUsd - hours * OWN.perHourUsd;
  const paidUsd = ledger.attemptsUsd + ledger.consultationsUsd;
  const sums = (by: Readonly<Record<string, { readonly requests: number }>>) =>
    Object.values(by).reduce((sum, { requests }) => sum + requests, 0);
  const counts = [
    ledger.records,
    rollup.total.requests,
    sums(rollup.by.task),
    sums(rollup.by.tier),
    sums(rollup.by.customer),
  ];
  return [
    ...incidents.map((incident) => flaggedInTime(simulated, incident)),
    {
      name: 'pages for which nothing gave a reason',
      found: unexpected.length === 0 ? '0' : unexpected.map(pageText).join('; '),
      holds: unexpected.length === 0,
    },
    {
      name: 'net saving of the readings less the recount, USD',
      found: `${netUsd.toFixed(4)} - ${recountUsd.toFixed(4)} = ${(netUsd - recountUsd).toExponential(1)}`,
      holds: Math.abs(netUsd - recountUsd) < HALF_A_CENT,
    },
    {
      name: 'booked for calls less what the hosts are owed, USD',
      found: `${paidUsd.toFixed(4)} - ${invoicedUsd.toFixed(4)} = ${(paidUsd - invoicedUsd).toExponential(1)}`,
      holds: Math.abs(paidUsd - invoicedUsd) < HALF_A_CENT,
    },
    {
      name: 'served = records = rollups, by task, tier and customer',
      found: [served, ...counts].join(' = '),
      holds: counts.every((count) => count === served) && sameCounts(simulated),
    },
    {
      name: `figures that ${simulated.kills} kills and ${simulated.breaks} early ends changed`,
      found: differences.length === 0 ? '0' : `${differences.length}: ${differences.slice(0, 3).join('; ')}`,
      holds: differences.length === 0 && simulated.kills > 0,
    },
    { name: 'warnings of the router', found: String(simulated.warnings), holds: simulated.warnings === 0 },
  ];
}

function flaggedInTime(simulated: Simulated, incident: Incident): Check {
  const { flaggedMinutes } = toldOf(simulated, incident);
  const withinMinutes = Math.max(incident.withinMinutes, evidentWithin(simulated, incident));
  return {
    name: `${incident.name}: ${incident.signal} within ${withinMinutes} min`,
    found: flaggedMinutes === undefined ? 'never' : `${flaggedMinutes} min`,
    holds: flaggedMinutes !== undefined && flaggedMinutes <= withinMinutes,
  };
}

function evidentWithin({ measured, requestsADay }: Simulated, { fromMs, escalates }: Incident): number {
  if (escalates === undefined) return 0;
  const { task } = escalates;
  const rate = escalates.rate(measured.tasks[task]?.baseline.escalationRate ?? 0);
  return evidentAfterMinutes(measured, { task, fromMs, requestsADay, rate }) ?? 0;
}

/** Not only as many in all: each task, tier and customer has its own. */
function sameCounts({ ledger, rollup, told }: Simulated): boolean {
  const pairs = [
    [ledger.byTask, rollup.by.task],
    [ledger.byTier, rollup.by.tier],
    [ledger.byCustomer, rollup.by.customer],
  ] as const;
  const areSame = pairs.every(([own, by]) =>
    Object.entries(own).every(([name, count]) => by[name]?.requests === count),
  );
  return areSame && rollup.total.told === told && rollup.total.controlled === ledger.controlled;
}

export function pageText({ alarm, fromMs, untilMs }: Page): string {
  return `${alarm} on ${dayText(fromMs)} for ${((untilMs - fromMs) / HOUR_MS).toFixed(1)} h`;
}

export function dayText(ms: number): string {
  const day = Math.floor((ms - START_MS) / (24 * HOUR_MS));
  return `day ${day} ${new Date(ms).toISOString().slice(11, 16)}`;
}
