import { UserError } from '../command';
import { duration } from '../duration';

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const LONGEST_DAYS = 3660;

/** The moment (UTC milliseconds) that `--expires` names: so long from now, or a date, whose first moment in UTC it is. */
export function expiry(given: string, nowMs: number): number {
  const atMs = dateOf(given) ?? nowMs + durationOf(given);
  if (atMs > nowMs) return atMs;
  throw new UserError(`--expires ${given}: lies in the past.`);
}

function dateOf(given: string): number | undefined {
  const date = DATE.exec(given)?.[1];
  if (date === undefined) return undefined;
  const dayMs = Date.parse(`${date}T00:00:00Z`);
  const atMs = Date.parse(given);
  // Dates such as 30 February are taken for one in March.
  const isDay = !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(date);
  return isDay && !Number.isNaN(atMs) ? atMs : undefined;
}

function durationOf(given: string): number {
  try {
    return duration('--expires', given, { longestDays: LONGEST_DAYS });
  } catch {
    throw new UserError(
      `--expires ${given}: give a time such as 12h or 90d, at most ${LONGEST_DAYS}d, or an ISO date such as 2027-01-31 ` +
        'or 2027-01-31T18:00:00Z.',
    );
  }
}
