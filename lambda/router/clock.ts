/** Behind by less than this is the system clock's own grain, or its being set right little by little. */
const MOST_LAG_MS = 100;

/**
 * UTC milliseconds with fractions, for routing takes less than one. They come of the steady clock, which stands still while
 * a machine sleeps and hears nothing of a system clock that is put right after the start: where it lags behind the time of
 * day it is put forward. It never goes back, as breakers, limits and deadlines count on.
 */
export function createClock(system = () => Date.now(), steady = () => performance.now()): () => number {
  let originMs = system() - steady();
  return () => {
    const steadyMs = steady();
    const lagMs = system() - originMs - steadyMs;
    if (lagMs > MOST_LAG_MS) originMs += lagMs;
    return originMs + steadyMs;
  };
}

/** What a router routes, limits and records by. */
export const nowMs = createClock();
