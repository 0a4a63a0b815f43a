import { DAY_MS, HOUR_MS } from '../../durations';
import type { Policy } from '../../types-policy';
import type { Rollup } from '../rollup/rollup';
import type { Unit, WatchSignalName } from '../signals';

/** Sliding windows that end at the evaluation, each judged apart: short ones see much at once, long ones see little. */
export const WINDOWS = ['fiveMinutes', 'hour', 'day'] as const;

export type WindowName = (typeof WINDOWS)[number];

export const WINDOW_MS: Readonly<Record<WindowName, number>> = {
  fiveMinutes: 300_000,
  hour: HOUR_MS,
  day: DAY_MS,
};

export type ByWindow<Value> = Readonly<Record<WindowName, Value>>;

/** What the router's own parts cost: API, function, tables, logs, metrics, endpoints. */
export interface OwnPrices {
  /** USD for each request: API, invocation, table writes and reads, log lines. */
  readonly perRequestUsd: number;
  /** USD for each second that a request lasts, in which the function waits for a tier. */
  readonly perSecondUsd: number;
  /** USD for each hour, whatever comes: metrics, alarms, dashboard, endpoints, load balancers. */
  readonly perHourUsd: number;
}

/** Replica-hours of a stretch of time by tier, as measured. A tier that is absent is reckoned from its policy. */
export type GpuHours = Readonly<Record<string, number>>;

export interface Infrastructure {
  readonly own: OwnPrices;
  readonly gpuHours?: Partial<ByWindow<GpuHours>> & { readonly month?: GpuHours };
}

export interface WatchInput {
  readonly policy: Policy;
  /** End of the five minutes that are evaluated, UTC milliseconds. */
  readonly atMs: number;
  readonly windows: ByWindow<Rollup>;
  /** The month's bill so far, for its pace; at most 30 days. */
  readonly month?: { readonly fromMs: number; readonly rollup: Rollup };
  /** What `watch` gave last time; `NO_STATE` the first time. */
  readonly state: WatchState;
  readonly infrastructure: Infrastructure;
  /** When this policy became the active one. Nothing older is held to its baselines. */
  readonly publishedAtMs: number;
  /** By task: what made its certificate void. */
  readonly certificateFaults?: Readonly<Record<string, string>>;
  /** By task: when a person last said that its schema failures are dealt with. Publishing a policy says so too. */
  readonly acknowledgedAtMs?: Readonly<Record<string, number>>;
}

/** One value for CloudWatch, in [Router, Task], [Router, Tier], or [Router] where it names neither. */
export interface Reading {
  readonly name: WatchSignalName;
  readonly value: number;
  readonly unit: Unit;
  readonly task?: string;
  readonly tier?: string;
}

/** `above` and `below` a limit; `worse` and `too-careful` of quality; `void` of a certificate. */
export type FindingKind = 'above' | 'below' | 'worse' | 'too-careful' | 'void';

/** What holds now and a person should know. The same finding comes again while it holds. */
export interface Finding {
  readonly task?: string;
  readonly tier?: string;
  readonly signal: WatchSignalName | 'SchemaFailures' | 'Certificate';
  readonly kind: FindingKind;
  readonly text: string;
}

/** A task that has to begin higher up its ladder for now. */
export interface Raise {
  readonly task: string;
  readonly rungs: number;
  readonly why: string;
}

export type Direction = 'above' | 'below';

/** By window: which way the evaluation before found drift. */
export type Drifts = Readonly<Partial<Record<WindowName, Direction>>>;

/** What is remembered of one task. Plain JSON. */
export interface TaskState {
  /** Fingerprint of the baseline in force, and since when it has been. */
  readonly baseline: string;
  readonly baselineSinceMs: number;
  readonly escalation: Drifts;
  /** Of these, what counts as drift, as two evaluations running had found it. */
  readonly standing?: Drifts;
  readonly schema: Drifts;
  /** Since when schema failures have raised the task. */
  readonly raisedSinceMs?: number;
  readonly voidSinceMs?: number;
}

/** Plain JSON. */
export interface WatchState {
  readonly schema: 1;
  /** Beginning of the first five minutes that were ever evaluated; absent before that. */
  readonly sinceMs?: number;
  /** End of the last. */
  readonly atMs: number;
  readonly tasks: Readonly<Record<string, TaskState>>;
}

export const NO_STATE: WatchState = { schema: 1, atMs: 0, tasks: {} };

export interface WatchOutcome {
  readonly readings: readonly Reading[];
  readonly findings: readonly Finding[];
  readonly raises: readonly Raise[];
  /** For the next evaluation. */
  readonly state: WatchState;
}
