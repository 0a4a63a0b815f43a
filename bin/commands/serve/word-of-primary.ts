import type { Worker } from 'node:cluster';
import { SIGNALS } from '../../on-signals';

/** What the primary says to a worker that is to end. */
export interface StopWord {
  readonly stop: true;
}

/**
 * A worker obeys its primary and no signal: Ctrl-C reaches both, and what the primary says then would count as the second.
 * Without a primary nobody connects to it any more, so it ends as if it had been told to.
 */
export function onWordOfPrimary(worker: Worker, stop: () => void): void {
  for (const signal of SIGNALS) process.on(signal, () => {});
  worker.on('message', (message: Partial<StopWord>) => {
    if (message.stop) stop();
  });
  worker.on('disconnect', () => {
    // Else Node ends the process now, with whatever is under way.
    worker.exitedAfterDisconnect = true;
    stop();
  });
}
