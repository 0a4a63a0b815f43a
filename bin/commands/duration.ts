import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/core/durations';
import { UserError } from './command';
import { given } from './given';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

export interface DurationBounds {
  readonly leastMs?: number;
  readonly longestDays?: number;
}

/** Milliseconds of a text such as `90s`, `30m`, `2h` or `7d`. */
export function duration(
  option: string,
  text: string,
  { leastMs = 0, longestDays = 366 }: DurationBounds = {},
): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(text.trim()) ?? [];
  const ms = Number(count) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
  if (ms > 0 && ms >= leastMs && ms <= longestDays * DAY_MS) return ms;
  const least = leastMs > 0 ? `at least ${leastMs / 1000}s, ` : '';
  throw new UserError(
    `${given(option, text)}: give a number and a unit, such as 90s, 30m, 2h or 7d; ${least}at most ${longestDays}d.`,
  );
}

/** `1 h 30 min`, for people; seconds where minutes would hide them. */
export function spellDuration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 120 && seconds !== 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}
