import { setMaxListeners } from 'node:events';
import { onSignals } from '../on-signals';

/** How the user ends a run: the first signal lets calls under way end, the second gives them up. */
export interface Stop {
  readonly stopped: AbortController;
  readonly aborted: AbortController;
  /** Leaves signals to the process again. */
  release(): void;
}

/** Longer than most answers take, shorter than anybody waits who has pressed Ctrl-C. */
const GRACE_MS = 30_000;
/** A verdict costs nothing to find once more. */
const ORACLE_GRACE_MS = 3000;
/** For what the user's own code has left open, such as a timer: it would keep the process from its end. */
const LAST_MS = 2000;

/** `oracles` is aborted with the calls, or a few seconds after the first signal. */
export function stopOnSignal(oracles: AbortController, onFirst: () => void): Stop {
  const stopped = new AbortController();
  const aborted = new AbortController();
  // Every call under way listens.
  setMaxListeners(0, stopped.signal, aborted.signal);
  const graces: NodeJS.Timeout[] = [];
  let isTold = false;
  const release = onSignals({
    first() {
      isTold = true;
      stopped.abort();
      graces.push(setTimeout(() => aborted.abort(), GRACE_MS));
      graces.push(setTimeout(() => oracles.abort(), ORACLE_GRACE_MS));
      onFirst();
    },
    again() {
      aborted.abort();
      oracles.abort();
    },
  });
  return {
    stopped,
    aborted,
    release() {
      for (const grace of graces) clearTimeout(grace);
      release();
      if (isTold) setTimeout(() => process.exit(), LAST_MS).unref();
    },
  };
}
