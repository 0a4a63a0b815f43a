import type { Rollup } from '../../../lib/core/telemetry/rollup/rollup';

export type Span = 'minute' | 'hour' | 'day';

/** Sums over stretches of time, each written whole: writing one again changes nothing. */
export interface RollupStore {
  /** `from` is the beginning of the stretch: `2026-11-22T07:15`, `2026-11-22T07`, `2026-11-22`. */
  write(span: Span, from: string, rollup: Rollup): Promise<void>;
  read(span: Span, from: string): Promise<Rollup | undefined>;
  /** Those that are there, ascending; `from` included, `until` not. */
  list(span: Span, from: string, until: string): Promise<readonly { readonly from: string; readonly rollup: Rollup }[]>;
}
