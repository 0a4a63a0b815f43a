import type { Runtime } from '../../lambda/router/runtime';
import { messageOf } from '../../lambda/shared/message-of';
import type { Store } from '../../lambda/shared/store/port';
import { publishEmbedded } from '../../lambda/watch/publish-embedded';
import { type Watching, watchEvery } from '../../lambda/watch/watch-every';
import type { WatchedPolicy } from '../../lambda/watch/watched-policy';
import { createWatcher } from '../../lambda/watch/watcher';

export interface WatchInProcessOptions {
  readonly runtime: Pick<Runtime, 'policy'>;
  readonly store: Store;
  readonly router: string;
  /** Takes one line of embedded metrics. Absent: nobody reads them. */
  readonly emit?: ((line: string) => void) | undefined;
  readonly warn: (message: string) => void;
}

const EVERY_MS = 60_000;
/** Nobody has said what the machine costs. */
const OWN = { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0 };

/**
 * What the watch function does for a deployed router, in the process of a plain server. Of several that share a store one at
 * a time is at it; a store in memory has a watch of its own.
 */
export function watchInProcess({ runtime, store, router, emit, warn }: WatchInProcessOptions): Watching {
  const watcher = createWatcher({
    store,
    policy: () => policyInForce(runtime, store),
    publish: emit === undefined ? async () => {} : publishEmbedded(router, emit),
    infrastructure: { own: OWN },
    nowMs: Date.now,
    onFinding: ({ task, tier, signal, text }) => warn(`${signal}${about(task ?? tier)}: ${text}`),
  });
  return watchEvery(watcher, {
    everyMs: EVERY_MS,
    onFailure: (error) => warn(`what came could not be added up, and is next time: ${messageOf(error)}`),
  });
}

async function policyInForce(runtime: Pick<Runtime, 'policy'>, store: Store): Promise<WatchedPolicy | undefined> {
  const inForce = runtime.policy();
  if (inForce === undefined) return undefined;
  const { policy } = inForce.prepared;
  const active = inForce.source === 'store' ? await store.policies.active() : undefined;
  return active === undefined || String(active.version) !== policy.version
    ? { policy }
    : { policy, publishedAtMs: Date.parse(active.since) };
}

function about(subject: string | undefined): string {
  return subject === undefined ? '' : ` of ${subject}`;
}
