import { DAY_MS } from '../../durations';
import type { Findings } from '../findings';
import type { Path } from '../path';

const ID = /^(?!x-)[a-z][a-z0-9-]*$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export function checkId(path: Path, value: unknown, findings: Findings): void {
  if (typeof value !== 'string' || value === '' || ID.test(value)) return;
  const rule = 'an id begins with a small letter and goes on with small letters, digits and hyphens';
  findings.fault(path, `is not an id: ${rule}`, { given: JSON.stringify(value.slice(0, 60)) });
}

/** Whether a text is a day that the calendar has. */
export function isDate(value: string): boolean {
  if (!DATE.test(value)) return false;
  const ms = Date.parse(`${value}T00:00:00Z`);
  return Number.isFinite(ms) && ms % DAY_MS === 0 && new Date(ms).toISOString().startsWith(value);
}

export function checkDate(path: Path, value: unknown, findings: Findings): void {
  if (typeof value !== 'string' || value === '' || isDate(value)) return;
  findings.fault(path, 'is not a date', { given: JSON.stringify(value.slice(0, 60)), allowed: 'YYYY-MM-DD, in UTC' });
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** A day, or a time of one. */
export function checkMoment(path: Path, value: unknown, findings: Findings): void {
  if (typeof value !== 'string' || value === '') return;
  const day = MOMENT.exec(value)?.[1];
  if (day !== undefined && isDate(day) && Number.isFinite(Date.parse(value))) return;
  findings.fault(path, 'is not a moment', {
    given: JSON.stringify(value.slice(0, 60)),
    allowed: 'YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ',
  });
}

/** An address a provider can put its paths behind. What is wrong with it is told without the address: it may hold a key. */
export function checkAddress(path: Path, value: unknown, findings: Findings): void {
  if (typeof value !== 'string' || value === '') return;
  const address = URL.canParse(value) ? new URL(value) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    findings.fault(path, 'is not an address', { allowed: 'http://host/v1 or https://host/v1' });
    return;
  }
  if (address.username !== '' || address.password !== '') {
    findings.fault(path, 'must hold no user name or password; use apiKey or apiKeySecret');
  }
  if (address.search !== '' || address.hash !== '') findings.fault(path, 'must end with its path: no ? and no #');
}
