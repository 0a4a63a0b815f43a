import type { Consequence } from '../types-policy';

/**
 * What holds where a document says nothing. Everything else that may be left out is then absent, empty or off.
 *
 * | key | default |
 * |---|---|
 * | `frontier` | the tier with the highest output price |
 * | tier: `enabled`, `retries`, `guardrail.version`, `queue.metrics` | true, 1, `DRAFT`, `/metrics` |
 * | task: `start`, `strategy`, `residency`, `handOn`, `gate.mode`, `onSchemaFailures` | first of the ladder, `[rules]`, `any`, `none`, `buffer`, `alarm` |
 * | task: `cache.ttlSeconds`, `classifier.timeoutMs`, `embedding.k` | 3600, 2000, 5 |
 * | oracle: `exact.ignoreCase`, `contains.all`, `numeric.tolerance` | false, false (any value suffices), 0 |
 * | budget: `scope`, `period`, `onExhausted`, `reserve`, `id` | `all`, `month`, `refuse`, `expected`, `<scope>-<period>` |
 * | `score.weights` | the features' own |
 */
export const DEFAULTS = {
  score: { cheapestBelow: 65, frontierAbove: 85 },
  guards: { contextFraction: 0.8 },
  alarms: {
    escalationAbove: 0.15,
    escalationBelow: -0.15,
    minRequests: 50,
    schemaFailureAbove: 0.05,
    netSavingBelow: 0,
    driftAbove: 0.2,
    retryAbove: 1.2,
    baselineDays: 90,
    billAbove: 0.1,
  },
  timeouts: { connectMs: 2000, firstTokenMs: 10_000, stallMs: 10_000, totalMs: 120_000 },
  retries: 1,
  confidence: 0.95,
  classifier: { timeoutMs: 2000, simpleAbove: 0.8, complexBelow: 0.6 },
  embedding: { k: 5, similarity: 0.85 },
  retryBudget: 3,
  breaker: { failures: 5, windowMs: 30_000, openMs: 30_000 },
  cacheEntries: 1000,
  cacheSeconds: 3600,
  /** A share given without an amount may still spend no more than this. */
  shadow: { share: 0, dailyUsd: 1 },
  control: { share: 0.01, dailyUsd: 1 },
  attributionDays: 90,
  graceDays: 7,
  /** 6 MB, what a Lambda function takes. */
  maxBodyBytes: 6_291_456,
} as const;

/** 0-40 cheapest, 41-70 middle, 71-100 frontier. */
const THREE_BAND = { cheapestBelow: 41, frontierAbove: 70 } as const;

/** The worse a wrong answer, the more answers must pass. */
export const PASS_RATES: Readonly<Record<Consequence, number>> = { low: 0.95, medium: 0.97, high: 0.99 };

export interface BandsGiven {
  readonly preset?: unknown;
  readonly cheapestBelow?: unknown;
  readonly frontierAbove?: unknown;
}

/** The score's bands: the document's own, else the preset's, else the defaults. */
export function resolveBands(given: BandsGiven): { readonly cheapestBelow: number; readonly frontierAbove: number } {
  const bands = given.preset === 'three-band' ? THREE_BAND : DEFAULTS.score;
  const { cheapestBelow, frontierAbove } = given;
  return {
    cheapestBelow: typeof cheapestBelow === 'number' ? cheapestBelow : bands.cheapestBelow,
    frontierAbove: typeof frontierAbove === 'number' ? frontierAbove : bands.frontierAbove,
  };
}
