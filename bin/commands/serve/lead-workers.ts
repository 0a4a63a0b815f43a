import cluster, { type Worker } from 'node:cluster';
import { UserError } from '../command';
import { onSignals, type StopWord } from './told-to-stop';

/** Before one that could not start is replaced: the next will hardly fare better at once. */
const PAUSE_MS = 5000;
const STOP: StopWord = { stop: true };

/** What a worker says once it takes requests. */
export interface ReadyWord {
  readonly ready: string;
}

/**
 * Forks the workers, calls back with their address once all take requests, and replaces one that dies. Never resolves: the
 * process ends with its workers, and with the worst of their exit codes. Rejects where one cannot start.
 */
export function leadWorkers(count: number, onReady: (url: string) => void): Promise<never> {
  return new Promise((_resolve, reject) => {
    // Node's own list is not always rid of a worker when it says that it has ended.
    const alive = new Set<Worker>();
    const serving = new Set<Worker>();
    let started = false;
    let stopping = false;
    let worst = 0;
    const fork = (): void => void alive.add(cluster.fork());
    const tell = (worker: Worker): void => stop(worker, serving.has(worker));
    // Later, so that what was the matter is told first.
    const endAlone = (): void => {
      if (stopping && alive.size === 0) setImmediate(() => process.exit(worst));
    };
    const stopAll = (): void => {
      stopping = true;
      alive.forEach(tell);
      endAlone();
    };
    cluster.on('message', (worker, { ready }: Partial<ReadyWord>) => {
      if (ready === undefined) return;
      serving.add(worker);
      if (stopping) return tell(worker);
      if (started || serving.size < count) return;
      started = true;
      onReady(ready);
    });
    cluster.on('exit', (worker, code, signal) => {
      alive.delete(worker);
      const served = serving.delete(worker);
      if (stopping) worst = Math.max(worst, codeOf(code, signal));
      else if (started) setTimeout(() => stopping || fork(), served ? 0 : PAUSE_MS);
      else {
        worst = 1;
        stopAll();
        reject(new UserError(`A worker could not start (${code === null ? signal : `exit code ${code}`}).`));
      }
      endAlone();
    });
    onSignals({
      first: stopAll,
      again: () => {
        for (const worker of alive) worker.process.kill('SIGKILL');
        process.exit(1);
      },
    });
    for (let index = 0; index < count; index += 1) fork();
  });
}

/**
 * One that does not take requests yet has nothing to finish, and would not hear a word. Should it come to take them all the
 * same, the signal is nothing to it any more, and it is told when it says that it is ready.
 */
function stop(worker: Worker, serves: boolean): void {
  // One that is gone already cannot be reached, and need not.
  if (serves) worker.send(STOP, () => {});
  else worker.process.kill('SIGTERM');
}

/** Ctrl-C and its like end only a worker that is still starting. Any other signal may have taken requests along. */
function codeOf(code: number | null, signal: string | null): number {
  if (code !== null) return code;
  return signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 2;
}
