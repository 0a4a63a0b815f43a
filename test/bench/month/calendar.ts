/** When the requests of a simulation come: the shape of a day, over and over. */

import { DAY_MS, HOUR_MS } from '../../../lib/core/durations';

/** The first of a month of 30 days, UTC. */
export const START_MS = Date.UTC(2026, 8, 1);

/** Weight of each hour, UTC: offices of one continent, and a few people at night. */
export const HOURLY: readonly number[] = [
  1, 0.7, 0.6, 0.6, 0.8, 1.4, 3, 5.5, 8, 9.2, 9.6, 9, 7.6, 8.4, 9, 8.6, 7.6, 6, 4.4, 3.4, 2.8, 2.2, 1.8, 1.4,
];

/** So many moments of `days` days, ascending, the same for the same seed. */
export function arrivalsOf(requests: number, fromMs: number, days: number, random: () => number): Float64Array {
  const total = HOURLY.reduce((sum, weight) => sum + weight, 0);
  const moments = new Float64Array(requests);
  for (let index = 0; index < requests; index += 1) {
    const day = Math.floor(random() * days);
    let left = random() * total;
    let hour = 0;
    while (hour < 23 && left >= (HOURLY[hour] as number)) left -= HOURLY[hour++] as number;
    moments[index] = fromMs + day * DAY_MS + (hour + random()) * HOUR_MS;
  }
  return moments.sort();
}
