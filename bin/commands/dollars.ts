/** Three digits that count, however small the amount, and never an exponent. */
export function dollars(usd: number): string {
  return `$${usd.toLocaleString('en-US', { maximumSignificantDigits: 3, useGrouping: false })}`;
}
