import type { Switch } from '../../../lib/core/types-live';

export interface SwitchStore {
  /** Those in force at `nowMs`, oldest first. One cheap read, for pollers. */
  active(nowMs: number): Promise<readonly Switch[]>;
  /** Takes the place of one for the same tier, or the same task. */
  set(entry: Switch): Promise<void>;
  /** What was in force, or undefined. */
  clear(
    what: { readonly kind: Switch['kind']; readonly name: string },
    by: { readonly author: string; readonly reason: string; readonly atMs: number },
  ): Promise<Switch | undefined>;
  /** Every switch that was ever set or cleared, newest first. */
  history(limit?: number): Promise<readonly SwitchEvent[]>;
}

export interface SwitchEvent {
  readonly action: 'set' | 'cleared';
  readonly entry: Switch;
  readonly author: string;
  readonly reason: string;
  readonly atMs: number;
}
