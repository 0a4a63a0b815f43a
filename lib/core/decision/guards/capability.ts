import { exclude, type Guard } from './candidate';

/** Names of fields may be the caller's own, of any length: those that look like names are shown, and ten at most. */
function namesShown(fields: readonly string[]): string {
  const shown = fields.slice(0, 10).map((field) => (/^[\w.-]{1,64}$/.test(field) ? field : 'a field of another name'));
  return fields.length > 10 ? `${shown.join(', ')} and ${fields.length - 10} more` : shown.join(', ');
}

/** What a tier cannot honour excludes it: nothing a caller sends is dropped on the way. */
export const capability: Guard = (candidate) => {
  const { tier, request, unsupported } = candidate;
  const missing = request.needs.filter((need) => !tier.capabilities.includes(need));
  if (missing.length > 0) {
    const offered = tier.capabilities.length > 0 ? tier.capabilities.join(', ') : 'none';
    return exclude(candidate, 'capability', `the request needs ${missing.join(', ')}; it offers ${offered}`);
  }
  if (unsupported.length === 0) return undefined;
  return exclude(candidate, 'capability', `its provider cannot honour ${namesShown(unsupported)}`);
};
