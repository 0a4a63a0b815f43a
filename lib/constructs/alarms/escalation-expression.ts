import { plainNumber } from './plain-number';

/** What a policy sets for the escalation alarms: relative deviations from the baseline, and the least volume to judge. */
export interface EscalationLimits {
  readonly escalationAbove: number;
  readonly escalationBelow: number;
  readonly minRequests: number;
}

/**
 * Metric math, one expression for each id, each using the ids before it. `requests`, `upRoutes`, `escalations`, `baseline`
 * and `high` or `low` are metrics. `excess` is what an alarm watches.
 */
export interface EscalationExpressions {
  readonly rate: string;
  readonly deviation: string;
  readonly excess: string;
}

/** A baseline below this counts as this: relative deviation from nearly nothing says little. */
const SMALLEST_BASELINE = 0.01;
/** Square of the four standard errors by which the rate must lie beyond the baseline's bound. */
const STANDARD_ERRORS_SQUARED = 16;

const RATE = '(FILL(upRoutes, 0) + FILL(escalations, 0)) / requests';
const DEVIATION = `rate / IF(baseline > ${SMALLEST_BASELINE}, baseline, ${SMALLEST_BASELINE}) - 1`;

/** How far the deviation lies above its limit; 0 unless it counts as drift. */
export function escalationAbove({ escalationAbove: limit, minRequests }: EscalationLimits): EscalationExpressions {
  const isDrift = all(
    `deviation > ${plainNumber(limit)}`,
    `requests >= ${minRequests}`,
    'rate > high',
    isBeyondNoise('high'),
  );
  return { rate: RATE, deviation: DEVIATION, excess: `IF(${isDrift}, deviation - ${plainNumber(limit)}, 0)` };
}

/** How far the deviation lies below its limit; 0 unless it counts as drift. */
export function escalationBelow({ escalationBelow: limit, minRequests }: EscalationLimits): EscalationExpressions {
  const isDrift = all(
    `deviation < ${plainNumber(limit)}`,
    `requests >= ${minRequests}`,
    'rate < low',
    isBeyondNoise('low'),
  );
  return { rate: RATE, deviation: DEVIATION, excess: `IF(${isDrift}, ${plainNumber(limit)} - deviation, 0)` };
}

/**
 * Whether the Wilson bound of the rate lies beyond the baseline's bound b. Wilson's interval holds just those b for which
 * (rate - b)^2 <= z^2 b (1 - b) / requests; said so it needs no square root, which metric math lacks.
 */
function isBeyondNoise(bound: 'high' | 'low'): string {
  const distance = `(rate - ${bound})`;
  return `requests * ${distance} * ${distance} > ${STANDARD_ERRORS_SQUARED} * ${bound} * (1 - ${bound})`;
}

function all(...conditions: readonly string[]): string {
  return conditions.map((condition) => `(${condition})`).join(' AND ');
}
