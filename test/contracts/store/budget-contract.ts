import { expect, it } from 'vitest';
import type { Account, BudgetStore, HeldAmount } from '../../../lambda/shared/store/budget-port';
import { MINUTE_MS } from '../../../lib/core/durations';
import type { StoreLoad } from '../store-contract';

const HOLD_MS = 10 * MINUTE_MS;
const NOW_MS = Date.UTC(2026, 10, 22, 10);
const ACCOUNT: Account = { id: 'per-customer#acme#2026-11', limitUsd: 1, expiresAtMs: Date.UTC(2026, 11, 2) };

function amount(usd: number, untilMs = NOW_MS + HOLD_MS): HeldAmount {
  return { usd, untilMs };
}

/** `budgets` gives those of a new, empty store for each test. */
export function budgetContract(budgets: () => BudgetStore, { atOnce }: StoreLoad): void {
  const reserve = (hold: HeldAmount, nowMs = NOW_MS, account = ACCOUNT) => budgets().reserve(account, hold, nowMs);
  const settle = (hold: HeldAmount, spentUsd: number, nowMs = NOW_MS) =>
    budgets().settle(ACCOUNT, hold, spentUsd, nowMs);
  const standing = (nowMs = NOW_MS) => budgets().read(ACCOUNT.id, nowMs);

  it('has spent and held nothing at first', async () => {
    expect(await standing()).toEqual({ spentUsd: 0, heldUsd: 0 });
  });

  it('sets money aside and says what room is left', async () => {
    expect(await reserve(amount(0.25))).toEqual({ held: true, roomUsd: 0.75 });
    expect(await reserve(amount(0.5))).toEqual({ held: true, roomUsd: 0.25 });
    expect(await standing()).toEqual({ spentUsd: 0, heldUsd: 0.75 });
  });

  it('takes the held amount back and books what was spent, be it less or more', async () => {
    const [less, more, nothing] = [amount(0.2), amount(0.3), amount(0.1)];
    for (const hold of [less, more, nothing]) await reserve(hold);
    await settle(less, 0.05);
    expect(await standing()).toEqual({ spentUsd: 0.05, heldUsd: 0.4 });
    await settle(more, 0.4);
    await settle(nothing, 0);
    expect(await standing()).toEqual({ spentUsd: 0.45, heldUsd: 0 });
    expect(await reserve(amount(0.55))).toEqual({ held: true, roomUsd: 0 });
  });

  it('refuses what there is no room for, says what room there is, and holds nothing of it', async () => {
    await reserve(amount(0.6));
    expect(await reserve(amount(0.5))).toEqual({ held: false, roomUsd: 0.4 });
    expect(await standing()).toEqual({ spentUsd: 0, heldUsd: 0.6 });
    expect(await reserve(amount(0.4))).toEqual({ held: true, roomUsd: 0 });
  });

  it('has no room left, rather than less than none, where more was spent than held', async () => {
    const hold = amount(0.9);
    await reserve(hold);
    await settle(hold, 1.5);
    expect(await reserve(amount(0.01))).toEqual({ held: false, roomUsd: 0 });
    expect(await standing()).toEqual({ spentUsd: 1.5, heldUsd: 0 });
  });

  it('always has room for a call that costs nothing', async () => {
    const all = amount(1);
    await reserve(all);
    await settle(all, 1.2);
    expect(await reserve(amount(0))).toEqual({ held: true, roomUsd: 0 });
    await settle(amount(0), 0);
    expect(await standing()).toEqual({ spentUsd: 1.2, heldUsd: 0 });
  });

  it('sums the smallest prices without drift', async () => {
    const tiny = { ...ACCOUNT, limitUsd: 0.000_001 };
    for (let index = 0; index < 10; index += 1) {
      expect((await reserve(amount(0.000_000_1), NOW_MS, tiny)).held).toBe(true);
    }
    expect(await reserve(amount(0.000_000_001), NOW_MS, tiny)).toEqual({ held: false, roomUsd: 0 });
    expect(await standing()).toEqual({ spentUsd: 0, heldUsd: 0.000_001 });
  });

  it('keeps accounts apart', async () => {
    await reserve(amount(1));
    const other = { ...ACCOUNT, id: 'per-customer#Acme#2026-11' };
    expect(await reserve(amount(1), NOW_MS, other)).toEqual({ held: true, roomUsd: 0 });
  });

  it('takes the limit that holds now', async () => {
    await reserve(amount(0.8));
    expect(await reserve(amount(0.1), NOW_MS, { ...ACCOUNT, limitUsd: 0.5 })).toEqual({ held: false, roomUsd: 0 });
    expect(await reserve(amount(1), NOW_MS, { ...ACCOUNT, limitUsd: 2 })).toMatchObject({ held: true });
  });

  it('gives room back that a crashed holder had, within the minute after its time and not before', async () => {
    const untilMs = NOW_MS + 10 * MINUTE_MS + 500;
    await reserve(amount(0.8, untilMs));
    await reserve(amount(0.1, untilMs + 5 * MINUTE_MS));

    expect(await reserve(amount(0.5, untilMs + HOLD_MS), untilMs - 1)).toEqual({ held: false, roomUsd: 0.1 });
    const afterMs = untilMs + MINUTE_MS;
    expect(await standing(afterMs)).toEqual({ spentUsd: 0, heldUsd: 0.1 });
    expect(await reserve(amount(0.5, afterMs + HOLD_MS), afterMs)).toEqual({ held: true, roomUsd: 0.4 });
    expect(await standing(afterMs)).toEqual({ spentUsd: 0, heldUsd: 0.6 });
  });

  it('books only what was spent where the hold has expired, whether or not its room is taken', async () => {
    const [taken, left] = [amount(0.6), amount(0.3, NOW_MS + 12 * MINUTE_MS)];
    await reserve(taken);
    await reserve(left);
    const laterMs = NOW_MS + 20 * MINUTE_MS;
    await reserve(amount(0.9, laterMs + HOLD_MS), laterMs);
    await settle(taken, 0.5, laterMs);
    await settle(left, 0.2, laterMs);
    expect(await standing(laterMs)).toEqual({ spentUsd: 0.7, heldUsd: 0.9 });
  });

  it('does not let an expired amount be taken back twice', async () => {
    const hold = amount(0.5);
    await reserve(hold);
    const laterMs = NOW_MS + 20 * MINUTE_MS;
    const fresh = amount(0.5, laterMs + HOLD_MS);
    await reserve(fresh, laterMs);
    await settle(fresh, 0.25, laterMs);
    await settle(hold, 0.125, laterMs);
    await settle(hold, 0.125, laterMs);
    expect(await standing(laterMs)).toEqual({ spentUsd: 0.5, heldUsd: 0 });
  });

  it.each([Number.NaN, -0.01, Number.POSITIVE_INFINITY])('takes %d USD for no amount', async (usd) => {
    await expect(reserve(amount(usd))).rejects.toThrow(/give a number from 0/);
    await expect(settle(amount(0.1), usd)).rejects.toThrow(/give a number from 0/);
    expect(await standing()).toEqual({ spentUsd: 0, heldUsd: 0 });
  });

  it('never passes the limit, however many reserve at once, and refuses none that there is room for', async () => {
    const wanted = Array.from({ length: atOnce }, (_, index) => 1 + ((index * 7919) % 13));
    const account = { ...ACCOUNT, limitUsd: (3 * atOnce) / 1000 };
    const answers = await Promise.all(wanted.map((milli) => reserve(amount(milli / 1000), NOW_MS, account)));

    const sum = (held: boolean) =>
      wanted.filter((_, index) => answers[index]?.held === held).reduce((total, milli) => total + milli, 0);
    const roomMilli = 3 * atOnce - sum(true);
    expect(roomMilli).toBeGreaterThanOrEqual(0);
    expect((await standing()).heldUsd).toBe(sum(true) / 1000);
    const smallestRefused = Math.min(...wanted.filter((_, index) => answers[index]?.held === false));
    expect(roomMilli).toBeLessThan(smallestRefused);
  });

  it('gives expired room to as many as there is room for, when many ask at once', async () => {
    for (const minutes of [1, 2, 3, 4]) await reserve(amount(0.25, NOW_MS + minutes * MINUTE_MS));
    const laterMs = NOW_MS + 10 * MINUTE_MS;
    const asked = Array.from({ length: Math.min(atOnce, 100) }, () => reserve(amount(0.1, laterMs + HOLD_MS), laterMs));
    const held = (await Promise.all(asked)).filter((answer) => answer.held);
    expect(held).toHaveLength(10);
    expect(await standing(laterMs)).toEqual({ spentUsd: 0, heldUsd: 1 });
  });

  it('books everything of many that reserve and settle at once', async () => {
    const account = { ...ACCOUNT, limitUsd: 1000 };
    await Promise.all(
      Array.from({ length: Math.min(atOnce, 100) }, async (_, index) => {
        const hold = amount(0.05, NOW_MS + (index % 7) * MINUTE_MS + 1);
        expect((await reserve(hold, NOW_MS, account)).held).toBe(true);
        await budgets().settle(account, hold, 0.001, NOW_MS + (index % 5) * 2 * MINUTE_MS);
      }),
    );
    const laterMs = NOW_MS + 30 * MINUTE_MS;
    expect(await standing(laterMs)).toEqual({ spentUsd: Math.min(atOnce, 100) / 1000, heldUsd: 0 });
  });
}
