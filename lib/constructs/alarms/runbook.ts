/** What the person on call reads first. */
export interface RunbookEntry {
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
    means:
      'Task {subject} begins or ends above its first tier more often than its published baseline allows, beyond noise.',
    look: 'OracleFailures and UpRoutes of the task; tierwise history for a policy published lately; tierwise explain for some of its requests.',
    act: 'If a policy caused it: tierwise rollback. If the traffic changed: profile the new traffic and publish its baseline.',
  },
  escalationBelow: {
    means:
      'Task {subject} escalates less than its published baseline allows, beyond noise: its oracle may pass everything.',
    look: 'what the oracle passed, with tierwise explain; changes of the oracle or the first tier in tierwise history.',
    act: 'If the oracle is broken: tierwise rollback. If the first tier became better: profile again and publish the baseline.',
  },
  escalationExcess: {
    means:
      'A task, perhaps one published after the last deployment, deviates from its baseline beyond its limit and beyond noise.',
    look: 'EscalationExcess by task on the dashboard, to find the task; then its OracleFailures and UpRoutes.',
    act: 'As for the alarms of a task: tierwise rollback, or profile again and publish the baseline.',
  },
  schemaFailures: {
    means: 'Of the answers for task {subject} too many break their JSON schema.',
    look: 'SchemaFailures of the task by tier; changes of the schema, the prompt or the model.',
    act: 'Publish a policy that starts the task one tier higher, or mend the schema.',
  },
  fallbacks: {
    means: 'Task {subject} moves to other tiers because a tier fails.',
    look: 'Fallbacks and UpstreamAttempts of the task by tier; the health of the tier that fails.',
    act: 'If the tier stays down: tierwise tier disable it for a while, and mend it.',
  },
  timeToFirstContent: {
    means: 'The 95th percentile of time to first content of task {subject} is over its latency budget.',
    look: 'TimeToFirstContent by tier, queues of the vLLM tiers, throttling by the hosts.',
    act: 'Add capacity to the slow tier, or publish a ladder that begins at a faster one.',
  },
  upstreamAuth: {
    means: 'A tier refused the credentials of the router (401 or 403).',
    look: 'UpstreamAuthFailures by tier; the secret of the tier, its permissions, access to the model in the account.',
    act: 'Put a valid key into the secret or grant the model; until then tierwise tier disable the tier.',
  },
  vllmWaiting: {
    means: 'Requests queue at vLLM tier {subject} faster than it serves them.',
    look: 'running and waiting requests of the tier; whether it scales out, or waits for GPU capacity or quota.',
    act: 'Raise its maximum capacity, or publish a policy that sends less there.',
  },
  vllmCache: {
    means: 'The KV cache of vLLM tier {subject} is nearly full: requests will be preempted and computed again.',
    look: 'lengths of prompts and answers on the tier; its number of concurrent sequences.',
    act: 'Add replicas, lower the maximum length or the concurrency, or use an instance with more GPU memory.',
  },
  functionErrors: {
    means: 'Invocations of the router function failed: it crashed, ran out of memory or out of time.',
    look: "the function's log; a deployment or policy of the last minutes.",
    act: 'Roll back the deployment, or tierwise rollback the policy.',
  },
  functionThrottles: {
    means:
      'Lambda turned requests away: the function has no concurrency left. Each stream holds one for its whole length.',
    look: "ConcurrentExecutions of the function and the account's quota.",
    act: "Raise the account's quota or the function's reserved concurrency; lower the stage's throttling until then.",
  },
  serverErrors: {
    means: 'The API answers too many requests with 5XX.',
    look: 'the access log for status and integration times; Fallbacks and Refusals by task.',
    act: 'If tiers are down: mend or disable them. If the router is: roll back.',
  },
  policyAge: {
    means: 'The router could not confirm its policy for too long: what was published since is not in force.',
    look: "the function's log for refused or unreadable policies; throttling and permissions of the policy table.",
    act: 'Publish a sound policy, or mend the access to the table. The router goes on with its last good policy.',
  },
  tableThrottled: {
    means: 'DynamoDB throttles the {subject} table: policies may be read late, records kept back.',
    look: 'ThrottledRequests of the table by operation; its largest partitions; account limits of on-demand tables.',
    act: "Raise the table's limits; if one key is hot, find the caller.",
  },
} as const satisfies Record<string, RunbookEntry>;

export type AlarmKind = keyof typeof RUNBOOK;

/** The description of an alarm: its entry on one line. */
export function describeAlarm(kind: AlarmKind, subject = ''): string {
  const { means, look, act }: RunbookEntry = RUNBOOK[kind];
  return `${means} Look at: ${look} Do: ${act}`.replaceAll('{subject}', subject);
}
