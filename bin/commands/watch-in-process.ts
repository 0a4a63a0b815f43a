import type { Store } from '../../lambda/shared/store/port';
import { publishEmbedded } from '../../lambda/watch/publish-embedded';
import { type Watching, watchEvery } from '../../lambda/watch/watch-every';
import { createPolicyReader, type PolicyOptions } from '../../lambda/watch/watched-policy';
import { createWatcher } from '../../lambda/watch/watcher';
import { messageOf } from '../../lib/core/message-of';

export interface WatchInProcessOptions extends Pick<PolicyOptions, 'fallback' | 'variables'> {
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
export function watchInProcess(options: WatchInProcessOptions): Watching {
  const { store, router, emit, warn } = options;
  const watcher = createWatcher({
    store,
    // What this server's router refuses nothing is held to.
    policy: createPolicyReader({ ...options, unset: 'fault', store: store.policies, nowMs: Date.now }),
    publish: emit === undefined ? async () => {} : publishEmbedded(router, emit),
    infrastructure: { own: OWN },
    nowMs: Date.now,
    onFinding: ({ task, tier, signal, text }) => warn(`${signal}${about(task ?? tier)}: ${text}`),
  });
  return watchEvery(watcher, {
    everyMs: EVERY_MS,
    onFailure: (error) => warn(`the watch has come to no end, and takes it up again next time: ${messageOf(error)}`),
  });
}

function about(subject: string | undefined): string {
  return subject === undefined ? '' : ` of ${subject}`;
}
