import { RouterError } from '../../../lib/core/errors';
import type { Tier } from '../../../lib/core/types-policy';

/** Reads a secret by name or ARN. */
export type ReadSecret = (nameOrArn: string) => Promise<string>;

export interface ApiKeys {
  /** The tier's key; undefined for a tier without one. */
  keyOf(tier: Tier): Promise<string | undefined>;
  /** Asks anew for a key that the host refused; undefined where that brings no other one. */
  renewed(tier: Tier, refused: string | undefined): Promise<string | undefined>;
}

/** A rotated key is in force after this long, or upon the first refusal. */
const KEEP_MS = 300_000;

/** Keys written in the policy as they are; keys in secrets read once and kept for five minutes. */
export function createApiKeys(readSecret: ReadSecret, now: () => number = Date.now): ApiKeys {
  const known = new Map<string, { readonly key: Promise<string>; readonly untilMs: number }>();

  function read(secret: string, tier: Tier): Promise<string> {
    const key = readSecret(secret).then(
      (value) => value.trim(),
      (error: unknown) => {
        known.delete(secret);
        throw RouterError.failure('auth', `The key of tier ${tier.id} could not be read.`, { cause: error });
      },
    );
    known.set(secret, { key, untilMs: now() + KEEP_MS });
    return key;
  }

  async function keyOf(tier: Tier): Promise<string | undefined> {
    if (tier.apiKey !== undefined && tier.apiKey !== '') return tier.apiKey;
    const secret = tier.apiKeySecret;
    if (secret === undefined) return undefined;
    const kept = known.get(secret);
    return kept !== undefined && now() < kept.untilMs ? kept.key : read(secret, tier);
  }

  async function renewed(tier: Tier, refused: string | undefined): Promise<string | undefined> {
    if (tier.apiKeySecret === undefined || tier.apiKey) return undefined;
    const kept = await keyOf(tier);
    if (kept !== refused) return kept;
    const key = await read(tier.apiKeySecret, tier);
    return key === refused ? undefined : key;
  }

  return { keyOf, renewed };
}
