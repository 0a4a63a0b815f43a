import { priceInForce } from '../../price-in-force';
import type { Price } from '../../types-policy';

/** The price a profile carries, in the words of a policy or of a parsed one; undefined where it is neither. */
export function priceOf(value: unknown, atMs: number): Price | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const prices = list.flatMap((each) => readPrice(each) ?? []);
  return prices.length === 0 || prices.length < list.length ? undefined : priceInForce({ prices }, atMs);
}

function readPrice(value: unknown): Price | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<string, unknown>;
  const { effectiveFrom, uplift, longPrompt } = record;
  const dated = {
    ...(typeof effectiveFrom === 'string' && { effectiveFrom }),
    uplift: isAmount(uplift) ? uplift : 1,
  };
  if (isAmount(record.hourly) && isAmount(record.tokensPerSecond) && record.tokensPerSecond > 0)
    return { kind: 'gpu', ...dated, hourly: record.hourly, tokensPerSecond: record.tokensPerSecond };
  if (!isAmount(record.input) || !isAmount(record.output)) return undefined;
  return {
    kind: 'tokens',
    ...dated,
    input: record.input,
    output: record.output,
    ...(isAmount(record.cacheRead) && { cacheRead: record.cacheRead }),
    ...(isLongPrompt(longPrompt) && { longPrompt }),
  };
}

function isLongPrompt(value: unknown): value is { above: number; input: number; output: number } {
  if (typeof value !== 'object' || value === null) return false;
  const { above, input, output } = value as Record<string, unknown>;
  return isAmount(above) && isAmount(input) && isAmount(output);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
