import type { KeyRecord } from '../../shared/store/key-port';

export type KeyState = 'active' | 'expired' | 'revoked';

/** A date that cannot be read counts as past. */
export function keyState(
  { revokedAt, expiresAt }: Pick<KeyRecord, 'revokedAt' | 'expiresAt'>,
  nowMs: number,
): KeyState {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt === undefined || nowMs < Date.parse(expiresAt) ? 'active' : 'expired';
}
