import type { LeftOut, Placed } from '../../../../lib/core/telemetry/rollup/placed';
import { emptyRollup, type Mix, type Rollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { addSums, type Sums, someSums } from '../../../../lib/core/telemetry/rollup/sums';
import {
  type Finding,
  NO_STATE,
  type Reading,
  type WatchInput,
  type WatchOutcome,
} from '../../../../lib/core/telemetry/watch/nouns';
import type { Task } from '../../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../../builders';

/** 22 November 2026, noon UTC. */
export const NOON_MS = Date.UTC(2026, 10, 22, 12);
export const FIVE_MINUTES_MS = 300_000;

export interface Traffic {
  readonly tasks?: Readonly<Record<string, Partial<Sums>>>;
  readonly tiers?: Readonly<Record<string, Partial<Sums>>>;
  readonly mix?: Readonly<Record<string, Mix>>;
  readonly inputs?: Readonly<Record<string, Record<string, Record<string, number>>>>;
  readonly placed?: Readonly<Record<string, Placed>>;
}

/** Requests that a task's strategy did not place. */
export function leftOut(requests: number, more: Partial<LeftOut> = {}): LeftOut {
  return { requests, upRoutes: 0, escalations: 0, judged: 0, judgedPasses: 0, costUsd: 0, mix: {}, ...more };
}

/** A rollup of sums as they are said; the total is that of the tasks. */
export function traffic({ tasks = {}, tiers = {}, mix = {}, inputs = {}, placed = {} }: Traffic = {}): Rollup {
  const rollup = emptyRollup();
  for (const [task, sums] of Object.entries(tasks)) {
    rollup.by.task[task] = someSums(sums);
    rollup.total = addSums(rollup.total, someSums(sums));
    const why = placed[task];
    rollup.tasks[task] = { mix: mix[task] ?? {}, inputs: inputs[task] ?? {}, ...(why && { placed: why }) };
  }
  for (const [tier, sums] of Object.entries(tiers)) rollup.by.tier[tier] = someSums(sums);
  return rollup;
}

export const NOTHING_OF_ITS_OWN = { own: { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0 } } as const;

export function triage(task: Partial<Task> = {}): Task {
  return aTask({ id: 'triage', ladder: ['small', 'frontier'], ...task });
}

/** An evaluation at noon of the same traffic in every window. */
export function anInput(
  input: Partial<Omit<WatchInput, 'windows'>> & { readonly tasks?: readonly Task[]; readonly rollup?: Rollup } = {},
): WatchInput {
  const { tasks = [triage()], rollup = traffic(), ...rest } = input;
  return {
    policy: aPolicy({ tiers: [aTier({ id: 'small' }), aTier({ id: 'frontier' })], tasks }),
    atMs: NOON_MS,
    windows: { fiveMinutes: rollup, hour: rollup, day: rollup },
    state: NO_STATE,
    infrastructure: NOTHING_OF_ITS_OWN,
    publishedAtMs: 0,
    ...rest,
  };
}

export function read({ readings }: WatchOutcome, name: Reading['name'], about: Partial<Reading> = {}): number | null {
  const found = readings.filter((one) => one.name === name && one.task === about.task && one.tier === about.tier);
  if (found.length > 1) throw new Error(`${name} was read ${found.length} times`);
  return found[0]?.value ?? null;
}

export function foundOf({ findings }: WatchOutcome, signal: Finding['signal']): string[] {
  return findings
    .filter((one) => one.signal === signal)
    .map(({ kind, task, tier }) => [kind, task ?? tier ?? ''].join(' '));
}
