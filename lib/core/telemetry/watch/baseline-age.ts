import { DAY_MS } from '../../durations';
import type { TaskView } from './task-view';
import { NOTHING, reading, type Told } from './told';

/** Prices and models change within a quarter: a baseline from before says little of what runs now. */
export function baselineAge({ id: task, baseline, alarms, atMs }: TaskView): Told {
  const days = (atMs - Date.parse(baseline.profiledAt ?? '')) / DAY_MS;
  if (!Number.isFinite(days)) return NOTHING;
  return {
    readings: reading('BaselineAge', Math.max(0, days), { task }),
    findings:
      days <= alarms.baselineDays
        ? []
        : [
            {
              task,
              signal: 'BaselineAge',
              kind: 'above',
              text: `the baseline is ${Math.floor(days)} days old, ${alarms.baselineDays} are allowed: profile again, or adopt one from production`,
            },
          ],
  };
}
