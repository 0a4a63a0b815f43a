import { plainDecimal } from '../../../response/plain-decimal';

/** Numbers as the page shows them: English grouping, units beside them. */

/** A blank at which no line is broken. */
const FIRM = '\u00a0';

/** Cents from a dollar on; below that three digits that count. */
export function usd(amount: number): string {
  const size = Math.abs(amount);
  const sign = amount < 0 && size > 0 ? '-' : '';
  if (size >= 1 || size === 0) {
    return `${sign}$${size.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  }
  return `${sign}$${plainDecimal(Number(size.toPrecision(3)))}`;
}

export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** The same without digits that say nothing: `95 %`. */
export function roundPercent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

/** `1 row`, `2 rows`. */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A bound from above, never shown lower than it is, and one from below, never higher. */
export function bounds(low: number, high: number): string {
  const [from, to] = [Math.floor(low * 1000 + 1e-9) / 10, Math.ceil(high * 1000 - 1e-9) / 10];
  return `${from.toFixed(1)}${FIRM}to${FIRM}${to.toFixed(1)} %`;
}
