import { describe, expect, it } from 'vitest';
import { periodOf } from '../../../bin/commands/report/period';

const NOW_MS = Date.UTC(2026, 10, 22, 12, 30);

function asked(since: string, until?: string): string[] {
  const { fromMs, untilMs } = periodOf(since, until, NOW_MS);
  return [fromMs, untilMs].map((ms) => new Date(ms).toISOString().slice(0, 16));
}

describe('the period of a report', () => {
  it.each([
    ['7d', undefined, '2026-11-15T12:30', '2026-11-22T12:30'],
    ['60s', undefined, '2026-11-22T12:29', '2026-11-22T12:30'],
    ['24h', '30m', '2026-11-21T12:30', '2026-11-22T12:00'],
    ['2026-11-01', undefined, '2026-11-01T00:00', '2026-11-22T12:30'],
    ['2026-11-01', '2026-11-08', '2026-11-01T00:00', '2026-11-08T00:00'],
    ['2026-11-01T09:30', '2026-11-01T11:30:00Z', '2026-11-01T09:30', '2026-11-01T11:30'],
    ['2026-11-01T09:30+02:00', '1d', '2026-11-01T07:30', '2026-11-21T12:30'],
    [' 1d ', '2027-01-01', '2026-11-21T12:30', '2026-11-22T12:30'],
  ])('from %s until %s', (since, until, from, end) => {
    expect(asked(since, until)).toEqual([from, end]);
  });

  it.each([
    ['yesterday', undefined, /^--since yesterday: give a time ago, such as 24h or 7d, or a date in UTC/],
    ['7', undefined, /^--since 7: give a time ago/],
    ['2026-13-01', undefined, /^--since 2026-13-01: give/],
    ['2026-02-30', undefined, /^--since 2026-02-30: give/],
    ['2026-11-01 09:30', undefined, /^--since 2026-11-01 09:30: give/],
    ['2024-11-01', undefined, /at most 400 days back/],
    ['401d', undefined, /^--since 401d: .*at most 400d/],
    ['7d', 'soon', /^--until soon: give/],
    ['1h', '2h', /^--since 1h --until 2h: the period ends at 2026-11-22T10:30:00.000Z and has to begin before that/],
    [
      '0.001s',
      undefined,
      /^--since 0\.001s: what comes is counted by the minute, so a period has one \(60s\) at least/,
    ],
    ['59s', undefined, /has one \(60s\) at least/],
    ['2m', '1.5m', /^--since 2m --until 1\.5m: .*has one \(60s\) at least/],
    ['2026-12-24', undefined, /^--since 2026-12-24: the period ends at 2026-11-22T12:30:00.000Z/],
  ])('refuses %s until %s', (since, until, message) => {
    expect(() => asked(since, until)).toThrow(message);
  });
});
