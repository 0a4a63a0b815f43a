import type { FullProfile } from '../../lib/core/analysis/profile/run/assemble-profile';
import { type CertificateBinding, certificateBinding } from '../../lib/core/policy/certificate';
import { type CodeDigests, codeOf } from '../../lib/core/policy/certificate-code';
import type { Policy, Task } from '../../lib/core/types-policy';

/** What a task's answers were asked and judged with, certified or not. */
export type MadeWith = CertificateBinding & { readonly code?: Readonly<Record<string, string>> };

type WithIts<Profile extends FullProfile> = Profile & {
  readonly tasks: Readonly<Record<string, Profile['tasks'][string] & { readonly madeWith: MadeWith }>>;
};

/** The profile with what each task's answers were asked and judged with, so that it can be held against a later policy. */
export function madeWith(profile: FullProfile, policy: Policy, digests: CodeDigests): WithIts<FullProfile> {
  const tasks = Object.entries(profile.tasks).map(([id, found]) => {
    const task = policy.tasks[id] as Task;
    const code = codeOf(task, digests);
    return [id, { ...found, madeWith: { ...certificateBinding(policy, task), ...(code && { code }) } }] as const;
  });
  return { ...profile, tasks: Object.fromEntries(tasks) };
}
