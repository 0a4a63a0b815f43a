import type { Switch, TierHealth } from '../../../lib/core/types-live';
import type { Store } from '../../shared/store/port';
import type { PolicyInForce } from '../app';
import { buildState } from './build-state';
import { FigureReader } from './figures';
import { NO_INFRASTRUCTURE } from './readings';
import { readWatched } from './watched';

export interface StatePorts {
  readonly store: Pick<Store, 'attributions' | 'rollups' | 'states'>;
  /** Undefined until a policy is loaded. */
  readonly policy: () => PolicyInForce | undefined;
  readonly health: Pick<TierHealth, 'state'>;
  readonly switches: () => readonly Switch[];
  /** UTC milliseconds. */
  readonly nowMs: () => number;
}

/** A state as JSON, and what of it is drawn: two that are drawn alike differ in the time of reading alone. */
export interface ReadState {
  readonly text: string;
  readonly drawn: string;
}

/** One reading serves all who look within so long. */
const SHARED_MS = 1000;

export function createSharedState(ports: StatePorts): () => Promise<ReadState> {
  const { store, nowMs } = ports;
  const figures = new FigureReader({ ...store, nowMs });
  let reading: Promise<ReadState> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;

  async function read(): Promise<ReadState> {
    const inForce = ports.policy();
    const watched = await readWatched(store.states, inForce?.prepared.policy, nowMs());
    const { progress, findings, publishedAtMs, own } = watched;
    const counted = await figures.read(progress?.throughMs);
    const state = buildState(counted, {
      policy: inForce?.prepared.policy ?? null,
      inForce: { source: inForce?.source ?? 'fallback', ...(inForce?.refused && { refused: inForce.refused }) },
      publishedAtMs,
      findings,
      sinceMs: progress?.sinceMs,
      infrastructure: own === undefined ? NO_INFRASTRUCTURE : { own },
      tierState: (tier) => ports.health.state(tier),
      switches: ports.switches(),
      nowMs: nowMs(),
    });
    return { text: JSON.stringify(state), drawn: JSON.stringify({ ...state, atMs: 0 }) };
  }

  return () => {
    if (reading === undefined || nowMs() - readAtMs >= SHARED_MS) {
      readAtMs = nowMs();
      reading = read();
      reading.catch(() => {
        reading = undefined;
      });
    }
    return reading;
  };
}
