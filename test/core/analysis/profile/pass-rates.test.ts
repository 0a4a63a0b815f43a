import { describe, expect, it } from 'vitest';
import { AnswerTable } from '../../../../lib/core/analysis/profile/answer-table';
import { passRates } from '../../../../lib/core/analysis/profile/pass-rates';
import { exactBounds } from '../../../../lib/core/exact-bounds';
import { anAnswer, answersOf, aRow, someRows } from './worlds';

describe('pass rates', () => {
  it.each([
    { failures: 5, passRate: 0.95, verdict: 'route' },
    { failures: 6, passRate: 0.94, verdict: 'monitor' },
    { failures: 15, passRate: 0.85, verdict: 'monitor' },
    { failures: 16, passRate: 0.84, verdict: 'escalate' },
  ])('of $failures failures in 100 give the verdict $verdict', ({ failures, passRate, verdict }) => {
    const rows = someRows(100);
    const { tiers } = passRates(['small'], rows, new AnswerTable(answersOf('small', rows, failures)), 0.95);
    const { low, high } = exactBounds(100 - failures, 100, 0.95);
    expect(tiers.small).toEqual({
      n: 100,
      passes: 100 - failures,
      passRate,
      low: expect.closeTo(low, 12),
      high: expect.closeTo(high, 12),
      verdict,
    });
  });

  it('count adversarial rows, failed calls and missing verdicts apart', () => {
    const rows = [...someRows(4), aRow({ id: 'attack', tags: ['adversarial'] })];
    const { pass: _, ...open } = anAnswer({ row: 'row-2', tier: 'small' });
    const answers = [
      anAnswer({ row: 'row-0', tier: 'small' }),
      anAnswer({ row: 'row-1', tier: 'small', failed: 'timeout' }),
      open,
      anAnswer({ row: 'row-3', tier: 'small', failed: 'rate-limit' }),
      anAnswer({ row: 'row-0', tier: 'small', sample: 1, pass: false }),
      anAnswer({ row: 'attack', tier: 'small', pass: false }),
      anAnswer({ row: 'attack', tier: 'mid', failed: 'timeout' }),
    ];
    expect(passRates(['small', 'mid', 'top'], rows, new AnswerTable(answers), 0.95)).toMatchObject({
      tiers: { small: { n: 1, passes: 1 } },
      adversarial: { small: { n: 1, passes: 0, passRate: 0, verdict: 'escalate' } },
      failedCalls: {
        small: { n: 2, byCause: { timeout: 1, 'rate-limit': 1 } },
        mid: { n: 1, byCause: { timeout: 1 } },
      },
      pending: { small: 1 },
    });
  });

  it('leave out a tier that has no answers', () => {
    const { tiers, pending } = passRates(['small', 'top'], someRows(3), new AnswerTable([]), 0.95);
    expect([tiers, pending]).toEqual([{}, {}]);
  });

  it('say how often a check in production sends an answer up', () => {
    const rows = someRows(10);
    const answers = answersOf('small', rows, 3).map((answer, index) => ({ ...answer, gate: index >= 2 }));
    expect(passRates(['small'], rows, new AnswerTable(answers), 0.95).tiers.small?.climb).toBe(0.2);
  });

  it('have bounds that stay true with groups and unequal weights', () => {
    const rows = Array.from({ length: 100 }, (_, index) =>
      aRow({ id: `row-${index}`, group: `group-${index >> 1}`, weight: index < 50 ? 1 : 3 }),
    );
    const { small } = passRates(['small'], rows, new AnswerTable(answersOf('small', rows, 10)), 0.95).tiers;
    // Five groups of 50 fail: of the weight 10 in 200, and were they heavy ones, 1.5 times their share.
    expect(small).toMatchObject({ n: 100, passes: 90, passRate: 0.95 });
    expect(small?.low).toBeCloseTo(1 - 1.5 * exactBounds(5, 50, 0.95).high, 12);
    expect(small?.high).toBeCloseTo(1 - 0.5 * exactBounds(5, 50, 0.95).low, 12);
  });
});
