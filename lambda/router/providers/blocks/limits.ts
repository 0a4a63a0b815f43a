import type { ProviderCall } from '../../../../lib/core/execution/provider';

/** The caller's limit on output tokens, else the tier's. */
export function outputLimitOf({ body, tier }: ProviderCall): number | undefined {
  return body.max_completion_tokens ?? body.max_tokens ?? tier.maxOutputTokens;
}

/** Stop sequences as a list; undefined where there are none. */
export function stopSequencesOf({ body }: ProviderCall): string[] | undefined {
  const stops = [body.stop ?? []].flat();
  return stops.length > 0 ? stops : undefined;
}
