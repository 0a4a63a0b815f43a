import { type Finding, NO_STATE, type OwnPrices, type WatchState } from '../../lib/core/telemetry/watch/nouns';
import type { StateStore } from '../shared/store/state-port';

/** What the watch remembers from one evaluation to the next: a document of its own in the store. */
export interface WatchMemory {
  readonly schema: 1;
  readonly watch: WatchState;
  /** The policy that was in force, and since when. */
  readonly policy?: { readonly version: string; readonly sinceMs: number };
  /** By task: when a person last said that its schema failures are dealt with. */
  readonly acknowledgedAtMs: Readonly<Record<string, number>>;
  /** What the router's own parts cost, as the deployment says, for whoever reads figures from elsewhere. */
  readonly own?: OwnPrices;
  /** What held at the last evaluation. */
  readonly findings: readonly Finding[];
}

export interface RememberedWatch {
  readonly memory: WatchMemory;
  readonly revision: number;
}

const STATE = 'watch';
const NOTHING_YET: WatchMemory = { schema: 1, watch: NO_STATE, acknowledgedAtMs: {}, findings: [] };

export async function readMemory(states: StateStore): Promise<RememberedWatch> {
  const found = await states.read(STATE);
  return { memory: (found?.state as WatchMemory | undefined) ?? NOTHING_YET, revision: found?.revision ?? 0 };
}

/** Undefined where no deployment has said: a plain server's watch reckons with nothing. */
export function ownPricesSaid({ own }: WatchMemory): OwnPrices | undefined {
  return own !== undefined && Object.values(own).some((usd) => usd > 0) ? own : undefined;
}

/** False where somebody else has written since. */
export function writeMemory(states: StateStore, { memory, revision }: RememberedWatch): Promise<boolean> {
  return states.write(STATE, memory, revision);
}
