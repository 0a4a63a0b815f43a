import type { EraseOptions, NotReached } from './erasure';

/** What is known of the place that was erased from. */
export interface Surroundings {
  readonly kind: EraseOptions['kind'];
  /** Whether the deployment has a bucket for prompts. */
  readonly hasPrompts: boolean;
  /** Accounts of which nobody knows whether they are a task's. */
  readonly unsureAccounts: number;
}

const ROUTERS: NotReached = {
  what: 'Routers that run: answers kept in their memory, sessions, and what the operator’s page shows last',
  afterwards: 'goes within the cache’s ttlSeconds, an hour, and a minute, or with the process',
};

const KEY_FILE: NotReached = {
  what: 'Keys in a file that `serve --keys` reads',
  afterwards: 'stay until somebody takes them out: tierwise key revoke ID --keys FILE',
};

const OWN_WORDS: NotReached = {
  what: 'What people wrote or made: reasons of switches, messages of policies, reports, exports, and what they copied elsewhere',
  afterwards: 'is theirs to look through',
};

const CUSTOMER_METRICS: NotReached = {
  what: 'Metrics of customers, where the router has them switched on: sums under the customer’s name, and never what was asked',
  afterwards: 'go 15 months after the last request; CloudWatch lets nobody delete any sooner',
};

const LOGS: NotReached = {
  what: 'Logs of routers: ids of requests that failed, never who asked, and lines of such metrics with the customer’s name',
  afterwards: 'go as the rules of wherever they are kept say',
};

const TABLE_BACKUPS: NotReached = {
  what: 'Backups of the tables; by point-in-time recovery they can be set back',
  afterwards: 'goes after 35 days at the latest; after a restore the same command has to run again',
};

const FOLDER_BACKUPS: NotReached = {
  what: 'Backups and other copies of the folder',
  afterwards: 'go as their own rules say; after a restore the same command has to run again',
};

const ACCESS_LOGS: NotReached = {
  what: 'Access logs of the API, where callers sign by IAM: their ARN, and never what they asked',
  afterwards: 'go after the log group’s retention',
};

const PROMPT_LOGS: NotReached = {
  what: 'Access logs of the bucket for prompts: names of its objects, in which the customer’s stands',
  afterwards: 'go as the rules of the bucket that holds them say',
};

/** Said with every erasure: whoever has to show that a customer is gone has to look there too. */
export function notReached({ kind, hasPrompts, unsureAccounts }: Surroundings): NotReached[] {
  const unsure: NotReached = {
    what: `${unsureAccounts} budget accounts of this name, which is also that of a task or of all`,
    afterwards: 'go 40 days after their period; name the policy with --policy to tell them apart',
  };
  return [
    ROUTERS,
    ...(kind === 'stack' ? [] : [KEY_FILE]),
    kind === 'directory' ? FOLDER_BACKUPS : TABLE_BACKUPS,
    ...(kind === 'stack' ? [ACCESS_LOGS] : []),
    ...(hasPrompts ? [PROMPT_LOGS] : []),
    CUSTOMER_METRICS,
    LOGS,
    OWN_WORDS,
    ...(unsureAccounts > 0 ? [unsure] : []),
  ];
}
