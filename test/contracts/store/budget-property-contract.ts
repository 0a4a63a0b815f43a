import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Account, BudgetStore, HeldAmount } from '../../../lambda/shared/store/budget-port';
import { MINUTE_MS } from '../../../lib/core/durations';
import type { StoreLoad } from '../store-contract';

const START_MS = Date.UTC(2026, 10, 22, 10);
const LIMIT_MICRO = 1000;

/** What may happen to an account. Amounts are in millionths of a dollar. */
type Event =
  | { readonly kind: 'reserve'; readonly micro: number; readonly forMs: number }
  | { readonly kind: 'settle'; readonly which: number; readonly share: number }
  | { readonly kind: 'wait'; readonly ms: number };

const EVENT: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('reserve' as const), micro: fc.nat(600), forMs: fc.nat(300_000) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const), which: fc.nat(9), share: fc.nat(150) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(200_000) }) },
);

interface Open {
  readonly hold: HeldAmount;
  readonly micro: number;
}

/** The account as it must be, in whole numbers. */
interface Model {
  nowMs: number;
  spent: number;
  /** By how much settlements passed what was held for them at that moment. */
  passed: number;
  open: Open[];
}

function isLive({ hold }: Open, nowMs: number): boolean {
  return Math.ceil(hold.untilMs / MINUTE_MS) * MINUTE_MS > nowMs;
}

function heldIn({ open, nowMs }: Model): number {
  return open.filter((one) => isLive(one, nowMs)).reduce((sum, { micro }) => sum + micro, 0);
}

/** `budgets` gives those of a new, empty store for each test. */
export function budgetPropertyContract(budgets: () => BudgetStore, { propertyRuns }: StoreLoad): void {
  let accounts = 0;

  async function happen(account: Account, model: Model, event: Event): Promise<void> {
    if (event.kind === 'wait') {
      model.nowMs += event.ms;
      return;
    }
    if (event.kind === 'reserve') {
      const hold = { usd: event.micro / 1e6, untilMs: model.nowMs + event.forMs };
      const room = Math.max(0, LIMIT_MICRO - model.spent - heldIn(model));
      const { held, roomUsd } = await budgets().reserve(account, hold, model.nowMs);
      expect(held).toBe(event.micro === 0 || event.micro <= room);
      if (held) model.open.push({ hold, micro: event.micro });
      expect(roomUsd).toBe(Math.max(0, LIMIT_MICRO - model.spent - heldIn(model)) / 1e6);
      return;
    }
    const [one] = model.open.splice(event.which % Math.max(1, model.open.length), 1);
    if (one === undefined) return;
    const spent = Math.round((one.micro * event.share) / 100);
    model.passed += Math.max(0, spent - (isLive(one, model.nowMs) ? one.micro : 0));
    model.spent += spent;
    await budgets().settle(account, one.hold, spent / 1e6, model.nowMs);
  }

  it('stands as its reservations, settlements and expiries say, to the last millionth', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(EVENT, { maxLength: 20 }), async (events) => {
        accounts += 1;
        const account = { id: `all#${accounts}`, limitUsd: LIMIT_MICRO / 1e6, expiresAtMs: START_MS + 1e9 };
        const model: Model = { nowMs: START_MS, spent: 0, passed: 0, open: [] };
        for (const event of events) {
          await happen(account, model, event);
          const { spentUsd, heldUsd } = await budgets().read(account.id, model.nowMs);
          expect({ spentUsd, heldUsd }).toEqual({ spentUsd: model.spent / 1e6, heldUsd: heldIn(model) / 1e6 });
          // Only what was settled above what was held for it may pass the limit.
          expect(model.spent + heldIn(model)).toBeLessThanOrEqual(LIMIT_MICRO + model.passed);
        }
      }),
      { numRuns: propertyRuns },
    );
  });
}
