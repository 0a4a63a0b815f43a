/**
 * The nouns of a policy, after parsing: every default filled in, every `${VAR}` expanded, every reference checked.
 * Plain readonly values; nothing here knows how a document is read (`policy/`) or what a request does with it.
 */

/** What a caller may ask for that not every tier can do. */
export type Capability = 'tools' | 'json_schema' | 'images' | 'logprobs';

/** Where a tier's prompts go, nearest first. */
export const LOCATIONS = ['vpc', 'region', 'geography', 'anywhere'] as const;

export type Location = (typeof LOCATIONS)[number];

/** How far a prompt may travel, narrowest first: each admits the locations up to the one in its own place. */
export const RESIDENCIES = ['vpc', 'region', 'geography', 'any'] as const;

export type Residency = (typeof RESIDENCIES)[number];

/** What a wrong answer costs: the blast radius of a task. */
export type Consequence = 'low' | 'medium' | 'high';

/** How a task's answers are produced. */
export type RouteKind = 'static' | 'direct' | 'cascade' | 'dispatch';

export type StrategyKind = 'rules' | 'score' | 'classifier' | 'embedding' | 'learned';

/** What an escalation passes to the next tier: nothing, why the draft failed, or the draft and why it failed. */
export type HandOn = 'none' | 'reason' | 'draft';

/** Prices in USD per million tokens, in force from `effectiveFrom` (UTC date) on. */
export interface TokenPrice {
  readonly kind: 'tokens';
  readonly effectiveFrom?: string;
  readonly input: number;
  readonly output: number;
  /** Absent cache prices equal the input price in force. */
  readonly cacheRead?: number;
  readonly cacheWrite5m?: number;
  readonly cacheWrite1h?: number;
  /** Factor on everything, such as 1.1 for a regional premium. Default 1. */
  readonly uplift: number;
  /**
   * Reprices the whole request when its prompt, cached tokens included, is longer than `above` tokens. Cache prices rise with
   * the input price.
   */
  readonly longPrompt?: LongPromptPrice;
}

export interface LongPromptPrice {
  readonly above: number;
  readonly input: number;
  readonly output: number;
}

/** A GPU tier by the hour: a token costs hourly / 3600 / tokensPerSecond, whichever way it flows. */
export interface GpuPrice {
  readonly kind: 'gpu';
  readonly effectiveFrom?: string;
  /** USD per hour for the whole tier as `tokensPerSecond` was measured on it. */
  readonly hourly: number;
  readonly tokensPerSecond: number;
  readonly uplift: number;
}

export type Price = TokenPrice | GpuPrice;

/** All in milliseconds. `firstTokenMs` and `stallMs` bind streamed calls; `totalMs` binds every attempt. */
export interface Timeouts {
  readonly connectMs: number;
  readonly firstTokenMs: number;
  readonly stallMs: number;
  readonly totalMs: number;
}

export interface Guardrail {
  readonly id: string;
  readonly version: string;
  readonly trace: boolean;
}

export interface Tier {
  readonly id: string;
  /** Name of the provider that speaks the tier's dialect: `openai-compatible`, `bedrock`, `anthropic`. */
  readonly provider: string;
  readonly enabled: boolean;
  readonly model: string;
  /** Ends in `/v1`, as for the OpenAI client. */
  readonly baseUrl?: string;
  readonly apiKey?: string;
  /** Name or ARN of a secret that holds the key. */
  readonly apiKeySecret?: string;
  readonly location: Location;
  /** Which geography, where `location` is `geography`. */
  readonly geography?: string;
  /** Days the tier's host keeps prompts; 0 for none, absent for unknown. */
  readonly retentionDays?: number;
  /** Tokens, prompt and answer together. */
  readonly contextWindow: number;
  readonly maxOutputTokens?: number;
  readonly capabilities: readonly Capability[];
  /** Ascending by `effectiveFrom`; an undated price comes first. Never empty. */
  readonly prices: readonly Price[];
  readonly timeouts: Timeouts;
  /** How often one request is asked again on the same tier after a failure that may pass. */
  readonly retries: number;
  readonly queue?: { readonly metrics: string; readonly maxWaiting?: number };
  /** AWS region of a Bedrock tier. */
  readonly region?: string;
  /** Bedrock inference profile, where it differs from `model`. */
  readonly profile?: string;
  readonly guardrail?: Guardrail;
  /** Sent with every call to the tier. */
  readonly headers: Readonly<Record<string, string>>;
  /** Length of its vectors, for a tier that embeds. */
  readonly dimensions?: number;
  /** Fine-tune to ask for instead of `model`, by task. */
  readonly adapters: Readonly<Record<string, string>>;
  /** Whether the tier goes on from a given beginning of the assistant's answer. */
  readonly continuesPrefix: boolean;
  readonly concurrency?: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** Of a model of one's own: `count` GPUs of the instance for each replica, and from `min` to `max` replicas. */
  readonly gpu?: { readonly instance: string; readonly count?: number; readonly min?: number; readonly max?: number };
  /** UTC date on which the model goes away. */
  readonly retiresOn?: string;
}

