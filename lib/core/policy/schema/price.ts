import * as z from 'zod';
import { isRecord } from '../draft';
import { amount, choose, closed, positive, positiveCount, text } from './parts';

const dated = { effectiveFrom: text.exactOptional(), uplift: positive.default(1) };

const tokenPrice = closed({
  ...dated,
  input: amount,
  output: amount,
  cacheRead: amount.exactOptional(),
  cacheWrite5m: amount.exactOptional(),
  cacheWrite1h: amount.exactOptional(),
  longPrompt: closed({ above: positiveCount, input: amount, output: amount }).exactOptional(),
}).transform((price) => ({ kind: 'tokens' as const, ...price }));

const gpuPrice = closed({ ...dated, hourly: amount, tokensPerSecond: positive }).transform((price) => ({
  kind: 'gpu' as const,
  ...price,
}));

type PriceRead = z.output<typeof tokenPrice> | z.output<typeof gpuPrice>;

/** By the hour when it names one of the hour's keys, else by tokens. */
const price = choose<PriceRead>((value) =>
  isRecord(value) && ('hourly' in value || 'tokensPerSecond' in value) ? gpuPrice : tokenPrice,
);

/** One price or several with dates; read as a list either way. */
export const prices = choose<PriceRead[]>((value) =>
  Array.isArray(value) ? z.array(price).min(1) : price.transform((only) => [only]),
);
