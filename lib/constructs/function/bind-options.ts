import type { Tier } from '../../core/types-policy';
import type { TierBindOptions } from '../tiers/tier';

/** What a construct is told of the policy's tier that it serves. */
export function bindOptions({ id, model, profile, guardrail, adapters }: Tier): TierBindOptions {
  const names = [...new Set(Object.values(adapters))];
  return {
    id,
    model,
    ...(profile !== undefined && { profile }),
    ...(guardrail !== undefined && { guardrail: guardrail.id, guardrailVersion: guardrail.version }),
    ...(names.length > 0 && { adapters: names }),
  };
}
