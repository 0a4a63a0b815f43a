import type { Documents } from './documents';
import type { StateStore } from './state-port';

interface Kept {
  readonly state: unknown;
  readonly revision: number;
}

export function documentedStates(documents: Documents): StateStore {
  async function find(name: string) {
    const found = await documents.read('state', name);
    return { kept: found?.document as Kept | undefined, revision: found?.revision ?? null };
  }

  return {
    read: async (name) => (await find(name)).kept,

    async write(name, state, revision) {
      const found = await find(name);
      if ((found.kept?.revision ?? 0) !== revision) return false;
      const kept: Kept = { state, revision: revision + 1 };
      return documents.write('state', name, kept, { expected: found.revision });
    },
  };
}
