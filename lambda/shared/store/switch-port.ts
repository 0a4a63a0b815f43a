import type { Switch } from '../../../lib/core/types-live';

/** One that was in force and is not now; from `fromMs` on, UTC milliseconds, it is again. */
export type SuspendedSwitch = Switch & { readonly fromMs: number };

export interface SwitchStore {
  /** Those in force at `nowMs`, oldest first. One cheap read, for pollers. */
  active(nowMs: number): Promise<readonly Switch[]>;
  /** Takes the place of one for the same tier, or the same task. */
  set(entry: Switch): Promise<void>;
  /** What was in force, or was to be again, or undefined. */
  clear(what: SwitchName, by: SwitchedBy): Promise<Switch | undefined>;
  /** Takes a switch out of force until `fromMs`. What it gives is as of `clear`; one that ends before that is cleared. */
  suspend(what: SwitchName, by: SwitchedBy, fromMs: number): Promise<Switch | undefined>;
  /** Those that are to be in force again, soonest first. */
  suspended(nowMs: number): Promise<readonly SuspendedSwitch[]>;
  /** Every switch that was ever set or cleared, newest first. */
  history(limit?: number): Promise<readonly SwitchEvent[]>;
}

/** What a switch is about. */
export interface SwitchName {
  readonly kind: Switch['kind'];
  readonly name: string;
}

export interface SwitchedBy {
  readonly author: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface SwitchEvent extends SwitchedBy {
  readonly action: 'set' | 'cleared' | 'suspended';
  /** As it is after the event; of one that was cleared as it was. */
  readonly entry: Switch | SuspendedSwitch;
}
