import type { SessionStanding } from '../../../lib/core/types-live';

export interface SessionStore {
  find(key: string, nowMs: number): Promise<SessionStanding | undefined>;
  put(key: string, standing: SessionStanding, expiresAtMs: number): Promise<void>;
}
