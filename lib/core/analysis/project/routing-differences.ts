import { canonicalHash } from '../../policy/canonical-hash';
import type { Policy, Task } from '../../types-policy';
import { choosesAlike, choosingOf } from '../choosing';
import type { TaskRouting } from '../profile/profile-document';
import type { MeasuredTask } from './measured-profile';

/** In what the policy has requests of the task begin or climb otherwise than the policy that was profiled. */
export function differencesOf(policy: Policy, task: Task, measured: MeasuredTask, routing: TaskRouting): string[] {
  const choosing = choosingOf(policy, task);
  const certified = task.ladder.find((tier) => tier === task.certificate?.tier);
  const [ladder, profiledLadder] = [task.ladder.join(', '), measured.ladder.join(', ')];
  const found: readonly (readonly [boolean, string])[] = [
    [ladder !== profiledLadder, `ladder ${ladder}, profiled ${profiledLadder}`],
    [task.route !== routing.route, `route ${task.route}, profiled ${routing.route}`],
    [task.start !== routing.start, `start ${task.start}, profiled ${routing.start}`],
    [!choosesAlike(choosing, routing.choosing), 'its strategies or rules'],
    [
      choosing !== undefined && certified !== routing.certified,
      `certified ${certified ?? 'nowhere'}, profiled ${routing.certified ?? 'nowhere'}`,
    ],
    [task.certificate?.threshold !== routing.threshold, 'the margin from which an answer goes'],
  ];
  return found.flatMap(([differs, text]) => (differs ? [text] : []));
}

/** Whether other checks than those of the profile send its answers up. A certified threshold has added one, and knows them all. */
export function isCheckedOtherwise({ oracle, certificate }: Task, { madeWith }: MeasuredTask): boolean {
  if (madeWith === undefined) return false;
  const profiled = certificate?.threshold === undefined ? madeWith.oracle : certificate.oracle;
  return canonicalHash(oracle) !== profiled;
}
