import type { Finding, OwnPrices } from '../../../lib/core/telemetry/watch/nouns';
import type { Policy } from '../../../lib/core/types-policy';
import type { StateStore } from '../../shared/store/state-port';
import { ownPricesSaid, readMemory } from '../../watch/memory';
import type { Progress } from '../../watch/turn';

/** What the watch function has done, as it remembers it. */
export interface Watched {
  /** How far records are added up; undefined where nobody has begun to. */
  readonly progress: Progress | undefined;
  /** What it found; undefined where it has not looked for a while, or never. */
  readonly findings: readonly Finding[] | undefined;
  /** Since when it has seen this policy; 0 where nobody watches. */
  readonly publishedAtMs: number;
  /** What the router's own parts cost; undefined where no deployment has said. */
  readonly own: OwnPrices | undefined;
}

/** Its own document says how far it has got. */
const PROGRESS = 'rollup';
/** Three runs of it. */
const CURRENT_MS = 15 * 60_000;

export async function readWatched(states: StateStore, policy: Policy | undefined, nowMs: number): Promise<Watched> {
  const [progress, { memory }] = await Promise.all([states.read(PROGRESS), readMemory(states)]);
  const isCurrent = nowMs - memory.watch.atMs < CURRENT_MS;
  const seen = memory.policy;
  // One that it has not seen yet was published within its last minutes.
  const publishedAtMs = seen === undefined ? 0 : seen.version === policy?.version ? seen.sinceMs : nowMs;
  return {
    progress: progressIn(progress?.state),
    findings: isCurrent ? memory.findings : undefined,
    publishedAtMs,
    own: ownPricesSaid(memory),
  };
}

/** The document is there before anything is added up. */
function progressIn(state: unknown): Progress | undefined {
  const { throughMs, sinceMs } = (state ?? {}) as Partial<Progress>;
  return throughMs === undefined || sinceMs === undefined ? undefined : { throughMs, sinceMs };
}
