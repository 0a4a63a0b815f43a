/**
 * What AWS charges for the parts a router is made of, and for GPUs: USD, us-east-1, on demand, first volume step, no free
 * tier. They move and differ by region; each can be replaced.
 */

interface Rate {
  readonly usd: number;
  readonly unit: string;
  readonly source: string;
}

export const RATES = {
  apiRequest: {
    usd: 3.5,
    unit: 'million requests',
    source: 'aws.amazon.com/api-gateway/pricing: REST API, which alone streams; one for each 10 MB of a stream',
  },
  lambdaRequest: { usd: 0.2, unit: 'million requests', source: 'aws.amazon.com/lambda/pricing' },
  lambdaGbSecond: { usd: 0.0000133334, unit: 'GB-second', source: 'aws.amazon.com/lambda/pricing: arm64' },
  tableWrite: {
    usd: 0.625,
    unit: 'million write units',
    source: 'aws.amazon.com/dynamodb/pricing/on-demand: a unit for each KB, again for the index',
  },
  tableRead: {
    usd: 0.125,
    unit: 'million read units',
    source: 'aws.amazon.com/dynamodb/pricing/on-demand: a unit for each 4 KB',
  },
  tableStorage: { usd: 0.25, unit: 'GB-month', source: 'aws.amazon.com/dynamodb/pricing/on-demand' },
  metric: { usd: 0.3, unit: 'metric', source: 'aws.amazon.com/cloudwatch/pricing: custom metrics, first 10,000' },
  log: { usd: 0.5, unit: 'GB', source: 'aws.amazon.com/cloudwatch/pricing: logs ingested' },
  alarmMetric: { usd: 0.1, unit: 'metric', source: 'aws.amazon.com/cloudwatch/pricing: standard alarms, by metric' },
  dashboard: { usd: 3, unit: 'dashboard', source: 'aws.amazon.com/cloudwatch/pricing' },
  endpointHour: { usd: 0.01, unit: 'endpoint-hour', source: 'aws.amazon.com/privatelink/pricing: by zone' },
  endpointTraffic: { usd: 0.01, unit: 'GB', source: 'aws.amazon.com/privatelink/pricing: first 1 PB' },
  loadBalancerHour: {
    usd: 0.0225,
    unit: 'hour',
    source: 'aws.amazon.com/elasticloadbalancing/pricing: application load balancer, one for each tier on GPUs',
  },
  natHour: { usd: 0.045, unit: 'hour', source: 'aws.amazon.com/vpc/pricing' },
} as const satisfies Readonly<Record<string, Rate>>;

export type RateName = keyof typeof RATES;

export type Rates = Readonly<Record<RateName, number>>;

export const RATE_NAMES = Object.keys(RATES) as RateName[];

export function ratesWith(given: Partial<Rates>): Rates {
  return Object.fromEntries(RATE_NAMES.map((name) => [name, given[name] ?? RATES[name].usd])) as Rates;
}

/** USD an hour, Linux on demand, us-east-1, read in November 2026 from instance price trackers. */
export const GPU_INSTANCES = [
  { instance: 'g6.xlarge', gpus: '1 L4, 24 GB', hourlyUsd: 0.805 },
  { instance: 'g5.xlarge', gpus: '1 A10G, 24 GB', hourlyUsd: 1.006 },
  { instance: 'g6e.xlarge', gpus: '1 L40S, 48 GB', hourlyUsd: 1.861 },
  { instance: 'p5.4xlarge', gpus: '1 H100, 80 GB', hourlyUsd: 6.88 },
  { instance: 'p5.48xlarge', gpus: '8 H100, 80 GB', hourlyUsd: 55.04 },
] as const;
