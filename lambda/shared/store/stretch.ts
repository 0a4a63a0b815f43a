import type { Span } from './rollup-port';

/** What makes a whole moment of the beginning of a stretch. */
const REST: Readonly<Record<Span, string>> = { minute: ':00.000Z', hour: ':00:00.000Z', day: 'T00:00:00.000Z' };
const FORM: Readonly<Record<Span, string>> = { minute: 'YYYY-MM-DDTHH:MM', hour: 'YYYY-MM-DDTHH', day: 'YYYY-MM-DD' };

/** The stretch that a moment (UTC milliseconds) lies in, by its beginning. */
export function stretchAt(span: Span, atMs: number): string {
  return new Date(atMs).toISOString().slice(0, FORM[span].length);
}

/** UTC milliseconds at which a stretch begins. Throws where that is no stretch of the span. */
export function beginningOf(span: Span, from: string): number {
  const beginMs = Date.parse(from + REST[span]);
  if (Number.isNaN(beginMs) || stretchAt(span, beginMs) !== from) {
    throw new RangeError(`${JSON.stringify(from)} is no ${span}: give ${FORM[span]}, in UTC`);
  }
  return beginMs;
}
