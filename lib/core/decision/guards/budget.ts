import { usd } from '../../figures';
import { exclude, type Guard } from './candidate';

/** Once a budget is short, only what it can still pay. How much that is tells of others who share it. */
export const budget: Guard = (candidate) => {
  const { affordableUsd, reservedUsd } = candidate;
  if (affordableUsd === undefined || reservedUsd <= affordableUsd) return undefined;
  return exclude(candidate, 'budget', `it may cost ${usd(reservedUsd)}, which is more than a budget has left`);
};
