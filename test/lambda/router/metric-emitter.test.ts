import { describe, expect, it } from 'vitest';
import { createMetricEmitter } from '../../../lambda/router/metric-emitter';
import { anAttribution } from '../shared/an-attribution';

/** Dimension sets of the lines that a record of acme's key gives. */
function dimensionsWith(ofCustomers: boolean): string[] {
  const lines: string[] = [];
  const emit = (line: string): void => void lines.push(line);
  const record = createMetricEmitter({ router: 'desk', policy: () => undefined, emit, ofCustomers, nowMs: () => 0 });
  record(anAttribution({ requestId: 'req-1', customer: 'acme', keyId: 'key-1' }));
  return lines.flatMap((line) =>
    JSON.parse(line)._aws.CloudWatchMetrics.flatMap(({ Dimensions }: { Dimensions: string[][] }) =>
      Dimensions.map((names) => names.join()),
    ),
  );
}

describe('what a router emits of a request', () => {
  it('names no customer unless it is asked to', () => {
    expect(dimensionsWith(false)).toEqual(['Router,Task', 'Router,Task,Tier', 'Router,Task']);
  });

  it('has the customer beside the task where it is', () => {
    expect(dimensionsWith(true)).toEqual(['Router,Task', 'Router,Task,Tier', 'Router,Task', 'Router,Customer']);
  });
});
