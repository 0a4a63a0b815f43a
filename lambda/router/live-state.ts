import { messageOf } from '../../lib/core/message-of';
import type { AnswerCache } from '../../lib/core/types-live';
import type { Policy } from '../../lib/core/types-policy';
import type { Store } from '../shared/store/port';
import { createAnswerCache } from './answer-cache';
import { createBudgets, type KeptBudgets } from './budgets/budgets';
import { createTierHealth, type LiveTierHealth } from './health/tier-health';
import { createSessions, type KeptSessions } from './sessions';
import { createSwitches, type Switches } from './switches';

export interface LiveStateOptions {
  readonly store: Store;
  readonly policy: () => Policy | undefined;
  readonly refreshMs: number;
  readonly nowMs: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Takes what the person on call should read. */
  readonly warn: (message: string) => void;
}

/** What a process knows beside its policy, and keeps up to date beside the requests. */
export interface LiveState {
  readonly health: LiveTierHealth;
  readonly budgets: KeptBudgets;
  readonly sessions: KeptSessions;
  readonly answers: AnswerCache;
  readonly switches: Switches;
  /** The first look at the store; never rejects. */
  start(): Promise<void>;
  /** To be told of every request. */
  poke(): void;
  /** Waits until everything is booked, or the time is up; resolves with the number of writes still open. */
  flush(ms: number): Promise<number>;
  close(): void;
}

export function createLiveState({ store, policy, refreshMs, nowMs, random, warn }: LiveStateOptions): LiveState {
  const tell = (what: string) => (error: unknown) => warn(`${what}: ${messageOf(error)}`);
  const health = createTierHealth({ policy, breakers: store.breakers, nowMs, random, warn, refreshMs });
  const budgets = createBudgets({
    store: store.budgets,
    nowMs,
    onFailure: tell('what a request cost could not be booked in its budgets yet'),
  });
  const sessions = createSessions({
    store: store.sessions,
    nowMs,
    onUnreachable: tell('the store cannot be reached, sessions stay within this process'),
  });
  const switches = createSwitches({
    store: store.switches,
    intervalMs: refreshMs,
    nowMs,
    onUnreachable: tell('the store cannot be reached, what was switched stays as it was'),
  });
  return {
    health,
    budgets,
    sessions,
    answers: createAnswerCache(),
    switches,
    start() {
      health.start();
      return switches.start();
    },
    poke() {
      health.poke();
      switches.poke();
    },
    async flush(ms) {
      const open = await Promise.all([budgets.flush(ms), sessions.flush(ms)]);
      return open.reduce((sum, count) => sum + count, 0);
    },
    close() {
      health.close();
      switches.stop();
    },
  };
}
