/** Names that code shares with infrastructure and with callers. Each stands here once. */

/** Environment variables of the router function. */
export const ENVIRONMENT = {
  /** Name of this router: the `Router` dimension of every metric. Default `tierwise`. */
  router: 'TIERWISE_ROUTER',
  /** Policy document deployed beside the bundle: the fallback when the store has none. */
  policyFile: 'TIERWISE_POLICY_FILE',
  policyTable: 'TIERWISE_POLICY_TABLE',
  attributionTable: 'TIERWISE_ATTRIBUTION_TABLE',
  accessTable: 'TIERWISE_ACCESS_TABLE',
  /** What the deployment fixes and no policy may widen, as JSON; its shape stands in `policy/deployment.ts`. */
  deployment: 'TIERWISE_DEPLOYMENT',
  /** Seconds between two looks at the store's active policy. Default 10. */
  refreshSeconds: 'TIERWISE_REFRESH_SECONDS',
  /** `trusted`: callers need no key. For the bundle on one machine; a function on Lambda refuses it. Default `keyed`. */
  callers: 'TIERWISE_CALLERS',
  /** `on`: metrics of each customer who has a key too, for which CloudWatch charges apart. Default `off`. */
  customerMetrics: 'TIERWISE_CUSTOMER_METRICS',
  /** What the router's own parts cost, as JSON; its shape is `OwnPrices` in `telemetry/watch/nouns.ts`. Default nothing. */
  ownPrices: 'TIERWISE_OWN_PRICES',
  /** Where the watch function puts its metrics: `cloudwatch`, or `embedded` in its log. Default `cloudwatch`. */
  watchMetrics: 'TIERWISE_WATCH_METRICS',
} as const;

/** Every table has string keys `pk` and `sk`, a TTL attribute and one generic index. */
export const TABLE_KEYS = {
  partition: 'pk',
  sort: 'sk',
  expiry: 'expiresAt',
  index: 'gsi1',
  indexPartition: 'gsi1pk',
  indexSort: 'gsi1sk',
} as const;

/**
 * Table names are a prefix and one of these; the prefix of `--table-prefix` is `tierwise-` by default. `access` holds the
 * callers' keys and budgets.
 */
export const TABLES = { policy: 'policy', attribution: 'attribution', access: 'access' } as const;

/** Schema version written into every stored document. */
export const DOCUMENT_SCHEMA = 1;

/** CloudWatch namespace of every metric. */
export const METRIC_NAMESPACE = 'Tierwise';

export const REQUEST_ID_HEADER = 'x-request-id';

/** What callers may say about a request: header by member of `Hints`. In the body's `metadata` the bare names, with `_`. */
export const HINT_HEADERS = {
  task: 'x-tierwise-task',
  feature: 'x-tierwise-feature',
  session: 'x-tierwise-session',
  residency: 'x-tierwise-residency',
  latencyBudgetMs: 'x-tierwise-latency-budget-ms',
  userTier: 'x-tierwise-user-tier',
  blastRadius: 'x-tierwise-blast-radius',
} as const;

/** Who the caller acts for, where no keys are in force. */
export const CUSTOMER_HEADER = 'x-tierwise-customer';

/** What every routed answer tells. The last two only unstreamed answers. */
export const ROUTING_HEADERS = {
  tier: 'x-tierwise-tier',
  model: 'x-tierwise-model',
  task: 'x-tierwise-task',
  route: 'x-tierwise-route',
  reason: 'x-tierwise-reason',
  score: 'x-tierwise-score',
  attempts: 'x-tierwise-attempts',
  escalations: 'x-tierwise-escalations',
  policy: 'x-tierwise-policy',
  costUsd: 'x-tierwise-cost-usd',
  overheadMs: 'x-tierwise-overhead-ms',
} as const;

/** Fields of a body that ask for nothing of the model: a tier that does not know them is asked without them. */
export const ADVISORY_FIELDS = [
  'user',
  'store',
  'metadata',
  'service_tier',
  'prompt_cache_key',
  'safety_identifier',
] as const;
