import type { Rate } from '../../../lib/core/analysis/report/figures';
import { counted, percent, signedPercent, usd } from '../../../lib/core/figures';
import type { QualityDelta } from '../../../lib/core/telemetry/watch/quality';
import { plain } from '../plain';

export { plain };

export interface Style {
  /** Bars of block characters, for a terminal. */
  readonly bars: boolean;
}

/** What stands where there is nothing to tell. */
export const NONE = '';

export function money(amount: number | null): string {
  return amount === null ? NONE : usd(amount);
}

export function share(rate: number | null): string {
  return rate === null ? NONE : percent(rate);
}

export function shareOfSome(rate: Rate | null): string {
  return rate === null ? NONE : `${percent(rate.rate)} of ${rate.n}`;
}

/** A difference of rates in percentage points, and between which it lies with 95 % confidence. */
export function delta(of: QualityDelta | null): string {
  return of === null
    ? NONE
    : `${signedPercent(of.delta)} (${signedPercent(of.low)} to ${signedPercent(of.high)}), ${counted(of.n, 'pair')}`;
}

export function times(factor: number | null): string {
  return factor === null ? NONE : factor.toFixed(2);
}

const LONGEST_NAME = 48;

export function nameText(name: string): string {
  const text = plain(name);
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text;
}

/** `2026-11-22 07:15 UTC`. */
export function momentText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

const BAR_WIDTH = 20;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar to an eighth of a character; whatever there is of it can be seen. */
export function bar(part: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, part)) * BAR_WIDTH * 8);
  const seen = part > 0 ? Math.max(1, eighths) : 0;
  return '█'.repeat(Math.floor(seen / 8)) + (EIGHTHS[seen % 8] ?? '');
}
