import { usdInCents, whole } from '../../../lib/core/figures';

/** An amount of a month's bill. */
export function usd(amount: number | null): string {
  return amount === null ? '-' : usdInCents(amount);
}

/** What one of something costs, with the digits it takes to multiply it by hand. */
export function usdEach(amount: number): string {
  return `$${amount.toLocaleString('en-US', { maximumSignificantDigits: 4, maximumFractionDigits: 20 })}`;
}

/** Tokens, by the million where there are many. */
export function tokens(number: number): string {
  if (number >= 1e9) return `${(number / 1e9).toFixed(2)} B`;
  return number >= 1e6 ? `${(number / 1e6).toFixed(1)} M` : whole(number);
}
