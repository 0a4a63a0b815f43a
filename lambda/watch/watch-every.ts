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
  let told: string | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    try {
      await watcher.run(() => stopped);
      told = undefined;
    } catch (error) {
      const message = String(error);
      if (message !== told) onFailure(error);
      told = message;
    }
  }

  let running: Promise<void> | undefined;
  function start(): void {
    running ??= run().finally(() => {
      running = undefined;
    });
  }

  start();
  const timer = setInterval(start, everyMs).unref();
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
