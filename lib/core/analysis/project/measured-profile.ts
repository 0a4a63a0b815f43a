import type { CertificateBinding } from '../../policy/certificate';
import type { Profile, TaskProfile } from '../profile/profile-document';

/** What calls of one task to one tier used, means over the answered ones. */
export interface MeasuredCalls {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Whether routing is worth it rests on the router's bill, so that bill is reckoned without it. */
export interface MeasuredTask extends Omit<TaskProfile, 'worth'>, Partial<Pick<TaskProfile, 'worth'>> {
  /** By tier; where a profile does not have it, the tier's means over all tasks stand in. */
  readonly calls?: Readonly<Record<string, MeasuredCalls>>;
  /** With what its answers were asked and judged. */
  readonly madeWith?: CertificateBinding & { readonly code?: Readonly<Record<string, string>> };
}

/** A profile as far as a projection reads it. */
export interface MeasuredProfile extends Omit<Profile, 'tasks'> {
  readonly tasks: Readonly<Record<string, MeasuredTask>>;
}
