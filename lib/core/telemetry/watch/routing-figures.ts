import type { Sums } from '../rollup/sums';
import { type TaskView, youngest } from './task-view';
import { reading, type Told } from './told';
import { SPOKEN } from './two-running';
import { STANDARD_ERRORS } from './wilson';

/** With fewer known routes nothing is said of their accuracy. */
const LEAST_KNOWN = 30;

/** Calls to tiers and questions asked again, for each request; undefined without requests. */
export function retryAmplification({ requests, attempts, askedAgain }: Sums): number | undefined {
  return requests > 0 ? (attempts + askedAgain) / requests : undefined;
}

/** The same without climbs, which are no retries: they are judged as escalations. */
function repetition(sums: Sums): number | undefined {
  const { attempts, climbs, escalations } = sums;
  return retryAmplification(Object.assign({}, sums, { attempts: attempts - Math.max(climbs, escalations) }));
}

/** What the routing itself cost, as a share of what it saved before that; undefined where it saved nothing. */
export function routingCostShare({ frontierCostUsd, costUsd, routingCostUsd }: Sums): number | undefined {
  const grossUsd = frontierCostUsd - costUsd;
  return grossUsd > 0 ? routingCostUsd / grossUsd : undefined;
}

/**
 * The share of requests whose route was right, of those where an outcome tells. Right: the first tier's answer was good;
 * or the answer left from higher up, and the first tier had failed. Told by the control sample, where not both answers
 * failed, and by feedback, save on requests that began higher up: of those nobody knows what the first tier had answered.
 * Undefined where nothing is known.
 */
export function routingAccuracy({ routesKnown, routesRight }: Sums): number | undefined {
  // A word that takes the place of one from before the window may count backwards there.
  return routesKnown > 0 ? Math.min(1, Math.max(0, routesRight / routesKnown)) : undefined;
}

export function routingFigures(view: TaskView): Told {
  const { id: task, sums, monthSums } = view;
  const window = youngest(view);
  const known = [sums.day, ...(monthSums ? [monthSums] : [])].find(({ routesKnown }) => routesKnown >= LEAST_KNOWN);
  return {
    readings: [
      ...(window === undefined
        ? []
        : [
            ...reading('RetryAmplification', repetition(sums[window]), { task }),
            ...reading('RoutingCostShare', routingCostShare(sums[window]), { task }),
          ]),
      ...reading('RoutingAccuracy', known && routingAccuracy(known), { task }),
    ],
    findings:
      window === undefined || !isAmplified(sums[window], view.alarms.retryAbove)
        ? []
        : [
            {
              task,
              signal: 'RetryAmplification',
              kind: 'above',
              text: `${repetition(sums[window])?.toFixed(2)} calls and repeated questions for each request in ${SPOKEN[window]}, climbs apart; ${view.alarms.retryAbove} are allowed`,
            },
          ],
  };
}

/** Climbs are no retries, and are judged as escalations. Beyond noise as events that come singly make it. */
function isAmplified({ requests, attempts, askedAgain, climbs, escalations }: Sums, above: number): boolean {
  const extra = attempts + askedAgain - requests - Math.max(climbs, escalations);
  return extra - (above - 1) * requests > STANDARD_ERRORS * Math.sqrt(Math.max(0, extra));
}
