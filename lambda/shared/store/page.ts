import type { Attribution } from '../../../lib/core/types';
import type { AttributionFilter, AttributionPage } from './port';

const PAGE_LIMIT = 100;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const POSITION = /^[^#]+#./;

/** Place of a record in the order of time. Also the token of the page that ends with it. */
export function positionOf(record: Attribution): string {
  return `${record.time}#${record.requestId}`;
}

export function dayOf(record: Attribution): string {
  return record.time.slice(0, 10);
}

/** Request id in a page token. */
export function requestIdAt(position: string): string {
  return position.slice(position.indexOf('#') + 1);
}

/** Size of the page that a filter asks for. Throws where the filter itself is wrong. */
export function pageLimit({ day, limit = PAGE_LIMIT, after }: AttributionFilter): number {
  if (!DAY.test(day)) throw new RangeError(`${JSON.stringify(day)} is no day: give YYYY-MM-DD, in UTC`);
  if (!Number.isInteger(limit) || limit < 1)
    throw new RangeError(`a page of ${limit} records: give a whole number from 1`);
  if (after !== undefined && !POSITION.test(after)) {
    throw new RangeError(`${JSON.stringify(after)} is no page token: give back the \`next\` of the page before`);
  }
  return limit;
}

/** The first `limit` of the records that are left, and where the next page begins if there are more. */
export function pageOf(records: readonly Attribution[], limit: number): AttributionPage {
  const page = records.slice(0, limit);
  const last = page.at(-1);
  return records.length > limit && last !== undefined ? { records: page, next: positionOf(last) } : { records: page };
}
