import { percent as plainPercent } from '../../../../lib/core/figures';

/** Numbers as people read them; signs are real minus signs, times are UTC. */

export { counted, whole } from '../../../../lib/core/figures';

const LOCALE = 'en-GB';
const MINUS = '\u2212';
const cents = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const fine = new Intl.NumberFormat(LOCALE, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });

/**
 * `$1,234.56`, `$0.00421`, `−$3.20`. Amounts change while they are read: each keeps its trailing zeros, so that it keeps its
 * width, and is cut where it is next to nothing.
 */
export function dollars(usd: number): string {
  const size = Math.abs(usd);
  const text = size >= 0.0995 ? cents.format(size) : size === 0 ? '0' : size < 1e-7 ? '0.0000001' : fine.format(size);
  return `${usd < 0 ? MINUS : ''}${size > 0 && size < 1e-7 ? '<' : ''}$${text}`;
}

export function percent(share: number, digits = 1): string {
  return plainPercent(share, digits).replace('-', MINUS);
}

/** With a plus sign too: a difference of shares, in points of a hundred. */
export function points(share: number): string {
  const text = Math.abs(share * 100).toFixed(1);
  return Number(text) === 0 ? '0.0' : `${share < 0 ? MINUS : '+'}${text}`;
}

export function milliseconds(ms: number): string {
  if (ms >= 9950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 995) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

export function clock(ms: number, seconds = false): string {
  return new Date(ms).toISOString().slice(11, seconds ? 19 : 16);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function date(ms: number): string {
  const day = new Date(ms);
  return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]}`;
}

/** How long until then: `12 min`, `1 h 05 min`. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `promptLength` as words. */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('-', ' ');
}
