import { join } from 'node:path';
import { directoryAttributions } from './directory-attributions';
import { directoryPolicies } from './directory-policies';
import type { Store } from './port';
import { versionedPolicies } from './versioned-policies';

/** A store of JSON files in a folder, for any number of processes at once. Nothing in it is ever deleted. */
export function openDirectoryStore(path: string): Store {
  return {
    policies: versionedPolicies(directoryPolicies(join(path, 'policy'))),
    attributions: directoryAttributions(join(path, 'attribution')),
    close: async () => {},
  };
}
