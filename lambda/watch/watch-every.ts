import { causeOf } from '../shared/cause-of';
import type { Outage } from '../shared/outage';
import { createPoller } from '../shared/poller';
import type { Watcher } from './watcher';

export interface Watching {
  /** Takes no further turn, and waits for the one under way. */
  stop(): Promise<void>;
}

export interface WatchingOptions {
  readonly everyMs: number;
  /** Told of a run that failed, once for as long as runs fail alike. */
  readonly onFailure: (error: unknown) => void;
}

/** Runs the watch in a process that goes on: now, and then again and again, never two at once. */
export function watchEvery(watcher: Watcher, { everyMs, onFailure }: WatchingOptions): Watching {
  let stopped = false;
  const { start, stop } = createPoller({
    look: () => watcher.run(() => stopped),
    intervalMs: everyMs,
    nowMs: Date.now,
    outage: tellWhatIsNew(onFailure),
  });
  void start();
  return {
    stop() {
      stopped = true;
      return stop();
    },
  };
}

/** A run can fail in many ways: another one is news though nothing has gone well in between. */
function tellWhatIsNew(tell: (error: unknown) => void): Outage {
  let told: string | undefined;
  return {
    met(error) {
      const cause = causeOf(error);
      if (cause !== told) tell(error);
      told = cause;
    },
    over() {
      told = undefined;
    },
  };
}
