import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../bin/local/report';
import type { RoutingReport } from '../../../lib/core/analysis/routing-report';

const REPORT: RoutingReport = {
  requests: 10,
  failures: 0,
  byTier: { small: 8, large: 2 },
  escalations: 2,
  costUsd: 1,
  frontierCostUsd: 4,
  routingCostUsd: 0.5,
  netSavingUsd: 2.5,
  savingShare: 0.625,
  byTask: { triage: { requests: 10, escalations: 2, passRate: 0.9, costUsd: 1 } },
  stack: null,
};

describe('the report of the demo', () => {
  it('says below the net saving what that leaves out, and where it is reckoned with', () => {
    expect(renderReport(REPORT).split('\n').slice(-2)).toEqual([
      expect.stringMatching(/^ {2}net saving +\$2\.50 {2}62\.5 %$/),
      "  The net saving leaves out idle GPUs and the router's own parts; tierwise project reckons with both.",
    ]);
  });
});
