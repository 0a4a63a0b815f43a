import { exclude, type Guard } from './candidate';

/** What a tier cannot honour excludes it: nothing a caller sends is dropped on the way. */
export const capability: Guard = (candidate) => {
  const { tier, request, unsupported } = candidate;
  const missing = request.needs.filter((need) => !tier.capabilities.includes(need));
  if (missing.length > 0) {
    const offered = tier.capabilities.length > 0 ? tier.capabilities.join(', ') : 'none';
    return exclude(candidate, 'capability', `the request needs ${missing.join(', ')}; it offers ${offered}`);
  }
  if (unsupported.length === 0) return undefined;
  return exclude(candidate, 'capability', `its provider cannot honour ${unsupported.join(', ')}`);
};
