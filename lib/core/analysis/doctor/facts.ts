/** What a look at an account found, as plain values. Nothing here knows how it was asked. */

export const STAGES = ['api', 'hybrid', 'self-hosted'] as const;

/** How much of the reference stack is deployed. */
export type Stage = (typeof STAGES)[number];

/** An answer, or why there is none. */
export type Fact<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly reason: string };

export interface Identity {
  readonly account: string;
  readonly region: string;
  /** ARN of who asks. */
  readonly principal: string;
}

/** A quota of EC2 that GPU instances count against, in virtual processors. */
export type QuotaFamily = 'g-and-vt' | 'p';

export interface InstanceFact {
  /** Virtual processors of one instance; absent when there is no such type in the region. */
  readonly vcpus?: number;
  /** Zones of the region that offer the type. */
  readonly zones: readonly string[];
}

export interface ModelFact {
  readonly kind: 'model' | 'profile';
  /** As Bedrock says it: `ACTIVE`, `LEGACY`. Absent when Bedrock knows no such id. */
  readonly status?: string;
  /** Whether the model may be asked without an inference profile. */
  readonly onDemand?: boolean;
  /** What stands between the account and the model; empty when nothing does. */
  readonly obstacles: readonly string[];
}

export interface SecretFact {
  readonly exists: boolean;
  readonly hasValue: boolean;
  readonly deleted: boolean;
}

export interface WeightsFact {
  /** Region of the bucket; absent when there is no such bucket, or it is not ours to read. */
  readonly region?: string;
  /** Keys below the prefix, without it. At most a thousand. */
  readonly names: readonly string[];
  readonly bytes: number;
}

export interface ImageFact {
  readonly exists: boolean;
  readonly bytes?: number;
}

/** What is needed of the account, drawn from the policy and the command line. */
export interface Needs {
  readonly stage: Stage;
  readonly region: string;
  /** Whether the network will have no way out. */
  readonly residency: boolean;
  readonly gpus: readonly GpuNeed[];
  readonly models: readonly ModelNeed[];
  readonly secrets: readonly SecretNeed[];
  /** As they were written: `s3://bucket/prefix`. */
  readonly weights: readonly string[];
  readonly images: readonly string[];
  /** What cannot be looked at, and why. */
  readonly notes: readonly string[];
}

export interface GpuNeed {
  readonly tier: string;
  readonly instance: string;
  /** Instances in service at least and at most. */
  readonly min: number;
  readonly max: number;
}

export interface ModelNeed {
  readonly tier: string;
  /** The inference profile where there is one, else the model. */
  readonly id: string;
  readonly region: string;
}

export interface SecretNeed {
  readonly tier: string;
  readonly name: string;
}

/** Everything found before a deployment, by what it was asked of. */
export interface Facts {
  readonly identity: Identity;
  /** Version of the bootstrap stack; absent when there is none. */
  readonly bootstrap: Fact<number | undefined>;
  readonly quotas: Readonly<Partial<Record<QuotaFamily, Fact<number>>>>;
  readonly instances: Readonly<Record<string, Fact<InstanceFact>>>;
  /** By tier. */
  readonly models: Readonly<Record<string, Fact<ModelFact>>>;
  /** By name or ARN. */
  readonly secrets: Readonly<Record<string, Fact<SecretFact>>>;
  readonly weights: Readonly<Record<string, Fact<WeightsFact>>>;
  /** Only of the private registry in the account and region. */
  readonly images: Readonly<Record<string, Fact<ImageFact>>>;
}

/** What one tier of a deployed stack said. */
export interface TierAnswer {
  readonly tier: string;
  /** HTTP status; absent when no answer came. */
  readonly status?: number;
  readonly model?: string;
  readonly elapsedMs: number;
  /** The router's word for what went wrong, or the network's. */
  readonly error?: string;
}

export type Verdict = 'pass' | 'warn' | 'fail';

/** One line of the doctor. */
export interface Finding {
  readonly check: string;
  readonly subject: string;
  readonly verdict: Verdict;
  readonly evidence: string;
  /** What to do about it; absent when nothing need be done. */
  readonly remedy?: string;
}
