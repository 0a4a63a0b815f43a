import { exclude, type Guard } from './candidate';

/** Once a budget is short, only what it can still pay. */
export const budget: Guard = (candidate) => {
  const { affordableUsd, reservedUsd } = candidate;
  if (affordableUsd === undefined || reservedUsd <= affordableUsd) return undefined;
  return exclude(candidate, 'budget', `a budget has ${usd(affordableUsd)} USD left; it may cost ${usd(reservedUsd)}`);
};

function usd(amount: number): string {
  return Math.max(0, amount).toPrecision(3);
}