/** A check on an answer, as the policy declares it. `oracle/` compiles it. */
export type OracleSpec =
  | { readonly kind: 'json-schema'; readonly schema: Readonly<Record<string, unknown>> | boolean }
  | { readonly kind: 'labels'; readonly labels: readonly string[] }
  | { readonly kind: 'regex'; readonly pattern: string; readonly flags?: string }
  | { readonly kind: 'exact'; readonly ignoreCase: boolean }
  | { readonly kind: 'contains'; readonly values?: readonly string[]; readonly all: boolean }
  | { readonly kind: 'numeric'; readonly tolerance: number }
  | { readonly kind: 'length'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'uncertainty'; readonly phrases?: readonly string[] }
  | {
      readonly kind: 'confidence';
      readonly threshold: number;
      /** By tier, as profiling found it; a tier without one is judged by its margins as they are. */
      readonly calibration?: Readonly<Record<string, Calibration>>;
    }
  | {
      readonly kind: 'consistency';
      /** Answers that are compared, the judged one among them. */
      readonly samples: number;
      readonly agree: number;
      /** Each gives one of the samples; the tier that answered gives the others. */
      readonly tiers?: readonly string[];
    }
  | { readonly kind: 'judge'; readonly tier: string; readonly rubric: string; readonly pass: number }
  | { readonly kind: 'human' }
  | { readonly kind: 'code'; readonly module: string; readonly export: string };

/** How often answers of a mean token margin were wrong: margins ascending, error shares never rising, as many of each. */
export interface Calibration {
  readonly margins: readonly number[];
  readonly errors: readonly number[];
}

export type OracleKind = OracleSpec['kind'];

/** All conditions must hold; of a list any value suffices. */
export interface RuleCondition {
  readonly keywords?: readonly string[];
  readonly tokensAbove?: number;
  readonly features?: readonly string[];
  readonly userTiers?: readonly string[];
}

export interface Rule {
  readonly when: RuleCondition;
  readonly tier: string;
}

/** What profiling measured and production is held to; every member absent until there is a profile. */
export interface Baseline {
  readonly escalationRate?: number;
  readonly upRouteRate?: number;
  readonly climbRate?: number;
  /** Bounds of the escalation rate, one-sided at 95 %; absent in the document: the exact ones of a rate of `n` requests. */
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
  readonly passRate?: number;
  readonly costUsd?: number;
  readonly mix?: Readonly<Record<string, number>>;
  readonly profiledAt?: string;
  readonly profile?: string;
  readonly inputs?: Readonly<Record<string, { readonly edges: readonly number[]; readonly shares: readonly number[] }>>;
}

export interface Certificate {
  readonly tier: string;
  readonly risk: number;
  readonly confidence: number;
  readonly threshold?: number;
  /** Hashes and names the certificate was made with; it is void when one changes. */
  readonly oracle: string;
  readonly models: Readonly<Record<string, string>>;
  readonly prompts: string;
  /** Digests of the modules by which `code` oracles judged, by `module#export`. */
  readonly code?: Readonly<Record<string, string>>;
  /** It rests on a judge model of which people have not confirmed enough verdicts. */
  readonly judge?: 'unvalidated';
  readonly policy?: string;
  readonly profiledAt?: string;
}

export interface TaskExample {
  readonly text: string;
  readonly tier?: string;
}

