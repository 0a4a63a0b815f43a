/** `npm run bench -- month [--requests N]`: thirty simulated days in which four things go wrong. */

import type { Bench, BenchOptions, BenchReport } from './bench';
import { HOUR_MS, MINUTE_MS, START_MS } from './month/calendar';
import { FORGOTTEN_MS, type Incident, MONTH } from './month/incidents';
import type { Page } from './month/pages';
import { Month, OWN, type Simulated } from './month/simulate';

const REQUESTS = 200_000;
const QUICK_REQUESTS = 60_000;
const DAYS = 30;
const SEED = 20_260_901;
const KILL_SHARE = 0.02;
const BREAK_SHARE = 0.02;
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
  { fromMs, untilMs, signal, besides, lasting = [] }: Incident,
  { alarm, fromMs: at }: Page,
): boolean {
  if (at < fromMs) return false;
  if (lasting.includes(alarm)) return true;
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
  return {
    name: `${incident.name}: ${incident.signal} within ${incident.withinMinutes} min`,
    found: flaggedMinutes === undefined ? 'never' : `${flaggedMinutes} min`,
    holds: flaggedMinutes !== undefined && flaggedMinutes <= incident.withinMinutes,
  };
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

function pageText({ alarm, fromMs, untilMs }: Page): string {
  return `${alarm} on ${dayText(fromMs)} for ${((untilMs - fromMs) / HOUR_MS).toFixed(1)} h`;
}

function dayText(ms: number): string {
  const day = Math.floor((ms - START_MS) / (24 * HOUR_MS));
  return `day ${day} ${new Date(ms).toISOString().slice(11, 16)}`;
}

async function run({ quick, progress, requests: asked }: BenchOptions): Promise<BenchReport> {
  const requests = asked ?? (quick ? QUICK_REQUESTS : REQUESTS);
  const startedMs = performance.now();
  const settings = {
    requests,
    days: DAYS,
    incidents: MONTH,
    seed: SEED,
    killShare: KILL_SHARE,
    breakShare: BREAK_SHARE,
  };
  const simulated = await new Month({ ...settings, progress }).run();
  const seconds = (performance.now() - startedMs) / 1000;
  const checks = checksOf(simulated, MONTH);
  if (checks.some(({ holds }) => !holds)) process.exitCode = 1;
  const { ledger, pages, noticed, rollup } = simulated;
  const incidents = MONTH.map((incident) => {
    const { first, flaggedMinutes } = toldOf(simulated, incident);
    const { name, signal, fromMs } = incident;
    const firstMinutes = first && (first.fromMs - fromMs) / MINUTE_MS;
    return { name, began: dayText(fromMs), first: first?.alarm, firstMinutes, signal, flaggedMinutes };
  });
  const minutes = (value: number | undefined) => (value === undefined ? 'never' : String(value));
  return {
    result: {
      requests,
      seconds,
      secondsBy: simulated.seconds,
      incidents,
      checks,
      pages: pages.map(pageText),
      findings: noticed.map(({ atMs, signal, kind, task, tier, text }) => ({
        at: dayText(atMs),
        signal,
        kind,
        task,
        tier,
        text,
      })),
      usd: {
        frontier: ledger.frontierUsd,
        attempts: ledger.attemptsUsd,
        consultations: ledger.consultationsUsd,
        control: ledger.controlUsd,
        own: ledger.ownUsd + simulated.hours * OWN.perHourUsd,
        net: simulated.netUsd,
        verified: rollup.total.verifiedSavingUsd,
      },
      controlled: ledger.controlled,
      faults: simulated.faults,
      unanswered: simulated.unanswered,
      feedback: simulated.told,
      evaluations: simulated.evaluations,
      kills: simulated.kills,
      breaks: simulated.breaks,
    },
    table: [
      ['incident', 'began', 'first page', 'after min', 'right signal', 'after min'],
      ...incidents.map(({ name, began, first, firstMinutes, signal, flaggedMinutes }) => [
        name,
        began,
        first ?? '-',
        minutes(firstMinutes),
        signal,
        minutes(flaggedMinutes),
      ]),
      ['', '', '', '', '', ''],
      ['must show', '', '', '', 'found', 'holds'],
      ...checks.map(({ name, found, holds }) => [name, '', '', '', found, holds ? 'yes' : 'NO']),
    ],
    notes: [
      `${requests} requests in ${seconds.toFixed(0)} s; ${Object.entries(simulated.seconds)
        .map(([name, value]) => `${name} ${value.toFixed(0)} s`)
        .join(', ')}.`,
      `${simulated.evaluations} evaluations, ${simulated.kills} kills, ${simulated.breaks} early ends, ${ledger.controlled} pairs of the control sample, ${simulated.told} words of feedback.`,
      ...pages.map((page) => `page: ${pageText(page)}`),
    ],
  };
}

export const month: Bench = {
  name: 'month',
  about: 'thirty simulated days and what goes wrong in them: told in time, told rightly, every cent counted',
  run,
};
