import type { AttributionStore } from './attribution-port';
import type { BreakerStore } from './breaker-port';
import type { BudgetStore } from './budget-port';
import type { ErasureStore } from './erasure-port';
import type { KeyStore } from './key-port';
import type { PolicyStore } from './policy-port';
import type { RollupStore } from './rollup-port';
import type { SessionStore } from './session-port';
import type { StateStore } from './state-port';
import type { SwitchStore } from './switch-port';

export interface Store {
  readonly policies: PolicyStore;
  readonly attributions: AttributionStore;
  readonly rollups: RollupStore;
  readonly states: StateStore;
  readonly keys: KeyStore;
  readonly budgets: BudgetStore;
  readonly switches: SwitchStore;
  readonly breakers: BreakerStore;
  readonly sessions: SessionStore;
  readonly erasure: ErasureStore;
  close(): Promise<void>;
}
