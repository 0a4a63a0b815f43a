import { accountIn } from './budgets';
import type { Documents } from './documents';
import type { ErasureStore, ErasureTrace, KeptCount } from './erasure-port';
import { keyCountedIn } from './keys';
import { sessionId } from './sessions';
import type { Tallies } from './tallies';

/** Requests of which records and words can be removed. */
export type ErasableRequests = Pick<ErasureStore, 'oldestMs' | 'removeRequest'>;

export interface ErasureParts {
  readonly requests: ErasableRequests;
  readonly clearAway: ErasureStore['clearAway'];
  /** Where states are kept, for the traces. */
  readonly states: Documents;
  /** Where keys and sessions are kept. */
  readonly access: Documents;
  readonly tallies: Tallies;
}

const TRACES_LIMIT = 100;

/** Made of what the other stores are made of, alike in every place. */
export function erasureIn({ requests, clearAway, states, access, tallies }: ErasureParts): ErasureStore {
  return {
    ...requests,
    clearAway,
    removeSession: (key) => access.remove('session', sessionId(key)),

    async removeKey({ id, hash }) {
      // The one that is listed goes last: where this is cut off, the next run finds it.
      await access.remove('key-id', id);
      return access.remove('key', hash);
    },

    counts: () => keptCounts(tallies),
    removeCount: ({ tally }) => tallies.remove(tally),

    async trace(trace) {
      await states.write('erasure', trace.id, trace, { position: `${trace.startedAt}#${trace.id}` });
    },

    async traces(limit = TRACES_LIMIT) {
      return (await states.list('erasure', { newestFirst: true, limit })) as readonly ErasureTrace[];
    },
  };
}

async function* keptCounts(tallies: Tallies): AsyncGenerator<KeptCount> {
  for await (const tally of tallies.ids()) {
    const account = accountIn(tally);
    const keyId = keyCountedIn(tally);
    if (account !== undefined) yield { kind: 'account', tally, account };
    else if (keyId !== undefined) yield { kind: 'requests', tally, keyId };
  }
}
