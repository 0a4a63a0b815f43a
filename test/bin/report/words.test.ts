import { describe, expect, it } from 'vitest';
import { describeReport } from '../../../bin/commands/report/describe-report';
import { delta } from '../../../bin/commands/report/figures';
import { buildReport } from '../../../lib/core/analysis/report/report';
import { MINUTE_MS } from '../../../lib/core/durations';
import { NOON_MS, traffic } from '../../core/telemetry/watch/watching';

describe('the words of a report', () => {
  it.each([
    [1, '(1 minute)'],
    [3, '(3 minutes)'],
    [90, '(1.5 hours)'],
    [48 * 60, '(2.0 days)'],
  ])('call a period of %d minutes %s', (minutes, text) => {
    const rollup = traffic({ tasks: { triage: { requests: 1 } } });
    const fromMs = NOON_MS - minutes * MINUTE_MS;
    const report = buildReport({ rollup, fromMs, untilMs: NOON_MS, by: 'task' });
    expect(describeReport(report, { bars: false }).split('\n')[0]).toContain(text);
  });

  it.each([
    [1, /, 1 pair$/],
    [1200, /, 1,200 pairs$/],
  ])('count %d pairs of answers as people do', (n, text) => {
    expect(delta({ delta: 0.01, low: -0.1, high: 0.12, n } as Parameters<typeof delta>[0])).toMatch(text);
  });
});
