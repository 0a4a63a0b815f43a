import { DAY_MS, HOUR_MS } from '../../lib/core/durations';
import { WATCH_HEARTBEAT } from '../../lib/core/telemetry/signals';
import type { Finding, Infrastructure, WatchInput, WatchOutcome } from '../../lib/core/telemetry/watch/nouns';
import { WINDOW_MS } from '../../lib/core/telemetry/watch/nouns';
import { watch } from '../../lib/core/telemetry/watch/watch';
import type { Store } from '../shared/store/port';
import { certificateFaultsOf } from './certificate-faults';
import { type RememberedWatch, readMemory, type WatchMemory, writeMemory } from './memory';
import type { PublishReadings } from './publish';
import { acknowledgements, applyRaises } from './raises';
import { ceilTo, floorTo } from './stretches';
import { type Progress, TurnLostError } from './turn';
import type { PolicyInForce, WatchedPolicy } from './watched-policy';
import { createWindows } from './windows';

export interface EvaluatePorts {
  readonly store: Pick<Store, 'rollups' | 'states' | 'switches'>;
  readonly policy: PolicyInForce;
  readonly publish: PublishReadings;
  readonly infrastructure: Infrastructure;
  readonly nowMs: () => number;
  /** Told of each finding when it begins. */
  readonly onFinding: (finding: Finding) => void;
}

export interface Evaluation {
  /** Evaluations made. */
  readonly made: number;
  /** End of the last five minutes that were ever evaluated; undefined before the first. */
  readonly atMs: number | undefined;
}

export interface Evaluate {
  /** Evaluates every five minutes that are added up and have not been yet, or as many as there is time for. */
  run(progress: Progress, isTimeUp: () => boolean): Promise<Evaluation>;
}

const EVERY_MS = WINDOW_MS.fiveMinutes;
/** CloudWatch takes values of the last two weeks. What is older nobody can be shown any more. */
const OLDEST_MS = 13 * DAY_MS;
const LONGEST_MONTH_MS = 30 * DAY_MS;

/**
 * What the last five minutes, hour, day and month say. Readings are published before it is remembered that they were: after
 * a crash they are published again, the same values for the same time, which changes no average and no maximum.
 */
export function createEvaluate(ports: EvaluatePorts): Evaluate {
  const { store, publish, nowMs } = ports;
  const windows = createWindows(store.rollups);

  async function inputOf(atMs: number, watched: WatchedPolicy, memory: WatchMemory, reached: Progress) {
    const { throughMs, sinceMs } = reached;
    const { policy } = watched;
    const back = (ms: number) => windows(atMs - ms, atMs, throughMs);
    const monthMs = Math.max(monthBegins(atMs), ceilTo(DAY_MS, atMs - LONGEST_MONTH_MS), sinceMs);
    const [fiveMinutes, hour, day, month] = await Promise.all([
      back(WINDOW_MS.fiveMinutes),
      back(WINDOW_MS.hour),
      back(WINDOW_MS.day),
      // Before the first minute there was nothing, and its hour lasts longer in the store than itself.
      windows(floorTo(HOUR_MS, monthMs), atMs, throughMs),
    ]);
    const input: WatchInput = {
      policy,
      atMs,
      windows: { fiveMinutes, hour, day },
      month: { fromMs: monthMs, rollup: month },
      state: memory.watch,
      infrastructure: ports.infrastructure,
      publishedAtMs: memory.policy?.sinceMs ?? 0,
      certificateFaults: certificateFaultsOf(policy),
      acknowledgedAtMs: memory.acknowledgedAtMs,
    };
    return input;
  }

  async function evaluate(
    atMs: number,
    watched: WatchedPolicy,
    known: RememberedWatch,
    reached: Progress,
  ): Promise<RememberedWatch> {
    const now = inForce(atMs, watched, known.memory);
    const outcome = watch(await inputOf(atMs, watched, now, reached));
    await publish(ofPeriod(outcome), atMs - EVERY_MS);
    // Of a past that is caught up with, the end alone says how things stand.
    if (atMs + EVERY_MS > reached.throughMs) await applyRaises(store.switches, outcome.raises, nowMs());
    const { state, findings } = outcome;
    const memory = Object.assign({}, now, { watch: state, findings, own: ports.infrastructure.own });
    if (!(await writeMemory(store.states, { memory, revision: known.revision }))) {
      throw new TurnLostError('another one evaluates now');
    }
    tellNew(findings, known.memory.findings);
    return { memory, revision: known.revision + 1 };
  }

  /** What is remembered, with what people have acknowledged since. */
  async function remembered(): Promise<RememberedWatch> {
    const [{ memory, revision }, acknowledged] = await Promise.all([
      readMemory(store.states),
      acknowledgements(store.switches),
    ]);
    const acknowledgedAtMs = Object.assign({}, memory.acknowledgedAtMs, acknowledged);
    return { memory: Object.assign({}, memory, { acknowledgedAtMs }), revision };
  }

  function tellNew(findings: readonly Finding[], before: readonly Finding[]): void {
    const known = new Set(before.map(keyOf));
    for (const finding of findings) if (!known.has(keyOf(finding))) ports.onFinding(finding);
  }

  return {
    async run(reached, isTimeUp) {
      let known = await remembered();
      let made = 0;
      let dueMs = nextAfter(known.memory, reached, nowMs());
      do {
        // Asked for though nothing may be due yet: that it cannot be read is to be known.
        const watched = await ports.policy(dueMs, known.memory.policy?.version);
        if (watched === undefined || dueMs > reached.throughMs || isTimeUp()) break;
        known = await evaluate(dueMs, watched, known, reached);
        made += 1;
        dueMs += EVERY_MS;
      } while (dueMs <= reached.throughMs);
      const { atMs } = known.memory.watch;
      return { made, atMs: atMs === 0 ? undefined : atMs };
    },
  };
}

/** End of the first five minutes that have not been evaluated. */
function nextAfter({ watch: { atMs } }: WatchMemory, { sinceMs }: Progress, nowMs: number): number {
  const next = atMs === 0 ? ceilTo(EVERY_MS, sinceMs + 1) : atMs + EVERY_MS;
  return Math.max(next, ceilTo(EVERY_MS, nowMs - OLDEST_MS));
}

/** A policy that nobody has published is in force since it was first seen; one that was there from the beginning, ever since. */
function inForce(atMs: number, { policy, publishedAtMs }: WatchedPolicy, memory: WatchMemory): WatchMemory {
  const { version } = policy;
  const known = memory.policy;
  const seenMs = known === undefined ? 0 : known.version === version ? known.sinceMs : atMs - EVERY_MS;
  return Object.assign({}, memory, { policy: { version, sinceMs: publishedAtMs ?? seenMs } });
}

function monthBegins(atMs: number): number {
  const at = new Date(atMs - 1);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
}

/** A heartbeat is of a run, not of a time that is evaluated. */
function ofPeriod({ readings }: WatchOutcome): WatchOutcome['readings'] {
  return readings.filter(({ name }) => name !== WATCH_HEARTBEAT.name);
}

function keyOf({ signal, kind, task, tier }: Finding): string {
  return JSON.stringify([signal, kind, task, tier]);
}
