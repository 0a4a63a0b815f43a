import { plainDecimal } from './plain-decimal';

/** Numbers as people read them in reports and messages: English grouping, units beside them, no minus before a zero. */

export function whole(value: number): string {
  return grouped(withDigits(value, 0));
}

/** `1 row`, `1,200 rows`. */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share. */
export function percent(share: number, digits = 1): string {
  return `${withDigits(share * 100, digits)} %`;
}

/** A share without digits that say nothing: `95 %`. */
export function shortPercent(share: number, digits = 2): string {
  return `${Number(withDigits(share * 100, digits))} %`;
}

/** A difference of shares. */
export function signedPercent(share: number): string {
  const text = percent(share);
  return text.startsWith('-') ? text : `+${text}`;
}

/** Cents; of less than a dollar three digits that count, however small it is. */
export function usd(amount: number): string {
  const size = Math.abs(amount);
  if (size >= 1 || size === 0) return usdInCents(amount);
  const [dollars = '', decimals = ''] = plainDecimal(Number(size.toPrecision(3))).split('.');
  return `${amount < 0 ? '-' : ''}$${dollars}.${decimals.padEnd(2, '0')}`;
}

/** Cents whatever the amount, for bills: what stands in one column adds up. */
export function usdInCents(amount: number): string {
  const text = grouped(withDigits(amount, 2));
  return text.startsWith('-') ? `-$${text.slice(1)}` : `$${text}`;
}

function withDigits(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.startsWith('-') && Number(text) === 0 ? text.slice(1) : text;
}

function grouped(text: string): string {
  const [integer = '', decimals] = text.split('.');
  const groups = integer.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? groups : `${groups}.${decimals}`;
}
