import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysToKeep } from '../../../../lambda/router/prompt-log/days-to-keep';
import { DAY_MS } from '../../../../lib/core/durations';
import { aPolicy, aTask, aTier } from '../../../builders';
import { anExchange, keepingPolicy, NOON_MS } from './an-exchange';

describe('how long a prompt is kept', () => {
  it.each([
    ['the longest that ends before the policy says', '2026-12-31', {}, 32],
    ['a year', '2027-11-22', {}, 256],
    ['at least a day, while it may be kept at all', '2026-11-23', {}, 1],
    ['not from the day on that the policy names', '2026-11-22', {}, undefined],
    ['no longer than the task lets anybody', '2026-12-31', { maxRetentionDays: 30 }, 16],
    ['two days, of which the bucket takes one', '2026-12-31', { maxRetentionDays: 2 }, 1],
    ['not where a day is too long', '2026-12-31', { maxRetentionDays: 1 }, undefined],
    ['not what must stay in the VPC', '2026-12-31', { residency: 'vpc' as const }, undefined],
    ['what may lie in the region', '2026-12-31', { residency: 'region' as const }, 32],
  ])('is %s', (_name, expires, features, expected) => {
    expect(daysToKeep(anExchange(features, keepingPolicy(expires)), NOON_MS)).toBe(expected);
  });

  it('is not at all unless the policy says so', () => {
    const policy = aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [aTask({ id: 'triage', ladder: ['small'] })] });
    expect(daysToKeep(anExchange({}, policy), NOON_MS)).toBeUndefined();
  });

  it('never passes what the task allows, nor the end of the policy by more than two days', () => {
    const days = fc.integer({ min: 0, max: 500 });
    fc.assert(
      fc.property(days, fc.option(days, { nil: undefined }), fc.nat(DAY_MS - 1), (left, retention, within) => {
        const nowMs = Math.floor(NOON_MS / DAY_MS) * DAY_MS + within;
        const expires = new Date(nowMs + left * DAY_MS).toISOString().slice(0, 10);
        const features = retention === undefined ? {} : { maxRetentionDays: retention };
        const kept = daysToKeep(anExchange(features, keepingPolicy(expires)), nowMs);
        if (kept === undefined) return;
        const goneMs = Math.ceil((nowMs + kept * DAY_MS) / DAY_MS) * DAY_MS;
        expect(nowMs).toBeLessThan(Date.parse(expires));
        expect(goneMs).toBeLessThanOrEqual(Date.parse(expires) + 2 * DAY_MS);
        if (retention !== undefined) expect(goneMs - nowMs).toBeLessThanOrEqual(retention * DAY_MS);
      }),
    );
  });
});
