/** Where the long form of every entry stands unless somebody keeps a copy. */
const RUNBOOK_URL = 'https://github.com/tierwise/tierwise/blob/main/examples/runbook.md';

/** What the person on call reads first. */
export interface RunbookEntry {
  /** Heading of its section in the runbook. */
  readonly title: string;
  /** Whether it wakes somebody, or waits for the morning. */
  readonly urgency: 'page' | 'warning';
  /** What has happened. */
  readonly means: string;
  /** Where to look. */
  readonly look: string;
  /** What to do about it. */
  readonly act: string;
}

/** One entry for each kind of alarm; `{subject}` is the task, tier or table that the alarm is about. */
export const RUNBOOK = {
  escalationAbove: {
    title: 'Escalation above the baseline',
    urgency: 'page',
    means:
      'Task {subject} begins or ends above its first tier more often than its published baseline allows, beyond noise.',
    look: 'OracleFailures and UpRoutes of the task; tierwise history for a policy published lately; tierwise explain for some of its requests.',
    act: 'If a policy caused it: tierwise rollback. If the traffic changed: profile the new traffic and publish its baseline.',
  },
  escalationBelow: {
    title: 'Escalation below the baseline',
    urgency: 'page',
    means:
      'Task {subject} escalates less than its published baseline allows, beyond noise: its oracle may pass everything.',
    look: 'what the oracle passed, with tierwise explain; changes of the oracle or the first tier in tierwise history.',
    act: 'If the oracle is broken: tierwise rollback. If the first tier became better: profile again and publish the baseline.',
  },
  escalationExcess: {
    title: 'Escalation excess of any task',
    urgency: 'page',
    means:
      'A task, perhaps one published after the last deployment, deviates from its baseline beyond its limit and beyond noise.',
    look: 'Escalation excess by task on the dashboard, to find the task; then its OracleFailures and UpRoutes.',
    act: 'As for the alarms of a task: tierwise rollback, or profile again and publish the baseline.',
  },
  qualityShortfall: {
    title: 'Quality shortfall',
    urgency: 'page',
    means:
      "The first tier's answers to a task pass more seldom than a higher tier's to the same requests, by more than the target allows, beyond noise.",
    look: 'Quality shortfall by task on the dashboard, to find the task; tierwise report --by task; tierwise history; Input drift.',
    act: 'tierwise override the task to a higher tier; then mend the first tier, or publish a policy that begins higher. If a policy caused it: tierwise rollback.',
  },
  netSaving: {
    title: 'Net saving',
    urgency: 'page',
    means: 'Over a day, routing saved less than the policy allows: what it spends may be more than what it saves.',
    look: 'Net saving and its parts on the dashboard; tierwise report --since 1d, by task and by tier.',
    act: 'Take out what costs: a classifier, a judge, an idle GPU, a task that always climbs. If a policy caused it: tierwise rollback.',
  },
  retryAmplification: {
    title: 'Retry amplification',
    urgency: 'page',
    means:
      'Task {subject} calls its tiers, or is asked the same again, more often for each request than the policy allows.',
    look: 'Retry amplification by task on the dashboard; Retries, Fallbacks and OracleFailures of the task.',
    act: 'If a tier fails: tierwise tier disable it. If callers ask again: look at what they got, with tierwise explain.',
  },
  inputDrift: {
    title: 'Input drift',
    urgency: 'warning',
    means: 'The requests of a task no longer look like those that it was profiled with.',
    look: 'Input drift by task on the dashboard; tierwise report --by feature and by customer for who sends something new.',
    act: 'Profile the task with new traffic and publish its baseline; give what is new a task of its own.',
  },
  tierMix: {
    title: 'Tier mix deviation',
    urgency: 'warning',
    means: 'The tiers that serve a task, or one user tier of it, are not those that its baseline intends.',
    look: 'Tier mix deviation by task on the dashboard; tierwise report --by tier and by user-tier.',
    act: 'If a tier was disabled or overridden: end it. If the traffic changed: profile it and publish the baseline.',
  },
  billDeviation: {
    title: 'Bill deviation',
    urgency: 'warning',
    means: 'The bill of a tier runs away from the projection of the policy.',
    look: 'Bill deviation by tier on the dashboard; tierwise report --by tier --since 30d.',
    act: 'If the traffic grew: project again and publish the projection. If a price or the mix changed: mend that.',
  },
  baselineAge: {
    title: 'Baseline age',
    urgency: 'warning',
    means: 'The baseline of a task is older than the policy allows: models and prices have changed since.',
    look: 'Baseline age by task on the dashboard; tierwise ready.',
    act: 'Profile the task again, or tierwise baseline adopt, and publish.',
  },
  watchHeartbeat: {
    title: 'Heartbeat of the watch',
    urgency: 'page',
    means:
      'The watch function has come to no end for a quarter of an hour: nobody judges drift, quality or saving now.',
    look: "the watch function's log and errors; throttling and permissions of the tables.",
    act: 'Mend what its log says. It catches up by itself and counts nothing twice; the router goes on without it.',
  },
  schemaFailures: {
    title: 'Schema failures',
    urgency: 'page',
    means: 'Of the answers for task {subject} too many break their JSON schema.',
    look: 'SchemaFailures of the task by tier; changes of the schema, the prompt or the model.',
    act: 'Publish a policy that starts the task one tier higher, or mend the schema.',
  },
  fallbacks: {
    title: 'Fallbacks',
    urgency: 'page',
    means: 'Task {subject} moves to other tiers because a tier fails.',
    look: 'Fallbacks and UpstreamAttempts of the task by tier; the health of the tier that fails.',
    act: 'If the tier stays down: tierwise tier disable it for a while, and mend it.',
  },
  timeToFirstContent: {
    title: 'Time to first content',
    urgency: 'page',
    means: 'The 95th percentile of time to first content of task {subject} is over its latency budget.',
    look: 'TimeToFirstContent by tier, queues of the vLLM tiers, throttling by the hosts.',
    act: 'Add capacity to the slow tier, or publish a ladder that begins at a faster one.',
  },
  upstreamAuth: {
    title: 'Refused credentials',
    urgency: 'page',
    means: 'A tier refused the credentials of the router (401 or 403).',
    look: 'UpstreamAuthFailures by tier; the secret of the tier, its permissions, access to the model in the account.',
    act: 'Put a valid key into the secret or grant the model; until then tierwise tier disable the tier.',
  },
  vllmWaiting: {
    title: 'Requests waiting at a vLLM tier',
    urgency: 'page',
    means: 'Requests queue at vLLM tier {subject} faster than it serves them.',
    look: 'running and waiting requests of the tier; whether it scales out, or waits for GPU capacity or quota.',
    act: 'Raise its maximum capacity, or publish a policy that sends less there.',
  },
  vllmCache: {
    title: 'KV cache of a vLLM tier',
    urgency: 'page',
    means: 'The KV cache of vLLM tier {subject} is nearly full: requests will be preempted and computed again.',
    look: 'lengths of prompts and answers on the tier; its number of concurrent sequences.',
    act: 'Add replicas, lower the maximum length or the concurrency, or use an instance with more GPU memory.',
  },
  functionErrors: {
    title: 'Function errors',
    urgency: 'page',
    means: 'Invocations of the router function failed: it crashed, ran out of memory or out of time.',
    look: "the function's log; a deployment or policy of the last minutes.",
    act: 'Roll back the deployment, or tierwise rollback the policy.',
  },
  functionThrottles: {
    title: 'Function throttles',
    urgency: 'page',
    means:
      'Lambda turned requests away: the function has no concurrency left. Each stream holds one for its whole length.',
    look: "ConcurrentExecutions of the function and the account's quota.",
    act: "Raise the account's quota or the function's reserved concurrency; lower the stage's throttling until then.",
  },
  serverErrors: {
    title: 'Server errors of the API',
    urgency: 'page',
    means: 'The API answers too many requests with 5XX.',
    look: 'the access log for status and integration times; Fallbacks and Refusals by task.',
    act: 'If tiers are down: mend or disable them. If the router is: roll back.',
  },
  policyAge: {
    title: 'Policy age',
    urgency: 'page',
    means: 'The router could not confirm its policy for too long: what was published since is not in force.',
    look: "the function's log for refused or unreadable policies; throttling and permissions of the policy table.",
    act: 'Publish a sound policy, or mend the access to the table. The router goes on with its last good policy.',
  },
  tableThrottled: {
    title: 'Throttled table',
    urgency: 'page',
    means: 'DynamoDB throttles the {subject} table: policies may be read late, records kept back.',
    look: 'ThrottledRequests of the table by operation; its largest partitions; account limits of on-demand tables.',
    act: "Raise the table's limits; if one key is hot, find the caller.",
  },
} as const satisfies Record<string, RunbookEntry>;

export type AlarmKind = keyof typeof RUNBOOK;

/** The section of the runbook, as a fragment of its address. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

/** The description of an alarm: its entry on one line, and where to read on. */
export function describeAlarm(kind: AlarmKind, subject = '', url = RUNBOOK_URL): string {
  const { title, means, look, act }: RunbookEntry = RUNBOOK[kind];
  const said = `${means} Look at: ${look} Do: ${act}`.replaceAll('{subject}', subject);
  return `${said} Runbook: ${url}#${anchorOf(title)}`;
}
