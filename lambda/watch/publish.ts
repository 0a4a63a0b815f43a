import type { Reading } from '../../lib/core/telemetry/watch/nouns';

/** Takes readings of one moment, all of them or, where it throws, perhaps some. */
export type PublishReadings = (readings: readonly Reading[], atMs: number) => Promise<void>;

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** [Router, Task], [Router, Tier] or [Router]. */
export function dimensionsOf({ task, tier }: Reading, router: string): Dimension[] {
  return [
    { Name: 'Router', Value: router },
    ...(task === undefined ? [] : [{ Name: 'Task', Value: task }]),
    ...(tier === undefined ? [] : [{ Name: 'Tier', Value: tier }]),
  ];
}
