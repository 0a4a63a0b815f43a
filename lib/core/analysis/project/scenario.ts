/** The nouns of a projection before anything is added up: a month of traffic, what it meets, and what that costs. */

import type { Policy, Price } from '../../types-policy';
import type { Assumptions } from './assumptions';
import type { Rates } from './rates';

/** Means over the calls that were measured. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
}

export interface ScenarioTier {
  readonly id: string;
  readonly model: string;
  /** In force on the day of the projection. */
  readonly price: Price;
  /** How many copies of a tier on GPUs may run; absent for a rented tier. */
  readonly replicas?: { readonly min: number; readonly max: number };
  /** Whether a call that failed is made again. */
  readonly retries: boolean;
  /** Mean of a call; 0 where it was not measured. */
  readonly latencyMs: number;
}

/** One tier of a task's ladder. */
export interface Rung {
  readonly tier: string;
  /** Share of the task's requests that begin here; over the ladder they make 1. */
  readonly start: number;
  /** Share of its answers that fail their check and go up; nothing goes up from the last one. */
  readonly climb: number;
}

/** A call that is made for a request beside those that answer it. */
export interface SideCall {
  readonly tier: string;
  readonly input: number;
  readonly output: number;
}

export interface ScenarioTask {
  readonly id: string;
  /** Share of the traffic; over the tasks they make 1. */
  readonly share: number;
  /** In the order of escalation; never empty. */
  readonly rungs: readonly Rung[];
  /** By tier, for every tier of the scenario. */
  readonly tokens: Readonly<Record<string, Tokens>>;
  /** By tier, as measured in profiling; tiers on which the task was not profiled are absent. */
  readonly passRates: Readonly<Record<string, number>>;
  /** Pass rate the task is held to. */
  readonly target: number;
  /** Tiers to which its residency and retention let a prompt go. */
  readonly allowed: readonly string[];
  /** Made once for each request: a classifier, the embedding of the prompt. */
  readonly choosing: readonly SideCall[];
  /** Made for each answer; tokens of the judged call are added to these. */
  readonly judges: readonly SideCall[];
  /** Whether its answers are cached. */
  readonly cached: boolean;
}

/** A share of the requests that is answered twice, up to an amount a month. */
export interface Sample {
  readonly share: number;
  readonly limitUsd: number;
}

/** Whose routing is projected: the policy's own, or in part that of the policy that was profiled. */
export type RoutedAs = 'policy' | 'profile';

export interface Scenario {
  readonly policy: { readonly id: string; readonly version: string };
  /** Requests in the month. */
  readonly volume: number;
  /** Share of a day's requests in each of its 24 hours (UTC); together 1. */
  readonly hourly: readonly number[];
  readonly tiers: Readonly<Record<string, ScenarioTier>>;
  readonly tasks: readonly ScenarioTask[];
  readonly frontier: string;
  readonly control: Sample;
  readonly shadow: Sample;
  /** USD a month, by the name the user gave. */
  readonly hiddenCosts: Readonly<Record<string, number>>;
  readonly engineers: number;
  /** USD a month that the requests bring in. */
  readonly revenueUsd?: number;
  readonly assumptions: Assumptions;
  readonly rates: Rates;
  /** Default `policy`. */
  readonly routedAs?: RoutedAs;
  /** What the projection could not know and did about it. */
  readonly notes: readonly string[];
}

/** What the user says beside profile and policy. */
export interface ProjectOptions {
  readonly volume: number;
  readonly policy?: Policy;
  /** Day whose prices are taken, in UTC milliseconds. */
  readonly atMs: number;
  readonly engineers?: number;
  /** Requests by hour of the day, in any unit; the policy's or even by default. */
  readonly hourly?: readonly number[];
  /** Beside those of the policy; the same name replaces. */
  readonly hiddenCosts?: Readonly<Record<string, number>>;
  readonly revenueUsd?: number;
  readonly assumptions?: Partial<Assumptions>;
  readonly rates?: Partial<Rates>;
}

export function isGpu({ price }: Pick<ScenarioTier, 'price'>): boolean {
  return price.kind === 'gpu';
}

/** The tier by its id; a scenario holds every tier it names. */
export function tierOf({ tiers }: Pick<Scenario, 'tiers'>, id: string): ScenarioTier {
  const tier = tiers[id];
  if (tier === undefined) throw new Error(`The scenario has no tier ${id}.`);
  return tier;
}

export function tokensOf(task: ScenarioTask, tier: string): Tokens {
  return task.tokens[tier] ?? { input: 0, output: 0 };
}
