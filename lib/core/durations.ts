/** Lengths of time, in milliseconds. Days are those of UTC, which have no summer time. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Every month of a bill is this one, so that months and projections compare. */
export const MONTH = { days: 30, hours: 720 } as const;
