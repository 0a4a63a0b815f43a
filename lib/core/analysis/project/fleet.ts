import { MONTH } from '../../durations';
import { callUsd } from './call-price';
import { breakEvenTokensPerSecond, gpuUsd, tokensServed, usdPerMillion } from './formulas';
import { type Line, lineOf } from './ledger';
import { isGpu, type Scenario, type ScenarioTask, type ScenarioTier, tierOf, tokensOf } from './scenario';

/** A month of one tier on GPUs. Every day is alike; within it the replicas follow the traffic's shape. */
export interface Fleet {
  readonly min: number;
  /** Null where nothing bounds it. */
  readonly max: number | null;
  /** Replicas in each hour of the day. */
  readonly replicasByHour: readonly number[];
  readonly peakReplicas: number;
  /** Replica-hours of the month, and those in which something was asked. */
  readonly hours: number;
  readonly busyHours: number;
  readonly idleShare: number;
  readonly usd: number;
  /** What the calls book by the price's formula; the rest is idle. */
  readonly bookedUsd: number;
  readonly idleUsd: number;
  /** Share of the tokens for which there was no room; their calls went on to a rented tier. */
  readonly overflowShare: number;
  /** What a million tokens cost in the end. */
  readonly usdPerMillion: number;
  /** Mean over the month, and what it would have to be for the cheapest rented tier to be dearer; null without one. */
  readonly tokensPerSecond: number;
  readonly breakEvenTokensPerSecond: number | null;
}

interface GpuTier extends ScenarioTier {
  readonly price: Extract<ScenarioTier['price'], { kind: 'gpu' }>;
}

export interface Housed {
  /** The ledger after calls that found no room have moved on, with a line for the idle hours of each tier on GPUs. */
  readonly lines: readonly Line[];
  readonly fleets: Readonly<Record<string, Fleet>>;
  /** Requests that found no room and had no rented tier to go to. */
  readonly unserved: number;
}

/** Gives the calls of the ledger room on GPUs: how many run when, what stands idle, and what does not fit. */
export function house(scenario: Scenario, ledger: readonly Line[]): Housed {
  const tiers = Object.values(scenario.tiers).filter((tier): tier is GpuTier => isGpu(tier));
  const wanted = new Map(tiers.map((tier) => [tier.id, roomFor(scenario, tier, tokensOn(ledger, tier.id))]));
  const moved = ledger.flatMap((line) => moveOverflow(scenario, line, wanted.get(line.tier)?.overflowShare ?? 0));
  const lines = moved.map(({ line }) => line);
  const fleets = tiers.map((tier) => [tier.id, fleetOf(scenario, tier, wanted.get(tier.id) as Room, lines)] as const);
  return {
    lines: [...lines, ...fleets.flatMap(([tier, { idleUsd }]) => (idleUsd === 0 ? [] : [idleLine(tier, idleUsd)]))],
    fleets: Object.fromEntries(fleets),
    unserved: moved.reduce((sum, { unserved }) => sum + unserved, 0),
  };
}

interface Room {
  readonly replicasByHour: readonly number[];
  readonly overflowShare: number;
}

function roomFor({ hourly, assumptions }: Scenario, tier: GpuTier, tokens: number): Room {
  const { min = 0, max = Number.POSITIVE_INFINITY } = tier.replicas ?? {};
  const inHour = tokensServed(tier.price.tokensPerSecond, 1);
  const wanted = hourly.map((share) => (tokens / MONTH.days) * share);
  const replicasByHour = wanted.map((load) =>
    Math.min(max, Math.max(min, Math.ceil(load / (inHour * assumptions.gpuUtilisation)))),
  );
  const served = wanted.reduce((sum, load, hour) => sum + Math.min(load, (replicasByHour[hour] ?? 0) * inHour), 0);
  const asked = wanted.reduce((sum, load) => sum + load, 0);
  return { replicasByHour, overflowShare: asked === 0 ? 0 : Math.max(0, 1 - served / asked) };
}

