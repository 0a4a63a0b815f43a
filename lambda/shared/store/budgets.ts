import { MINUTE_MS } from '../../../lib/core/durations';
import type { Account, BudgetStore, HeldAmount } from './budget-port';
import { type Bounds, type Tallies, type Tally, type TallyChange, type TallyResult, UnsureError } from './tallies';

/** Money is counted in whole billionths of a dollar: their sums are exact, up to 9 million dollars in one account. */
const NANOS_PER_USD = 1e9;
/** Digits of a nano-dollar beyond which a number is noise of floating point. */
const NOISE_DIGITS = 3;
/** Spent and held together, so that one comparison says whether there is room. */
const USED = 'used';
/** Held, by the minute in which it expires: few numbers, however many ask at once. */
const HELD = 'held_';
/** A turn is lost only where somebody else has changed the account in between. */
const TURNS = 10;

interface Held {
  readonly buckets: Tally;
  readonly nanos: number;
}

const NONE: Held = { buckets: {}, nanos: 0 };

/** Accounts as tallies: `used`, and what of it is held until when. */
export function talliedBudgets(tallies: Tallies): BudgetStore {
  /** Settlements of which nobody knows whether they took their amount back: it stays held until it expires. */
  const unsure = new WeakSet<HeldAmount>();

  return {
    reserve: (account, hold, nowMs) => reserve(tallies, account, hold, nowMs),

    async settle(account, hold, spentUsd, nowMs) {
      const lifetime = { nowMs, expiresAtMs: account.expiresAtMs };
      const bookSpent: TallyChange = { add: { [USED]: nanosNear(spentUsd) }, lifetime };
      const { tally } = await book(tallies, account, hold, bookSpent, unsure);
      await clearAway(tallies, account, heldUntil(nowMs, tally));
    },

    async read(accountId, nowMs) {
      const tally = await tallies.read(idOf(accountId));
      const all = heldUntil(Infinity, tally).nanos;
      const expired = heldUntil(nowMs, tally).nanos;
      return { spentUsd: usdOf((tally[USED] ?? 0) - all), heldUsd: usdOf(all - expired) };
    },
  };
}

async function reserve(tallies: Tallies, account: Account, hold: HeldAmount, nowMs: number) {
  const id = idOf(account.id);
  const limit = nanosBelow(account.limitUsd);
  const amount = nanosAbove(hold.usd);
  const bucket = bucketOf(hold);
  if (amount === 0 || endOf(bucket) <= nowMs) {
    const room = roomIn(await tallies.read(id), limit, nowMs);
    return { held: amount === 0 || amount <= room, roomUsd: usdOf(room) };
  }
  const take = (expired: Held) =>
    tallies.change(id, {
      add: { [USED]: amount - expired.nanos, [bucket]: amount },
      remove: Object.keys(expired.buckets),
      where: Object.assign(asSeen(expired), { [USED]: { atMost: limit - amount + expired.nanos } }),
      lifetime: { nowMs, expiresAtMs: account.expiresAtMs },
    });
  let taken = await take(NONE);
  for (let turn = 1; !taken.done && turn < TURNS && amount <= roomIn(taken.tally, limit, nowMs); turn += 1) {
    taken = await take(heldUntil(nowMs, taken.tally));
  }
  return { held: taken.done, roomUsd: usdOf(roomIn(taken.tally, limit, nowMs)) };
}

/** Takes back what was held and books what was spent; the latter alone where the amount is not there any more. */
async function book(
  tallies: Tallies,
  account: Account,
  hold: HeldAmount,
  bookSpent: TallyChange,
  unsure: WeakSet<HeldAmount>,
): Promise<TallyResult> {
  const id = idOf(account.id);
  const amount = nanosAbove(hold.usd);
  if (amount === 0 || unsure.has(hold)) return tallies.change(id, bookSpent);
  const bucket = bucketOf(hold);
  const spent = bookSpent.add?.[USED] ?? 0;
  try {
    const settled = await tallies.change(id, {
      add: { [USED]: spent - amount, [bucket]: -amount },
      where: { [bucket]: { atLeast: amount } },
      lifetime: bookSpent.lifetime,
      // Taken back twice, it would be room that others hold.
      once: true,
    });
    return settled.done ? settled : await tallies.change(id, bookSpent);
  } catch (error) {
    if (!(error instanceof UnsureError)) throw error;
    unsure.add(hold);
    return tallies.change(id, bookSpent);
  }
}

/** Only keeps the account small: what has expired counts as room anyway, and the next settlement looks again. */
async function clearAway(tallies: Tallies, account: Account, expired: Held): Promise<void> {
  const names = Object.keys(expired.buckets);
  if (names.length === 0) return;
  const change = { add: { [USED]: -expired.nanos }, remove: names, where: asSeen(expired) };
  await tallies.change(idOf(account.id), change).catch(() => {});
}

const TALLY = 'budget#';

function idOf(accountId: string): string {
  return TALLY + accountId;
}

/** The id of the account that a tally is, if it is one. */
export function accountIn(tallyId: string): string | undefined {
  return tallyId.startsWith(TALLY) ? tallyId.slice(TALLY.length) : undefined;
}

/** Whole minutes, rounded up: an amount is never free again before its time. */
function bucketOf({ untilMs }: HeldAmount): string {
  return `${HELD}${Math.ceil(untilMs / MINUTE_MS)}`;
}

function endOf(bucket: string): number {
  return Number(bucket.slice(HELD.length)) * MINUTE_MS;
}

/** What is held no longer than until then. */
function heldUntil(untilMs: number, tally: Tally): Held {
  const found = Object.entries(tally).filter(([name]) => name.startsWith(HELD) && endOf(name) <= untilMs);
  return { buckets: Object.fromEntries(found), nanos: found.reduce((sum, [, nanos]) => sum + nanos, 0) };
}

/** Whoever takes expired amounts back does so once: only where nobody has settled or taken any of them since. */
function asSeen({ buckets }: Held): Record<string, Bounds> {
  return Object.fromEntries(Object.entries(buckets).map(([name, nanos]) => [name, { atLeast: nanos, atMost: nanos }]));
}

function roomIn(tally: Tally, limit: number, nowMs: number): number {
  return Math.max(0, limit - (tally[USED] ?? 0) + heldUntil(nowMs, tally).nanos);
}

function usdOf(nanos: number): number {
  return nanos / NANOS_PER_USD;
}

/** What is held is rounded up, and a limit down, so that none is passed by roundings. */
function nanosAbove(usd: number): number {
  return Math.ceil(nanosOf(usd));
}

function nanosBelow(usd: number): number {
  return Math.floor(nanosOf(usd));
}

function nanosNear(usd: number): number {
  return Math.round(nanosOf(usd));
}

function nanosOf(usd: number): number {
  if (!(usd >= 0 && usd < Infinity)) throw new RangeError(`an amount of ${usd} USD: give a number from 0`);
  return Number((usd * NANOS_PER_USD).toFixed(NOISE_DIGITS));
}
