import type { Switch } from '../../lib/core/types-live';
import { tellOutages } from '../shared/outage';
import { createPoller, type Poller } from '../shared/poller';
import type { SwitchStore } from '../shared/store/switch-port';

export interface SwitchesOptions {
  readonly store: SwitchStore;
  readonly intervalMs: number;
  readonly nowMs: () => number;
  /** Told once of each time that the store cannot be reached. */
  readonly onUnreachable: (error: unknown) => void;
}

/** What the person on call has switched, as the store last said. Each entry expires by itself, whoever reads it. */
export interface Switches extends Pick<Poller<unknown>, 'start' | 'poke' | 'stop'> {
  current(): readonly Switch[];
}

const NONE: readonly Switch[] = [];

/** Reads the switches beside the requests. While the store is down, those last seen stay in force. */
export function createSwitches({ store, intervalMs, nowMs, onUnreachable }: SwitchesOptions): Switches {
  const { last, start, poke, stop } = createPoller({
    look: () => store.active(nowMs()),
    intervalMs,
    nowMs,
    outage: tellOutages(onUnreachable),
  });
  return { current: () => last()?.seen ?? NONE, start, poke, stop };
}
