import { createBudgets } from '../../lambda/router/budgets/budgets';
import { openMemoryStore } from '../../lambda/shared/store/memory';
import { publishEmbedded } from '../../lambda/watch/publish-embedded';
import { emptyRollup, type Rollup } from '../../lib/core/telemetry/rollup/rollup';
import { SUM_NAMES, type SumName, someSums, sumsOf } from '../../lib/core/telemetry/rollup/sums';
import { NO_STATE, type Reading, type WatchState, WINDOW_MS } from '../../lib/core/telemetry/watch/nouns';
import { watch } from '../../lib/core/telemetry/watch/watch';
import type { Attribution } from '../../lib/core/types';
import type { Policy } from '../../lib/core/types-policy';
import { NOON_MS, ROUTER, served, TASK } from './a-desk';
import { type Datapoints, readLines } from './datapoints';

const PERIOD_MS = 300_000;
const NO_TRAFFIC = emptyRollup();

/** What may become of a request whose question two tiers were asked: which of the two answers passed. */
export const KINDS = ['both', 'onlyServed', 'onlyReference', 'neither'] as const;

export type Pairs<Of> = Readonly<Record<(typeof KINDS)[number], Of>>;

/** The record of each kind, by requests that went the whole way: served by the first tier, compared with the last. */
export async function servedPairs(policy: Policy): Promise<Pairs<Attribution>> {
  const drawn = async (small: string, frontier: string): Promise<Attribution> => {
    const budgets = createBudgets({ store: openMemoryStore().budgets, nowMs: () => NOON_MS, onFailure: () => {} });
    const script = { small: [{ say: small }], frontier: [{ say: frontier }] };
    return served(policy, script, undefined, { budgets, random: () => 0 });
  };
  const [good, bad] = ['billing', 'I would say it is a parcel.'];
  return {
    both: await drawn(good, good),
    onlyServed: await drawn(good, bad),
    onlyReference: await drawn(bad, good),
    neither: await drawn(bad, bad),
  };
}

export interface Sampled {
  readonly policy: Policy;
  readonly periods: number;
  readonly records: Pairs<Attribution>;
  /** The task that they are of; another may have been published after a deployment. */
  readonly task?: string;
  /** Pairs of a period of five minutes, the first being 0. */
  readonly pairs: (period: number) => Pairs<number>;
}

/** What the watch function puts of the quality of a task after each period, over what it was asked up to then. */
export async function* sampled({ policy, periods, records, task = TASK, pairs }: Sampled): AsyncGenerator<Datapoints> {
  const added = new AddedUp(task, records, periods);
  let state: WatchState = NO_STATE;
  for (let period = 0; period < periods; period++) {
    added.put(period, pairs(period));
    const atMs = NOON_MS + (period + 1) * PERIOD_MS;
    const last = (ms: number): Rollup => added.between(Math.max(0, period + 1 - ms / PERIOD_MS), period + 1);
    const outcome = watch({
      policy,
      atMs,
      // Nothing is said of quality within five minutes.
      windows: { fiveMinutes: NO_TRAFFIC, hour: last(WINDOW_MS.hour), day: last(WINDOW_MS.day) },
      month: { fromMs: NOON_MS, rollup: added.between(0, period + 1) },
      state,
      infrastructure: { own: { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0 } },
      publishedAtMs: NOON_MS - 30 * WINDOW_MS.day,
    });
    state = outcome.state;
    yield await emitted(outcome.readings, atMs);
  }
}

/** By what was read: in a quiet week the watch function says the same two thousand times. */
const EMITTED = new Map<string, Datapoints>();

/** What CloudWatch makes of the lines; of readings that the alarm does not look at there are none. */
async function emitted(readings: readonly Reading[], atMs: number): Promise<Datapoints> {
  const read = readings.filter(({ name }) => name === 'QualityShortfall');
  const said = read.map(({ task = '', value }) => `${task} ${value}`).join();
  const known = EMITTED.get(said);
  if (known !== undefined) return known;
  const lines: string[] = [];
  await publishEmbedded(ROUTER, (line) => lines.push(line))(read, atMs);
  const points = readLines(lines);
  EMITTED.set(said, points);
  return points;
}

/** Sums of the records of each kind, period by period, and of any stretch. */
class AddedUp {
  readonly #before = new Map<SumName, Float64Array>();
  readonly #ofOne: Pairs<Readonly<Record<SumName, number>>>;

  constructor(
    readonly task: string,
    records: Pairs<Attribution>,
    periods: number,
  ) {
    const { both, onlyServed, onlyReference, neither } = records;
    this.#ofOne = {
      both: sumsOf(both),
      onlyServed: sumsOf(onlyServed),
      onlyReference: sumsOf(onlyReference),
      neither: sumsOf(neither),
    };
    for (const name of SUM_NAMES)
      if (KINDS.some((kind) => this.#ofOne[kind][name] !== 0)) this.#before.set(name, new Float64Array(periods + 1));
  }

  put(period: number, pairs: Pairs<number>): void {
    for (const [name, before] of this.#before) {
      const came = KINDS.reduce((sum, kind) => sum + pairs[kind] * this.#ofOne[kind][name], 0);
      before[period + 1] = (before[period] as number) + came;
    }
  }

  /** From a period on and up to another, which is not one of them. */
  between(from: number, until: number): Rollup {
    const total: Record<SumName, number> = someSums({});
    for (const [name, before] of this.#before) total[name] = (before[until] as number) - (before[from] as number);
    const by = Object.assign({}, NO_TRAFFIC.by, { task: { [this.task]: total } });
    return Object.assign({}, NO_TRAFFIC, { total, by });
  }
}
