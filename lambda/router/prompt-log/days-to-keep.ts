import { DAY_MS } from '../../../lib/core/durations';
import { PROMPT_DAYS } from '../../../lib/core/policy/prompt-days';
import type { Exchange } from '../../../lib/core/route';

/** Whether the policy lets prompts be kept at this moment. */
export function isOpen(prompts: { readonly expires: string } | undefined, nowMs: number): boolean {
  return prompts !== undefined && nowMs < Date.parse(prompts.expires);
}

/**
 * The folder of the bucket that an exchange goes to, by the days until it is deleted; undefined where it may not be kept. A
 * bucket deletes at the midnight after so many days, so that it keeps things for up to a day more: never longer than the
 * task lets anybody keep its prompts, nor than the end that the policy sets, save for its last two days.
 */
export function daysToKeep(
  { features, policy }: Pick<Exchange, 'features' | 'policy'>,
  nowMs: number,
): number | undefined {
  const { prompts } = policy.attribution;
  if (prompts === undefined || !isOpen(prompts, nowMs)) return undefined;
  // The bucket is in the router's region, and outside the VPC.
  if (features.residency === 'vpc') return undefined;
  const allowed = (features.maxRetentionDays ?? Number.POSITIVE_INFINITY) - 1;
  const left = Math.floor(Date.parse(prompts.expires) / DAY_MS) - Math.floor(nowMs / DAY_MS) - 1;
  const fitting = PROMPT_DAYS.filter((days) => days <= allowed && days <= Math.max(left, PROMPT_DAYS[0]));
  return fitting.at(-1);
}
