import type { RollupStore, Span } from '../../../lambda/shared/store/rollup-port';
import { beginningOf, stretchAt } from '../../../lambda/shared/store/stretch';
import { ceilTo, floorTo } from '../../../lambda/watch/stretches';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { type Names, namesAny } from '../../../lib/core/telemetry/rollup/erased';
import type { Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import type { Period } from '../rollups-between';

export const LENGTH_MS: Readonly<Record<Span, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/** Read at once: of many customers the sums of a day take megabytes. */
const AT_ONCE_MS: Readonly<Record<Span, number>> = { minute: HOUR_MS, hour: 6 * HOUR_MS, day: 7 * DAY_MS };

export interface NamedSums extends Period {
  readonly span: Span;
  /** As the store calls the stretch. */
  readonly from: string;
  readonly rollup: Rollup;
}

/** The sums of stretches that lie in a period, wholly or in part, and name any of them; oldest first. */
export async function* sumsNaming(
  rollups: Pick<RollupStore, 'list'>,
  span: Span,
  { fromMs, untilMs }: Period,
  names: Names,
): AsyncGenerator<NamedSums> {
  const endMs = ceilTo(LENGTH_MS[span], untilMs);
  for (let atMs = floorTo(LENGTH_MS[span], fromMs); atMs < endMs; atMs += AT_ONCE_MS[span]) {
    const until = stretchAt(span, Math.min(endMs, atMs + AT_ONCE_MS[span]));
    for (const { from, rollup } of await rollups.list(span, stretchAt(span, atMs), until)) {
      if (!namesAny(rollup, names)) continue;
      const beginMs = beginningOf(span, from);
      yield { span, from, rollup, fromMs: beginMs, untilMs: beginMs + LENGTH_MS[span] };
    }
  }
}
