import { counted } from '../../lib/core/figures';
import { ownValue } from '../../lib/core/telemetry/own-value';
import type { LeftOutBy } from '../../lib/core/telemetry/rollup/placed';
import type { Rollup } from '../../lib/core/telemetry/rollup/rollup';

/** Of a task: requests that its strategy did not place, by reason. */
export type LeftOutCounts = Readonly<Partial<Record<LeftOutBy, number>>>;

const SAID: Readonly<Record<LeftOutBy, string>> = {
  pin: 'pinned by their callers',
  override: 'while the task was overridden',
  raise: 'while it was raised',
  unavailable: 'while tiers were switched off, rested or had no room',
  refused: 'refused',
};

export function leftOutCounts({ tasks }: Pick<Rollup, 'tasks'>, task: string): LeftOutCounts {
  const placed = Object.entries(ownValue(tasks, task)?.placed ?? {});
  return Object.fromEntries(placed.map(([why, { requests }]) => [why, requests]));
}

/** One sentence, or none where nothing was left out. */
export function saidLeftOut(counts: LeftOutCounts): string[] {
  const reasons = (Object.keys(SAID) as LeftOutBy[]).flatMap((why) => {
    const count = counts[why] ?? 0;
    return count > 0 ? [{ count, said: `${count} ${SAID[why]}` }] : [];
  });
  if (reasons.length === 0) return [];
  const total = reasons.reduce((sum, { count }) => sum + count, 0);
  const why = reasons.map(({ said }) => said).join(', ');
  return [`${counted(total, 'record')} left out, which its strategy did not place: ${why}.`];
}
