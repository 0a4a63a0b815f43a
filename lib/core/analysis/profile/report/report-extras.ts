import type { Projection } from '../../project/projection';
import type { MarginCalibration } from '../calibrate-margins';
import type { JudgeAgreement } from '../judge-agreement';
import type { FailedCalls } from '../pass-rates';
import type { PassRate, Profile, TaskProfile, Worth } from '../profile-document';
import type { CallMeans } from '../run/call-means';
import type { Stability } from '../stability';
import type { WorthReport } from '../worth';

/** What the page tells of a task beyond the named members of its profile; each is left out of the page where it is absent. */
export interface TaskExtras {
  readonly owner?: string;
  readonly target?: { readonly passRate: number; readonly confidence: number };
  /** By tier, of the rows that try to break it. */
  readonly adversarial?: Readonly<Record<string, PassRate>>;
  readonly adversarialCalls?: Readonly<Record<string, CallMeans>>;
  readonly failedCalls?: Readonly<Record<string, FailedCalls>>;
  /** Answers that wait for a person, by tier. */
  readonly pending?: Readonly<Record<string, number>>;
  /** Rows that a guard kept from a tier. */
  readonly excluded?: Readonly<Record<string, number>>;
  readonly judge?: JudgeAgreement;
  readonly stability?: Stability;
  readonly calibration?: Readonly<Record<string, MarginCalibration>>;
  /** Mean cost of a call of this task, by tier; what the reference policies say, or the tier's mean, stands in where it is absent. */
  readonly meanCostUsd?: Readonly<Record<string, number | null>>;
}

/** A task as the page reads it: what `worthOf` adds is drawn where it is there. */
export interface ReportedTask extends Omit<TaskProfile, 'worth'>, TaskExtras {
  readonly worth: Worth & Partial<Omit<WorthReport, keyof Worth>>;
}

/** A profile whose tasks may hold more than the profile's named members. */
export interface ReportedProfile extends Omit<Profile, 'tasks'> {
  readonly tasks: Readonly<Record<string, ReportedTask>>;
}

/** What is known beside the profile. */
export interface ReportExtras {
  /** ISO 8601, UTC: when the profile was made. */
  readonly madeAt?: string;
  /** What asking all the tiers cost. */
  readonly spentUsd?: number;
  readonly projection?: Projection;
  /** The volume that was projected is nobody's forecast. */
  readonly exampleVolume?: boolean;
  /** Tiers that a simulated model answers for. */
  readonly simulated?: readonly string[];
  readonly notes?: readonly string[];
  /** Added to the tasks of the profile, by name. */
  readonly tasks?: Readonly<Record<string, TaskExtras>>;
}
