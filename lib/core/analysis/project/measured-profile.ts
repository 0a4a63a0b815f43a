import type { Profile, TaskProfile } from '../profile/profile-document';

/** What calls of one task to one tier used, means over the answered ones. */
export interface MeasuredCalls {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface MeasuredTask extends TaskProfile {
  /** By tier; where a profile does not have it, the tier's means over all tasks stand in. */
  readonly calls?: Readonly<Record<string, MeasuredCalls>>;
}

/** A profile as far as a projection reads it. */
export interface MeasuredProfile extends Profile {
  readonly tasks: Readonly<Record<string, MeasuredTask>>;
}
