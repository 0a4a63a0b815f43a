import type { Reason, Trail } from '../types';

/** The account of a request for which no tier was called. */
export function uncalled(reason: Reason, tier: string | null, model: string | null): Trail {
  return { attempts: [], consultations: [], tier, model, reason, escalations: 0, fallbacks: 0, retries: 0 };
}
