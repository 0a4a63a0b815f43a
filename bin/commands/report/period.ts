import { DAY_MS } from '../../../lib/core/durations';
import { UserError } from '../command';
import { duration } from '../duration';
import type { Period } from '../rollups-between';

/** Days are kept so long. */
const LONGEST_DAYS = 400;
/** What comes is counted by the minute. */
export const LEAST_PERIOD_MS = 60_000;
const DURATION = /^\d+(\.\d+)?\s*[smhd]$/;
/** A date, or a moment to the minute or finer, in UTC unless it says otherwise. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** The period that `--since` and `--until` name: times ago, or moments. */
export function periodOf(since: string, until: string | undefined, nowMs: number): Period {
  const fromMs = momentOf('--since', since, nowMs);
  const untilMs = until === undefined ? nowMs : Math.min(nowMs, momentOf('--until', until, nowMs));
  const asked = `--since ${since}${until === undefined ? '' : ` --until ${until}`}`;
  if (fromMs < untilMs && untilMs - fromMs < LEAST_PERIOD_MS)
    throw new UserError(`${asked}: what comes is counted by the minute, so a period has one (60s) at least.`);
  if (fromMs < untilMs) return { fromMs, untilMs };
  throw new UserError(
    `${asked}: the period ends at ` + `${new Date(untilMs).toISOString()} and has to begin before that.`,
  );
}

function momentOf(option: string, given: string, nowMs: number): number {
  const text = given.trim();
  if (DURATION.test(text)) return nowMs - duration(option, text, { longestDays: LONGEST_DAYS });
  const ms = MOMENT.test(text)
    ? Date.parse(/T.*(Z|[+-]\d{2}:\d{2})$|^[^T]*$/.test(text) ? text : `${text}Z`)
    : Number.NaN;
  // Date.parse takes 30 February for 2 March.
  const isDay =
    !Number.isNaN(ms) && new Date(Date.parse(text.slice(0, 10))).toISOString().startsWith(text.slice(0, 10));
  if (isDay && nowMs - ms <= LONGEST_DAYS * DAY_MS) return ms;
  throw new UserError(
    `${option} ${given}: give a time ago, such as 24h or 7d, or a date in UTC, such as 2026-11-01 or 2026-11-01T09:30; ` +
      `at most ${LONGEST_DAYS} days back.`,
  );
}
