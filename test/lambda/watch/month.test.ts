import { expect, it } from 'vitest';
import { HOUR_MS } from '../../../lib/core/durations';
import { START_MS } from '../../bench/month/calendar';
import { checksOf } from '../../bench/month/checks';
import type { Incident } from '../../bench/month/incidents';
import { Month } from '../../bench/month/simulate';

const RULE: Incident = {
  name: 'a rule sends 60 % of triage up',
  fromMs: START_MS + 10 * HOUR_MS,
  untilMs: START_MS + 16 * HOUR_MS,
  signal: 'EscalationExcess',
  withinMinutes: 90,
  besides: ['triage EscalationAbove', 'TierMix'],
  changes: { upFeatures: ['portal', 'app'] },
};

it('in a day of one incident tells it in time and nothing else, counts every cent, and no kill changes a figure', async () => {
  const settings = { requests: 2000, days: 1, incidents: [RULE], seed: 7, killShare: 0.1, breakShare: 0.1 };
  const simulated = await new Month({ ...settings, progress: () => {} }).run();
  expect(checksOf(simulated, [RULE]).filter(({ holds }) => !holds)).toEqual([]);
  expect(simulated.kills).toBeGreaterThan(10);
  expect(simulated.rollup.total.requests).toBe(2000);
}, 60_000);
