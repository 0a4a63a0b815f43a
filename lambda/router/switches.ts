import type { Switch } from '../../lib/core/types-live';
import type { SwitchStore } from '../shared/store/port';

export interface SwitchesOptions {
  readonly store: SwitchStore;
  readonly intervalMs: number;
  readonly nowMs: () => number;
  /** Told once of each time that the store cannot be reached. */
  readonly onUnreachable: (error: unknown) => void;
}

/** What the person on call has switched, as the store last said. Each entry expires by itself, whoever reads it. */
export interface Switches {
  current(): readonly Switch[];
  /** Looks now and then every interval. Never rejects. */
  start(): Promise<void>;
  /** For platforms whose timers stand still between requests. */
  poke(): void;
  stop(): void;
}

/** Reads the switches beside the requests. While the store is down, those last seen stay in force. */
export function createSwitches({ store, intervalMs, nowMs, onUnreachable }: SwitchesOptions): Switches {
  let current: readonly Switch[] = [];
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let reachable = true;
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    lookedAtMs = nowMs();
    try {
      current = await store.active(nowMs());
      reachable = true;
    } catch (error) {
      if (reachable) onUnreachable(error);
      reachable = false;
    }
  }

  function refresh(): Promise<void> {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  return {
    current: () => current,
    start() {
      timer ??= setInterval(refresh, intervalMs).unref();
      return refresh();
    },
    poke() {
      if (nowMs() - lookedAtMs >= intervalMs) void refresh();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