export interface Task {
  readonly id: string;
  readonly owner: string;
  readonly audit: { readonly inputs: string; readonly acceptable: string; readonly consequence: Consequence };
  readonly route: RouteKind;
  /** Tier ids in the order of escalation; never empty, no repeats. */
  readonly ladder: readonly string[];
  /** Where a request begins when no strategy has an answer. */
  readonly start: string;
  readonly strategy: readonly StrategyKind[];
  readonly rules: readonly Rule[];
  readonly oracle: readonly OracleSpec[];
  readonly target: { readonly passRate: number; readonly confidence: number };
  readonly residency: Residency;
  /** Days a tier may keep the prompt; absent = no limit. */
  readonly maxRetentionDays?: number;
  /** Milliseconds to the first content. */
  readonly latencyBudgetMs?: number;
  /** Absent = estimated from the prompt. */
  readonly expectedOutputTokens?: number;
  readonly recognise: { readonly keywords: readonly string[]; readonly examples: readonly string[] };
  readonly baseline: Baseline;
  readonly certificate?: Certificate;
  /** Share of traffic, in any unit; only ratios count. */
  readonly weight?: number;
  readonly regulatory: boolean;
  readonly gate: { readonly mode: 'buffer' | 'first-tokens'; readonly tokens?: number };
  readonly handOn: HandOn;
  readonly cache?: { readonly ttlSeconds: number; readonly anyTemperature: boolean };
  readonly stripContext: boolean;
  readonly session: { readonly sticky: boolean };
  readonly classifier?: {
    readonly tier: string;
    readonly timeoutMs: number;
    readonly simpleAbove: number;
    readonly complexBelow: number;
  };
  readonly embedding?: {
    readonly tier: string;
    readonly k: number;
    readonly similarity: number;
    readonly examples: readonly TaskExample[];
  };
  readonly learned?: { readonly model: string; readonly thresholds: Readonly<Record<string, number>> };
  readonly onSchemaFailures: 'alarm' | 'raise';
  /** Put before the system prompt, by tier. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly preset?: string;
}

export interface Budget {
  readonly id: string;
  readonly scope: 'customer' | 'task' | 'key' | 'all';
  readonly limitUsd: number;
  /** In UTC. */
  readonly period: 'day' | 'month';
  readonly onExhausted: 'refuse' | 'downgrade';
  readonly reserve: 'expected' | 'worst';
}

export interface Alarms {
  readonly escalationAbove: number;
  readonly escalationBelow: number;
  readonly minRequests: number;
  readonly schemaFailureAbove: number;
  readonly netSavingBelow: number;
  readonly driftAbove: number;
  readonly retryAbove: number;
  readonly baselineDays: number;
  readonly billAbove: number;
}

/** The score's bands: below `cheapestBelow` the cheapest tier, above `frontierAbove` the ladder's last. */
export interface ScoreBands {
  readonly weights: Readonly<Partial<Record<DimensionName, number>>>;
  readonly cheapestBelow: number;
  readonly frontierAbove: number;
}

/** The fifteen dimensions of a request, each 0 to 10 (rows B1 of the features). Order is the order of every listing. */
export const DIMENSIONS = [
  'promptLength',
  'reasoningDepth',
  'domainSpecificity',
  'safetySensitivity',
  'latencyBudget',
  'outputFormat',
  'userTier',
  'cacheHit',
  'fineTune',
  'costSensitivity',
  'regulatory',
  'conversationDepth',
  'hallucinationRisk',
  'structure',
  'outputLength',
] as const;

export type DimensionName = (typeof DIMENSIONS)[number];

/** A parsed policy. `version` is the store's number, or `file-` and the first digits of the document's hash. */
export interface Policy {
  readonly version: string;
  readonly id: string;
  readonly owner: string;
  /** Tier whose price savings are counted against. */
  readonly frontier: string;
  readonly geography?: string;
  /** In the order of the document. */
  readonly tiers: Readonly<Record<string, Tier>>;
  readonly tasks: Readonly<Record<string, Task>>;
  readonly defaultTask: string;
  readonly score: ScoreBands;
  readonly guards: { readonly contextFraction: number };
  readonly budgets: readonly Budget[];
  readonly alarms: Alarms;
  /** Names of user tiers, lowest first; empty when the policy does not list them, and then any name is taken. */
  readonly userTiers: readonly string[];
  readonly models: Readonly<Record<string, { readonly artifact: string; readonly sha256: string }>>;
  /** Retries one request may spend over all its tiers. */
  readonly retryBudget: number;
  readonly breaker: { readonly failures: number; readonly windowMs: number; readonly openMs: number };
  readonly cache: { readonly maxEntries: number };
  readonly shadow: { readonly share: number; readonly dailyUsd: number };
  readonly experiment: { readonly guardrails: Readonly<Record<string, number>> };
  readonly control: { readonly share: number; readonly dailyUsd: number };
  readonly attribution: {
    readonly retentionDays: number;
    readonly prompts?: { readonly kmsKey: string; readonly owner: string; readonly expires: string };
  };
  readonly projection?: { readonly monthlyUsd?: number; readonly perTier: Readonly<Record<string, number>> };
  readonly traffic?: { readonly monthlyRequests?: number; readonly hourly: readonly number[] };
  readonly hiddenCosts: Readonly<Record<string, number>>;
  /** Days a task keeps its start tier after its certificate became void. */
  readonly graceDays: number;
  readonly maxBodyBytes: number;
}
