import { UserError } from './command';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of a text such as `90s`, `30m`, `2h` or `7d`. */
export function duration(option: string, given: string, longestDays = 366): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(given.trim()) ?? [];
  const ms = Number(count) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
  if (ms > 0 && ms <= longestDays * 86_400_000) return ms;
  throw new UserError(
    `${option} ${given}: give a number and a unit, such as 90s, 30m, 2h or 7d; at most ${longestDays}d.`,
  );
}

/** `1 h 30 min`, for people. */
export function spellDuration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}
