import { join } from 'node:path';
import { accessStores } from './access';
import { directoryAttributions } from './directory-attributions';
import { directoryDocuments } from './directory-documents';
import { directoryPolicies } from './directory-policies';
import { directoryRollups } from './directory-rollups';
import { directoryRows } from './directory-rows';
import { directoryTallies } from './directory-tallies';
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
 * A store of JSON files in a folder, for any number of processes at once. Only counts, sessions and rollups are ever
 * deleted.
 */
export function openDirectoryStore(path: string, { nowMs = Date.now }: DirectoryStoreOptions = {}): Store {
  const attribution = join(path, 'attribution');
  const access = join(path, 'access');
  const locks = fileLocks(join(access, 'processes'));
  return {
    policies: versionedPolicies(directoryPolicies(join(path, 'policy'))),
    attributions: directoryAttributions(attribution, nowMs),
    rollups: rollupsIn(directoryRollups(join(attribution, 'rollup'), nowMs), nowMs),
    states: documentedStates(directoryDocuments(attribution, locks)),
    ...accessStores(directoryDocuments(access, locks), directoryTallies(directoryRows(join(access, 'tally'), locks))),
    close: async () => locks.close(),
  };
}
