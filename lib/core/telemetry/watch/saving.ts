import { HOUR_MS } from '../../durations';
import { usdInCents } from '../../figures';
import { type NetSaving, netSaving, partSaving } from './net-saving';
import type { Finding, WatchInput } from './nouns';
import { WINDOW_MS } from './nouns';
import type { TaskView } from './task-view';
import { reading, type Told } from './told';

/** A loss below this share of what was spent is a matter of roundings and single failures. */
const WORTH_TELLING = 0.01;

/** Of one task: what the last five minutes saved; a finding where a day's saving lies below the limit. */
export function taskSaving({ id: task, sums, alarms }: TaskView): Told {
  const { requests } = sums.fiveMinutes;
  const recent = partSaving(sums.fiveMinutes);
  const pairs = sums.fiveMinutes.controlled > 0;
  return {
    readings: [
      ...(requests === 0 ? [] : reading('NetSavingUsd', recent.netUsd, { task })),
      ...(pairs ? reading('VerifiedNetSavingUsd', recent.verifiedUsd, { task }) : []),
    ],
    findings:
      sums.day.requests < alarms.minRequests ? [] : losses(partSaving(sums.day), alarms.netSavingBelow, { task }),
  };
}

/** Of the router. Before it has run for a day, `sinceMs` says how long idle GPUs and its own parts have cost. */
export function routerSaving({ policy, windows, infrastructure, atMs }: WatchInput, sinceMs: number): Told {
  const { own, gpuHours } = infrastructure;
  const over = (window: 'fiveMinutes' | 'day'): NetSaving => {
    const hours = Math.min(WINDOW_MS[window], atMs - sinceMs) / HOUR_MS;
    return netSaving(windows[window], policy, own, { hours, atMs, gpuHours: gpuHours?.[window] });
  };
  const recent = over('fiveMinutes');
  return {
    readings: [
      ...reading('NetSavingUsd', recent.netUsd),
      ...(windows.fiveMinutes.total.controlled > 0 ? reading('VerifiedNetSavingUsd', recent.verifiedUsd) : []),
    ],
    findings:
      windows.day.total.requests < policy.alarms.minRequests
        ? []
        : losses(over('day'), policy.alarms.netSavingBelow, {}),
  };
}

function losses(saving: NetSaving, below: number, about: { readonly task?: string }): Finding[] {
  const { netUsd, frontierUsd } = saving;
  if (netUsd >= below - WORTH_TELLING * (frontierUsd - netUsd)) return [];
  const text = `net saving of the last 24 hours is ${usdInCents(netUsd)}: ${usdInCents(frontierUsd)} at the frontier, less ${subtracted(saving)}`;
  return [{ ...about, signal: 'NetSavingUsd', kind: 'below', text }];
}

function subtracted(saving: NetSaving): string {
  const parts = [
    ['tiers', saving.tiersUsd],
    ['failed calls', saving.failedAttemptsUsd],
    ['routing', saving.routingUsd],
    ['idle GPUs', saving.gpuIdleUsd],
    ["the router's own parts", saving.ownUsd],
  ] as const;
  return parts.flatMap(([name, amount]) => (amount === 0 ? [] : [`${usdInCents(amount)} ${name}`])).join(', ');
}
