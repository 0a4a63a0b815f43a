/** Numbers as a person reads them: English grouping, units beside them. */

export function usd(amount: number | null): string {
  if (amount === null) return '-';
  const text = Math.abs(amount).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${amount < 0 && text !== '0.00' ? '-' : ''}$${text}`;
}

/** For what is less than a cent. */
export function usdEach(amount: number): string {
  return `$${amount.toLocaleString('en-US', { maximumSignificantDigits: 4, maximumFractionDigits: 20 })}`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

/** Tokens, by the million where there are many. */
export function tokens(number: number): string {
  if (number >= 1e9) return `${(number / 1e9).toFixed(2)} B`;
  return number >= 1e6 ? `${(number / 1e6).toFixed(1)} M` : whole(number);
}
