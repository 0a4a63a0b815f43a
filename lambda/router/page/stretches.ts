import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import type { Span } from '../../shared/store/rollup-port';
import { stretchAt } from '../../shared/store/stretch';

export const SPAN_MS: Readonly<Record<Span, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/** Names of the last stretches, ascending; the one in which `nowMs` lies is the last. */
export function lastStretches(span: Span, count: number, nowMs: number): string[] {
  return Array.from({ length: count }, (_, index) => stretchAt(span, nowMs - (count - 1 - index) * SPAN_MS[span]));
}
