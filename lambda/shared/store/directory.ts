import { join } from 'node:path';
import { accessStores } from './access';
import { directoryAttributions } from './directory-attributions';
import { directoryDocuments } from './directory-documents';
import { removeDrafts } from './directory-drafts';
import { directoryErasure } from './directory-erasure';
import { PARTS } from './directory-parts';
import { directoryPolicies } from './directory-policies';
import { directoryRollups } from './directory-rollups';
import { directoryRows } from './directory-rows';
import { directoryTallies } from './directory-tallies';
import { erasureIn } from './erasure';
import { fileLocks } from './file-locks';
import type { Store } from './port';
import { rollupsIn } from './rollups';
import { documentedStates } from './states';
import { versionedPolicies } from './versioned-policies';

export interface DirectoryStoreOptions {
  /** By default the clock of this machine. */
  readonly nowMs?: () => number;
}

/**
 * A store of JSON files in a folder, for any number of processes at once. By itself it deletes counts, sessions and rollups
 * alone, once they are of no use; the rest goes where a customer is erased.
 */
export function openDirectoryStore(path: string, { nowMs = Date.now }: DirectoryStoreOptions = {}): Store {
  const attribution = join(path, PARTS.attribution);
  const access = join(path, PARTS.access);
  const locks = fileLocks(join(access, 'processes'));
  const states = directoryDocuments(attribution, locks);
  const documents = directoryDocuments(access, locks);
  const tallies = directoryTallies(directoryRows(join(access, 'tally'), locks));
  return {
    policies: versionedPolicies(directoryPolicies(join(path, PARTS.policy)), nowMs),
    attributions: directoryAttributions(attribution, nowMs),
    rollups: rollupsIn(directoryRollups(join(attribution, 'rollup'), nowMs), nowMs),
    states: documentedStates(states),
    ...accessStores(documents, tallies),
    erasure: erasureIn({
      requests: directoryErasure(attribution),
      clearAway: () => removeDrafts([attribution, access]),
      states,
      access: documents,
      tallies,
    }),
    close: async () => locks.close(),
  };
}
