import { talliedBreakers } from './breakers';
import { talliedBudgets } from './budgets';
import type { Documents } from './documents';
import { documentedKeys } from './keys';
import type { Store } from './port';
import { documentedSessions } from './sessions';
import { documentedSwitches } from './switches';
import type { Tallies } from './tallies';

export type AccessStores = Pick<Store, 'keys' | 'budgets' | 'switches' | 'breakers' | 'sessions'>;

/**
 * Everything beside policies and records. It is made of documents and tallies, alike in every place. What a router does
 * on a request's way reads one item or updates one, so that its function needs leave for nothing else.
 */
export function accessStores(documents: Documents, tallies: Tallies): AccessStores {
  return {
    keys: documentedKeys(documents, tallies),
    budgets: talliedBudgets(tallies),
    switches: documentedSwitches(documents),
    breakers: talliedBreakers(tallies),
    sessions: documentedSessions(documents),
  };
}
