import { setMaxListeners } from 'node:events';

/** How the user ends a run: the first signal lets calls under way end, the second gives them up. */
export interface Stop {
  readonly stopped: AbortController;
  readonly aborted: AbortController;
  /** Leaves signals to the process again. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Longer than most answers take, shorter than anybody waits who has pressed Ctrl-C. */
const GRACE_MS = 30_000;

export function stopOnSignal(onFirst: () => void): Stop {
  const stopped = new AbortController();
  const aborted = new AbortController();
  // Every call under way listens.
  setMaxListeners(0, stopped.signal, aborted.signal);
  let grace: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (stopped.signal.aborted) {
      aborted.abort();
      return;
    }
    stopped.abort();
    grace = setTimeout(() => aborted.abort(), GRACE_MS);
    onFirst();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    stopped,
    aborted,
    release() {
      clearTimeout(grace);
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
