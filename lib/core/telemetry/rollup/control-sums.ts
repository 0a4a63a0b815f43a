import type { Attribution } from '../../types';

/** Of the control sample: pairs with both verdicts known, and what they say. */
export const CONTROL_SUM_NAMES = [
  'controlled',
  'controlServedPasses',
  'controlReferencePasses',
  'controlOnlyServedPasses',
  'controlServedUsd',
  'controlReferenceUsd',
  // Those of them whose answer left from above the tier that it is compared with.
  'controlledUp',
  'controlUpServedPasses',
  'controlUpReferencePasses',
  'controlUpOnlyServedPasses',
  'verifiedSavingUsd',
] as const;

type ControlSums = Partial<Record<(typeof CONTROL_SUM_NAMES)[number] | 'routesKnown' | 'routesRight', number>>;

/**
 * What one pair of the control sample says. The pairs are kept in two strata, by which of the two answers left, so that
 * routing itself, which sends the hard requests up, does not confound the comparison.
 */
export function controlSums(record: Attribution): ControlSums {
  const { control } = record;
  if (control === undefined || control.servedPass === null || control.referencePass === null) return {};
  const { servedPass, referencePass, servedUsd, referenceUsd } = control;
  const up = !isBelow(control.served, control.reference, record.decision.ladder);
  const [lowerPass, upperPass] = up ? [referencePass, servedPass] : [servedPass, referencePass];
  const pair = {
    controlled: 1,
    controlServedPasses: Number(servedPass),
    controlReferencePasses: Number(referencePass),
    controlOnlyServedPasses: Number(servedPass && !referencePass),
    controlServedUsd: servedUsd,
    controlReferenceUsd: referenceUsd,
    verifiedSavingUsd: servedPass ? (up ? servedUsd : referenceUsd) - spentUsd(record) : 0,
    // Where neither passed no route was right, and the pair says nothing of routing.
    routesKnown: Number(lowerPass || upperPass),
    routesRight: Number(up ? upperPass && !lowerPass : lowerPass),
  };
  if (!up) return pair;
  return Object.assign(pair, {
    controlledUp: 1,
    controlUpServedPasses: pair.controlServedPasses,
    controlUpReferencePasses: pair.controlReferencePasses,
    controlUpOnlyServedPasses: pair.controlOnlyServedPasses,
  });
}

/** The ladder of a decision goes from the chosen tier up: what lies below it is not there. */
function isBelow(served: string, reference: string, ladder: readonly string[]): boolean {
  const at = ladder.indexOf(served);
  return at >= 0 && ladder.indexOf(reference) > at;
}

/** All that the request cost but the comparison itself, which it did not need. */
function spentUsd({ costUsd, consultations }: Attribution): number {
  return consultations.reduce((sum, { purpose, costUsd: usd }) => (purpose === 'control' ? sum : sum + usd), costUsd);
}
