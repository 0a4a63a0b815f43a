import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../../lambda/shared/store/port';
import { arrivalContract } from './store/arrival-contract';
import { attributionContract } from './store/attribution-contract';
import { breakerContract } from './store/breaker-contract';
import { budgetContract } from './store/budget-contract';
import { budgetPropertyContract } from './store/budget-property-contract';
import { erasureContract } from './store/erasure-contract';
import { feedbackContract } from './store/feedback-contract';
import { keyContract } from './store/key-contract';
import { policyContract } from './store/policy-contract';
import { rollupContract } from './store/rollup-contract';
import { sessionContract } from './store/session-contract';
import { stateContract } from './store/state-contract';
import { switchContract } from './store/switch-contract';

/** How much is asked of a store at once: one over sockets needs longer for it. */
export interface StoreLoad {
  readonly atOnce: number;
  readonly propertyRuns: number;
}

/** A store's clock, set by hand. */
export interface StoreClock {
  nowMs: number;
}

const NOW_MS = Date.UTC(2026, 10, 22, 10, 0, 30);

/**
 * What every place must do that policies, records and what goes with them are kept in. `open` gives a new, empty store
 * with this clock.
 */
export function storeContract(name: string, open: (nowMs: () => number) => Promise<Store>, load: StoreLoad): void {
  describe(`${name} keeps the store's contract`, () => {
    const clock: StoreClock = { nowMs: NOW_MS };
    let store: Store;

    beforeEach(async () => {
      clock.nowMs = NOW_MS;
      store = await open(() => clock.nowMs);
    });
    afterEach(() => store.close());

    describe('policies', () => policyContract(() => store.policies, clock));
    describe('records', () => attributionContract(() => store.attributions));
    describe('arrivals', () => arrivalContract(() => store.attributions, clock));
    describe('feedback', () => feedbackContract(() => store.attributions, clock));
    describe('rollups', () => rollupContract(() => store.rollups, clock, load));
    describe('states', () => stateContract(() => store.states));
    describe('keys', () => keyContract(() => store.keys, load));
    describe('budgets', () => budgetContract(() => store.budgets, load));
    describe('budgets, whatever happens', () => budgetPropertyContract(() => store.budgets, load));
    describe('switches', () => switchContract(() => store.switches, load));
    describe('breakers', () => breakerContract(() => store.breakers, load));
    describe('sessions', () => sessionContract(() => store.sessions));
    describe('erasure', () => erasureContract(() => store, clock));
  });
}
