import type { Assessment, Features } from '../types';
import type { Policy, Task } from '../types-policy';

/** What is known of a task no tier was ever measured on. */
const NOTHING: Assessment = Object.freeze({ pass: Object.freeze({}) });

/** A certificate bounds the failures of its tier: that bound is all it says, so the point estimate is the bound. */
function certified({ certificate }: Task): Assessment {
  if (!certificate) return NOTHING;
  const bound = 1 - certificate.risk;
  const estimate = Object.freeze({ p: bound, low: bound, source: 'certificate' as const });
  return Object.freeze({ pass: Object.freeze({ [certificate.tier]: estimate }) });
}

/** Compiles what a policy knows of each tier's chance to pass. */
export function compileAssess(policy: Policy): (features: Features) => Assessment {
  const byTask = new Map(Object.values(policy.tasks).map((task) => [task.id, certified(task)]));
  return (features) => byTask.get(features.task) ?? NOTHING;
}
