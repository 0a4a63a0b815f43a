import { singleTierBill } from './alternatives';
import { wholeUsd } from './options';
import type { Scenario } from './scenario';

/** More requests than anyone has in a month. */
const MOST = 2 ** 40;

/**
 * Least requests a month from which routing costs no more than the frontier alone; null where no number would do. GPUs come
 * in whole replicas, so a little above it the sum may fall back below for a while.
 */
export function breakEvenRequests(scenario: Scenario): number | null {
  const pays = (volume: number): boolean => netUsd({ ...scenario, volume }) >= 0;
  let above = 1;
  while (!pays(above)) {
    above *= 2;
    if (above > MOST) return null;
  }
  let below = Math.floor(above / 2);
  while (above - below > 1) {
    const middle = Math.floor((above + below) / 2);
    if (pays(middle)) above = middle;
    else below = middle;
  }
  return above;
}

/** What routing saves in a month, people and caches apart. */
function netUsd(scenario: Scenario): number {
  return singleTierBill(scenario, scenario.frontier).usd - wholeUsd(scenario).usd;
}
