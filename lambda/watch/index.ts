/** The watch as a Lambda function that a schedule invokes. */

import { readFile } from 'node:fs/promises';
import { openStore } from '../shared/store/open';
import { publishEmbedded } from './publish-embedded';
import { publishToCloudWatch } from './publish-to-cloudwatch';
import { readWatchEnvironment } from './watch-environment';
import { createPolicyReader } from './watched-policy';
import { createWatcher, type Watcher } from './watcher';

/** What the platform tells of an invocation. */
export interface InvocationContext {
  readonly getRemainingTimeInMillis: () => number;
}

/** Left for what is under way when a run has had its time: a group of minutes, an evaluation. */
const LEFT_MS = 60_000;

/** One for the life of the process: what it has read it need not read again at the next run. */
let watcher: Promise<Watcher> | undefined;

async function start(): Promise<Watcher> {
  const { router, tables, own, metrics, policyFile } = readWatchEnvironment(process.env);
  const store = await openStore({ kind: 'dynamodb', ...tables });
  const fallback = policyFile === undefined ? {} : { fallback: await fileAt(policyFile) };
  return createWatcher({
    store,
    policy: createPolicyReader({ store: store.policies, variables: process.env, nowMs: Date.now, ...fallback }),
    publish:
      metrics === 'embedded' ? publishEmbedded(router, (line) => console.log(line)) : publishToCloudWatch(router),
    infrastructure: { own },
    nowMs: Date.now,
    onFinding: (finding) => console.log(JSON.stringify({ finding })),
  });
}

async function fileAt(file: string): Promise<{ readonly text: string; readonly file: string }> {
  return { text: await readFile(file, 'utf8'), file };
}

/** Fails where a run does, so that the platform counts it; the next run goes on from where this one got. */
export async function handler(_event: unknown, context: InvocationContext): Promise<void> {
  const run = await (await started()).run(() => context.getRemainingTimeInMillis() < LEFT_MS);
  console.log(JSON.stringify({ run }));
}

function started(): Promise<Watcher> {
  watcher ??= start().catch((error: unknown) => {
    // Tried again by the next invocation.
    watcher = undefined;
    throw error;
  });
  return watcher;
}
