import type { Account } from '../../../../lambda/shared/store/budget-port';

/** The account that processes spend from together. */
export const SPENT_ACCOUNT: Account = { id: 'all#2026-11', limitUsd: 0.005, expiresAtMs: Date.UTC(2026, 11, 2) };
export const SPENT_AT_MS = Date.UTC(2026, 10, 22, 10);
