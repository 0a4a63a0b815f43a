import { METRIC_NAMESPACE } from '../../lib/core/contract';
import type { Reading } from '../../lib/core/telemetry/watch/nouns';
import { dimensionsOf, type PublishReadings } from './publish';

/** The same readings as lines of CloudWatch's embedded metric format, for where there is no CloudWatch to call. */
export function publishEmbedded(router: string, emit: (line: string) => void): PublishReadings {
  return async (readings, atMs) => {
    const groups = new Map<string, Reading[]>();
    for (const reading of readings) {
      const key = JSON.stringify(dimensionsOf(reading, router));
      groups.set(key, [...(groups.get(key) ?? []), reading]);
    }
    for (const group of groups.values()) emit(lineOf(group, router, atMs));
  };
}

/** One object for each set of dimensions: a task has far fewer signals than the hundred that one may hold. */
function lineOf(group: readonly Reading[], router: string, atMs: number): string {
  const dimensions = dimensionsOf(group[0] as Reading, router);
  const metrics = group.map(({ name, unit }) => ({ Name: name, Unit: unit }));
  return JSON.stringify(
    Object.assign(
      {
        _aws: {
          Timestamp: atMs,
          CloudWatchMetrics: [
            { Namespace: METRIC_NAMESPACE, Dimensions: [dimensions.map(({ Name }) => Name)], Metrics: metrics },
          ],
        },
      },
      Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
      Object.fromEntries(group.map(({ name, value }) => [name, value])),
    ),
  );
}
