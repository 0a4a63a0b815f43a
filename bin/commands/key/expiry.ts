import { UserError } from '../command';
import { duration } from '../duration';
import { given } from '../given';

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const LONGEST_DAYS = 3660;

/** The moment (UTC milliseconds) that `--expires` names: so long from now, or a date, whose first moment in UTC it is. */
export function expiry(text: string, nowMs: number): number {
  const atMs = dateOf(text) ?? nowMs + durationOf(text);
  if (atMs > nowMs) return atMs;
  throw new UserError(`--expires ${text}: lies in the past.`);
}

function dateOf(text: string): number | undefined {
  const date = DATE.exec(text)?.[1];
  if (date === undefined) return undefined;
  const dayMs = Date.parse(`${date}T00:00:00Z`);
  const atMs = Date.parse(text);
  // Dates such as 30 February are taken for one in March.
  const isDay = !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(date);
  return isDay && !Number.isNaN(atMs) ? atMs : undefined;
}

function durationOf(text: string): number {
  try {
    return duration('--expires', text, { longestDays: LONGEST_DAYS });
  } catch {
    throw new UserError(
      `${given('--expires', text)}: give a time such as 12h or 90d, at most ${LONGEST_DAYS}d, or an ISO date such as 2027-01-31 ` +
        'or 2027-01-31T18:00:00Z.',
    );
  }
}
