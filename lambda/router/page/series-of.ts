import { ownValue } from '../../../lib/core/telemetry/own-value';
import { NO_SUMS, type Sums } from '../../../lib/core/telemetry/rollup/sums';
import type { Span } from '../../shared/store/rollup-port';
import { beginningOf } from '../../shared/store/stretch';
import type { Stretch } from './figures';
import type { SeriesShown } from './page-state';

/** What the charts draw over time. */
export function seriesOf(stretches: readonly Stretch[], span: Span): SeriesShown {
  const along = <Value>(name: 'task' | 'tier', value: (each: (of: (sums: Sums) => number) => number[]) => Value) => {
    const ids = [...new Set(stretches.flatMap(({ rollup }) => Object.keys(rollup.by[name])))].sort();
    return Object.fromEntries(
      ids.map((id) => {
        const sums = stretches.map(({ rollup }) => ownValue(rollup.by[name], id) ?? NO_SUMS);
        return [id, value((of) => sums.map(of))] as const;
      }),
    );
  };
  return {
    from: stretches.map(({ from }) => beginningOf(span, from) / 1000),
    costUsd: along('tier', (each) => each(({ costUsd, routingCostUsd }) => brief(costUsd + routingCostUsd))),
    tasks: along('task', (each) => ({
      requests: each(({ requests }) => requests),
      up: each(({ upRoutes, escalations }) => upRoutes + escalations),
    })),
  };
}

/** A chart shows no more than six digits, and the page is sent often. */
function brief(value: number): number {
  return Number(value.toPrecision(6));
}
