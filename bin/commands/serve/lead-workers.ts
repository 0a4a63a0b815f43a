import cluster, { type Worker } from 'node:cluster';
import { onSignals } from '../../on-signals';
import { UserError } from '../command';
import type { StopWord } from './word-of-primary';

/** Between two starts of one worker: what ends it as soon as it has started will hardly spare the next. */
const PAUSE_MS = 5000;
const STOP: StopWord = { stop: true };

/** What a worker says once it takes requests. */
export interface ReadyWord {
  readonly ready: string;
}

export interface LeadOptions {
  readonly count: number;
  /** Told the address once all take requests. */
  readonly onReady: (url: string) => void;
  /** Told how a worker ended that nobody had told to. */
  readonly onLost: (how: string) => void;
}

/**
 * Forks the workers, and replaces one that dies. Never resolves: the process ends with its workers, and with the worst of
 * their exit codes. Rejects where one cannot start.
 */
export function leadWorkers(options: LeadOptions): Promise<never> {
  return new Promise((_resolve, reject) => new Lead(options, reject).begin());
}

class Lead {
  /** When each was started. Node's own list is not always rid of a worker when it says that it has ended. */
  private readonly alive = new Map<Worker, number>();
  private readonly serving = new Set<Worker>();
  private started = false;
  private stopping = false;
  private worst = 0;

  constructor(
    private readonly options: LeadOptions,
    private readonly cannotStart: (error: UserError) => void,
  ) {}

  begin(): void {
    cluster.on('message', (worker, { ready }: Partial<ReadyWord>) => {
      if (ready !== undefined) this.serves(worker, ready);
    });
    cluster.on('exit', (worker, code, signal) => this.ended(worker, code, signal));
    onSignals({ first: () => this.stopAll(), again: () => this.killAll() });
    for (let index = 0; index < this.options.count; index += 1) this.fork();
  }

  private fork(): void {
    this.alive.set(cluster.fork(), performance.now());
  }

  private serves(worker: Worker, url: string): void {
    this.serving.add(worker);
    if (this.stopping) stop(worker, true);
    else if (!this.started && this.serving.size === this.options.count) {
      this.started = true;
      this.options.onReady(url);
    }
  }

  private ended(worker: Worker, code: number | null, signal: string | null): void {
    const startedAtMs = this.alive.get(worker) ?? 0;
    this.alive.delete(worker);
    this.serving.delete(worker);
    const how = code === null ? `${signal}` : `exit code ${code}`;
    if (this.stopping) this.worst = Math.max(this.worst, codeOf(code, signal));
    else if (this.started) {
      this.options.onLost(how);
      this.replace(startedAtMs);
    } else {
      this.worst = Math.max(1, codeOf(code, signal));
      this.stopAll();
      this.cannotStart(new UserError(`A worker could not start (${how}).`));
    }
    this.endAlone();
  }

  private replace(startedAtMs: number): void {
    const pauseMs = Math.max(0, startedAtMs + PAUSE_MS - performance.now());
    setTimeout(() => this.stopping || this.fork(), pauseMs);
  }

  private stopAll(): void {
    this.stopping = true;
    for (const worker of this.alive.keys()) stop(worker, this.serving.has(worker));
    this.endAlone();
  }

  private killAll(): never {
    for (const worker of this.alive.keys()) worker.process.kill('SIGKILL');
    process.exit(1);
  }

  /** Later, so that what was the matter is told first. */
  private endAlone(): void {
    if (this.stopping && this.alive.size === 0) setImmediate(() => process.exit(this.worst));
  }
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