function fleetOf(
  scenario: Scenario,
  tier: GpuTier,
  { replicasByHour, overflowShare }: Room,
  lines: readonly Line[],
): Fleet {
  const { min = 0, max = Number.POSITIVE_INFINITY } = tier.replicas ?? {};
  const { price } = tier;
  const hours = MONTH.days * replicasByHour.reduce((sum, replicas) => sum + replicas, 0);
  const usd = gpuUsd(price.hourly * price.uplift, hours);
  const tokens = tokensOn(lines, tier.id);
  const bookedUsd = lines.reduce((sum, line) => sum + (line.tier === tier.id ? line.usd : 0), 0);
  const busyHours = tokens / tokensServed(price.tokensPerSecond, 1);
  const rented = cheapestRented(scenario);
  return {
    min,
    max: Number.isFinite(max) ? max : null,
    replicasByHour,
    peakReplicas: Math.max(...replicasByHour),
    hours,
    busyHours,
    // A replica that is full to the last token leaves a rounding error either way.
    idleShare: hours === 0 ? 0 : Math.max(0, 1 - busyHours / hours),
    usd,
    bookedUsd,
    idleUsd: Math.max(0, usd - bookedUsd),
    overflowShare,
    usdPerMillion: usdPerMillion(usd, tokens),
    tokensPerSecond: tokens / (MONTH.hours * 3600),
    breakEvenTokensPerSecond:
      rented === undefined ? null : breakEvenTokensPerSecond(price.hourly * price.uplift, rented.usdPerMillion),
  };
}

/** The rented tier on which the traffic's tokens cost least, and what a million of them cost there. */
export function cheapestRented(
  scenario: Scenario,
): { readonly tier: string; readonly usdPerMillion: number } | undefined {
  const ladders = new Set(scenario.tasks.flatMap(({ rungs }) => rungs.map(({ tier }) => tier)));
  const blends = [...ladders]
    .filter((tier) => !isGpu(tierOf(scenario, tier)))
    .map((tier) => ({ tier, usdPerMillion: blendOf(scenario, tier) }))
    .filter((blend) => blend.usdPerMillion > 0);
  return blends.sort((one, other) => one.usdPerMillion - other.usdPerMillion)[0];
}

function blendOf(scenario: Scenario, tier: string): number {
  const { price } = tierOf(scenario, tier);
  let usd = 0;
  let tokens = 0;
  for (const task of scenario.tasks) {
    const call = tokensOf(task, tier);
    usd += task.share * callUsd(price, call);
    tokens += task.share * (call.input + call.output);
  }
  return usdPerMillion(usd, tokens);
}

function idleLine(tier: string, usd: number): Line {
  const nothing = { requests: 0, overflowed: 0, asked: 0, calls: 0, inputTokens: 0, outputTokens: 0 };
  return { task: null, tier, purpose: 'idle', answeredBy: tier, ...nothing, usd, uncachedUsd: usd };
}

interface Moved {
  readonly line: Line;
  readonly unserved: number;
}

/** Splits a line by what fits: the rest goes to the ladder's next rented tier, or is not made where there is none. */
function moveOverflow(scenario: Scenario, line: Line, share: number): Moved[] {
  if (share === 0) return [{ line, unserved: 0 }];
  const task = scenario.tasks.find(({ id }) => id === line.task);
  const next = task === undefined ? undefined : nextRented(scenario, task, line);
  const stays = scaled(line, 1 - share);
  if (task === undefined || next === undefined) {
    const unserved = line.requests * share;
    return [{ line: { ...stays, requests: line.requests }, unserved }];
  }
  const goes = lineOf(scenario, {
    task,
    tier: next,
    purpose: line.purpose,
    answeredBy: next,
    requests: line.requests * share,
    overflowed: line.calls * share,
    calls: line.asked * share,
    tokens: tokensOf(task, next),
  });
  return [
    { line: stays, unserved: 0 },
    { line: goes, unserved: 0 },
  ];
}

/**
 * Only what answers a request moves on. A draft that would have failed is not made, for its request goes further anyway;
 * a classifier or judge that finds no room is done without.
 */
function nextRented(scenario: Scenario, { rungs }: ScenarioTask, line: Line): string | undefined {
  const { tier, purpose, answeredBy } = line;
  if (answeredBy !== tier || (purpose !== 'answer' && purpose !== 'retry')) return undefined;
  const here = rungs.findIndex((rung) => rung.tier === tier);
  return rungs.slice(here + 1).find((rung) => !isGpu(tierOf(scenario, rung.tier)))?.tier;
}

function scaled(line: Line, factor: number): Line {
  return {
    ...line,
    requests: line.requests * factor,
    asked: line.asked * factor,
    calls: line.calls * factor,
    inputTokens: line.inputTokens * factor,
    outputTokens: line.outputTokens * factor,
    usd: line.usd * factor,
    uncachedUsd: line.uncachedUsd * factor,
  };
}

function tokensOn(lines: readonly Line[], tier: string): number {
  return lines.reduce((sum, line) => sum + (line.tier === tier ? line.inputTokens + line.outputTokens : 0), 0);
}
