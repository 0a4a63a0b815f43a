/** The watch function, run after run, with a new process where the last was ended. */

import type { PolicyStore } from '../../../lambda/shared/store/policy-port';
import { createPolicyReader } from '../../../lambda/watch/watched-policy';
import { createWatcher, type Watcher } from '../../../lambda/watch/watcher';
import { WATCH_HEARTBEAT } from '../../../lib/core/telemetry/signals';
import type { Finding, Reading } from '../../../lib/core/telemetry/watch/nouns';
import { type Kill, Killed, Process, seenBy, type Watched } from './kills';
import type { Own } from './ledger';
import type { Clock } from './router';

export interface Noticed extends Finding {
  readonly atMs: number;
}

export interface WatchPorts {
  readonly store: Watched & { readonly policies: PolicyStore };
  readonly clock: Clock;
  readonly own: Own;
  /** Takes what was put, and for which moment. */
  readonly take: (readings: readonly Reading[], atMs: number) => Promise<void>;
}

export class WatchFunction {
  readonly noticed: Noticed[] = [];
  kills = 0;
  breaks = 0;
  heartbeats = 0;
  private watcher: Watcher | undefined;

  constructor(private readonly ports: WatchPorts) {}

  /** One run of the schedule, which may be ended in its middle, or have no time for all of it. */
  async run(kill?: Kill, asksForTime = Number.POSITIVE_INFINITY): Promise<void> {
    if (kill !== undefined) this.watcher = undefined;
    this.watcher ??= this.start(new Process(kill));
    let asked = 0;
    const isTimeUp = () => ++asked > asksForTime;
    try {
      await this.watcher.run(isTimeUp);
      if (asked > asksForTime) this.breaks += 1;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.kills += 1;
    }
    if (kill !== undefined) this.watcher = undefined;
  }

  private start(process: Process): Watcher {
    const { store, clock, own, take } = this.ports;
    const nowMs = () => clock.nowMs;
    return createWatcher({
      store: seenBy(process, store),
      policy: createPolicyReader({ store: process.sees(store.policies), variables: {}, nowMs }),
      publish: (readings, atMs) =>
        process.call(() => {
          this.heartbeats += readings.filter(({ name }) => name === WATCH_HEARTBEAT.name).length;
          return take(readings, atMs);
        }) as Promise<void>,
      infrastructure: { own },
      nowMs,
      onFinding: (finding) => this.noticed.push({ ...finding, atMs: clock.nowMs }),
    });
  }
}
