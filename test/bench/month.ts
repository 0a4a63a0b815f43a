/** `npm run bench -- month [--requests N]`: thirty simulated days in which four things go wrong. */

import { MINUTE_MS } from '../../lib/core/durations';
import type { Bench, BenchOptions, BenchReport } from './bench';
import { checksOf, dayText, pageText, toldOf } from './month/checks';
import { MONTH } from './month/incidents';
import { Month, OWN } from './month/simulate';

const REQUESTS = 200_000;
const QUICK_REQUESTS = 60_000;
const DAYS = 30;
const SEED = 20_260_901;
const KILL_SHARE = 0.02;
const BREAK_SHARE = 0.02;

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
