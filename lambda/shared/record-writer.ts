import type { Attribution } from '../../lib/core/types';
import { causeOf } from './cause-of';
import type { AttributionStore } from './store/attribution-port';

export interface RecordWriterOptions {
  readonly store: Pick<AttributionStore, 'put'>;
  /**
   * Told of a failed write, once for each cause until one of the records that failed is stored; `pending` counts those that
   * are not stored yet.
   */
  readonly onFailure: (error: unknown, pending: number) => void;
  /** Told once when a record that had failed is stored. */
  readonly onRecovery?: (pending: number) => void;
  /** Writes in flight at once. Default 8. */
  readonly concurrency?: number;
  /** 0 to 1, for the jitter. */
  readonly random?: () => number;
}

export interface RecordWriter {
  /** Takes a record to be stored in the background. Never throws and never waits. */
  record(attribution: Attribution): void;
  /** Records that are not stored yet. */
  pending(): number;
  /** Waits at most so many milliseconds for everything to be stored, and says how many records are still pending. */
  flush(withinMs: number): Promise<number>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Writes records behind the answers. What fails is tried again for as long as the process lives, in no fixed order, so a
 * store that is down loses nothing and holds up nobody; the store itself sees to it that no record is kept twice.
 */
export function createRecordWriter(options: RecordWriterOptions): RecordWriter {
  const { store, onFailure, onRecovery = () => {}, concurrency = 8, random = Math.random } = options;
  const waiting: Attribution[] = [];
  const failed = new Set<Attribution>();
  const told = new Set<string>();
  const flushing = new Set<() => void>();
  let inFlight = 0;
  let failuresInRow = 0;
  let pause: NodeJS.Timeout | undefined;

  const pending = () => waiting.length + inFlight;

  function pump(): void {
    while (pause === undefined && inFlight < concurrency) {
      const next = waiting.shift();
      if (next === undefined) break;
      inFlight += 1;
      void write(next);
    }
    if (pending() === 0) for (const done of flushing) done();
  }

  async function write(attribution: Attribution): Promise<void> {
    try {
      await store.put(attribution);
      failuresInRow = 0;
      inFlight -= 1;
      if (failed.delete(attribution)) recovered();
    } catch (error) {
      inFlight -= 1;
      waiting.push(attribution);
      failed.add(attribution);
      holdOn();
      report(error);
    }
    pump();
  }

  /** One pause for all: writes that fail together count as one failure. */
  function holdOn(): void {
    if (pause !== undefined) return;
    const longestMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failuresInRow);
    failuresInRow += 1;
    pause = setTimeout(goOn, longestMs * (0.5 + random() / 2));
    pause.unref();
  }

  function goOn(): void {
    clearTimeout(pause);
    pause = undefined;
    pump();
  }

  function report(error: unknown): void {
    const cause = causeOf(error);
    if (told.has(cause)) return;
    told.add(cause);
    quietly(() => onFailure(error, pending()));
  }

  /** Another record that goes in says nothing: beside one that never does, the failure would be news each time. */
  function recovered(): void {
    if (told.size === 0) return;
    told.clear();
    quietly(() => onRecovery(pending()));
  }

  return {
    pending,

    record(attribution) {
      waiting.push(attribution);
      pump();
    },

    flush(withinMs) {
      if (pending() === 0) return Promise.resolve(0);
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(deadline);
          flushing.delete(done);
          resolve(pending());
        };
        // This timer alone keeps a process alive that has nothing left to do but to store its records.
        const deadline = setTimeout(done, withinMs);
        flushing.add(done);
        goOn();
      });
    },
  };
}

function quietly(report: () => void): void {
  try {
    report();
  } catch {
    // A reporter that fails must not cost a record.
  }
}
