/** One budget's account of one spender in one period. */
export interface Account {
  /** Budget id, spender and period, such as `per-customer#acme#2026-11`. */
  readonly id: string;
  readonly limitUsd: number;
  /** UTC milliseconds after which nobody needs the account. */
  readonly expiresAtMs: number;
}

/** Money set aside. It comes back by itself within the minute after `untilMs`, never before, should nobody settle it. */
export interface HeldAmount {
  readonly usd: number;
  readonly untilMs: number;
}

export interface AccountStanding {
  readonly spentUsd: number;
  /** Set aside and not expired. */
  readonly heldUsd: number;
}

export interface BudgetStore {
  /**
   * Sets the amount aside in one conditional write on one item, or says what room there is. Spent and held together never
   * pass the limit, however many ask at once. Amounts that have expired count as room again.
   */
  reserve(
    account: Account,
    hold: HeldAmount,
    nowMs: number,
  ): Promise<{ readonly held: boolean; readonly roomUsd: number }>;
  /** Takes the amount back and books what was really spent, in one write; the latter alone where the hold has expired. */
  settle(account: Account, hold: HeldAmount, spentUsd: number, nowMs: number): Promise<void>;
  read(accountId: string, nowMs: number): Promise<AccountStanding>;
}
