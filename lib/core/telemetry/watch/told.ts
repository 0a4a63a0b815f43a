import type { Unit, WatchSignalName } from '../signals';
import { WATCH_SIGNALS } from '../signals';
import type { Finding, Raise, Reading } from './nouns';

/** What one signal has to say at one evaluation. */
export interface Told {
  readonly readings?: readonly Reading[];
  readonly findings?: readonly Finding[];
  readonly raises?: readonly Raise[];
}

export const NOTHING: Told = {};

const UNITS = new Map<string, Unit>(WATCH_SIGNALS.map(({ name, unit }) => [name, unit]));

/** One reading; none where there is no number, since CloudWatch refuses a whole batch for one that is not. */
export function reading(
  name: WatchSignalName,
  value: number | undefined,
  about: { readonly task?: string; readonly tier?: string } = {},
): Reading[] {
  if (value === undefined || !Number.isFinite(value)) return [];
  return [{ name, value, unit: UNITS.get(name) ?? 'None', ...about }];
}
