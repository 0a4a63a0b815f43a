/** What no profile measures and a projection still needs. Every value can be replaced, and is printed with the result. */

interface Row {
  readonly value: number;
  readonly meaning: string;
  /** A share: from 0 to 1. */
  readonly share?: true;
}

export const ASSUMPTIONS = {
  retryShare: { value: 0.01, share: true, meaning: 'share of the calls that are made, and paid, a second time' },
  answerCacheShare: {
    value: 0,
    share: true,
    meaning: 'share of the requests answered from the cache, in tasks that have one',
  },
  promptCacheShare: {
    value: 0,
    share: true,
    meaning: "share of the input tokens read from the provider's prompt cache",
  },
  classifierPromptTokens: { value: 100, meaning: 'tokens that a classifier call adds to the request' },
  classifierOutputTokens: { value: 10, meaning: 'output tokens of a classifier call' },
  judgeOutputTokens: { value: 50, meaning: 'output tokens of a judge call' },
  gpuUtilisation: {
    value: 0.7,
    share: true,
    meaning: 'share of the measured throughput up to which an hour is planned, since traffic is not even within it',
  },
  engineerUsd: { value: 15_000, meaning: 'USD for one engineer and month, everything included' },
  buildMonths: { value: 2, meaning: 'months for which the engineers build' },
  upkeepRented: { value: 0.1, meaning: 'engineers who keep a router over rented tiers going' },
  upkeepHybrid: { value: 0.5, meaning: 'engineers who keep rented tiers and GPUs going' },
  upkeepSelfHosted: { value: 1, meaning: 'engineers who keep GPUs alone going, with nothing to fall back to' },
  lambdaMemoryGb: { value: 1, meaning: 'memory of the router function in GB' },
  overheadMs: { value: 20, meaning: 'milliseconds the router adds to a request, reading and writing included' },
  recordKb: { value: 3, meaning: 'KB of an attribution record, kept in the table and in its index' },
  logKb: { value: 3, meaning: 'KB of log lines for each request, metrics included' },
  recordDays: { value: 90, meaning: 'days a record is kept' },
  budgetWrites: { value: 0, meaning: 'writes to budgets for each request' },
  watchMetricsPerTask: { value: 15, meaning: 'metrics the watch function writes for each task' },
  alarmMetricsPerTask: { value: 30, meaning: "metrics that a task's alarms read, each as often as one reads it" },
  alarmMetrics: { value: 18, meaning: "metrics that the router's other alarms read" },
  interfaceEndpoints: { value: 0, meaning: 'interface endpoints of the network, where nothing may leave it' },
  natGateways: { value: 0, meaning: 'NAT gateways of the network' },
  zones: { value: 2, meaning: 'availability zones each endpoint stands in' },
} as const satisfies Readonly<Record<string, Row>>;

export type AssumptionName = keyof typeof ASSUMPTIONS;

export type Assumptions = Readonly<Record<AssumptionName, number>>;

export const ASSUMPTION_NAMES = Object.keys(ASSUMPTIONS) as AssumptionName[];

export function assumptionsWith(given: Partial<Assumptions>): Assumptions {
  const values = ASSUMPTION_NAMES.map((name) => [name, given[name] ?? ASSUMPTIONS[name].value]);
  return Object.fromEntries(values) as Assumptions;
}

/** Why a value cannot stand for an assumption, or undefined where it can. */
export function assumptionFault(name: AssumptionName, value: number): string | undefined {
  const row: Row = ASSUMPTIONS[name];
  if (!Number.isFinite(value) || value < 0) return 'give a number from 0';
  if (row.share === true && value > 1) return 'give a share from 0 to 1';
  if (name === 'gpuUtilisation' && value === 0) return 'give a share above 0';
  return undefined;
}
