import { describe, expect, it } from 'vitest';
import { projectScenario } from '../../../../lib/core/analysis/project';
import { effectiveMonthlyUsd } from '../../../../lib/core/analysis/project/formulas';
import { aScenario, aTaskOf, gpuTier, rentedTier } from './a-scenario';

/** Calls of 1,000 tokens: the GPU is $720 a month, the middle tier $0.002 a call, the frontier $0.01. */
function projected() {
  return projectScenario(
    aScenario({
      volume: 100_000,
      tiers: [gpuTier('own', 1, 1000), rentedTier('mid', 2, 0), rentedTier('frontier', 10, 0)],
      tasks: [
        aTaskOf(
          'task',
          [
            { tier: 'own', start: 0.6, climb: 0 },
            { tier: 'mid', start: 0.4, climb: 0.25 },
            { tier: 'frontier', start: 0, climb: 0 },
          ],
          { input: 1000, output: 0 },
        ),
      ],
    }),
  );
}

describe('the formula of a bill', () => {
  it('has every variable by whose answer a request gets, with all that it paid before', () => {
    const { formula, tiersUsd } = projected();
    expect(formula).toMatchObject({ V: 100_000, outsideUsd: 0 });
    expect([formula.R, formula.S, formula.F].map((share) => share.toFixed(9))).toEqual(
      [0.3, 0.6, 0.1].map((share) => share.toFixed(9)),
    );
    expect(formula.C_r).toBeCloseTo(0.002, 12);
    // Idle hours included: 720 over 60,000.
    expect(formula.O).toBeCloseTo(0.012, 12);
    // The draft of the middle tier, and the answer.
    expect(formula.C_f).toBeCloseTo(0.012, 12);
    // 100,000 x (0.3 x 0.002 + 0.6 x 0.012 + 0.1 x 0.012) = 900.
    expect(formula.effectiveMonthlyUsd).toBeCloseTo(900, 9);
    expect(formula.effectiveMonthlyUsd).toBeCloseTo(tiersUsd, 9);
    expect(effectiveMonthlyUsd(formula)).toBe(formula.effectiveMonthlyUsd);
  });

  it('shows beside it the form that adds USD a month to USD a request', () => {
    const { asFoundInArticles } = projected().formula;
    // 100,000 x 0.3 x 0.002 + 0.6 x 0.012 + 0.1 x 0.012.
    expect(asFoundInArticles.value).toBeCloseTo(60.0084, 9);
    expect(asFoundInArticles.why).toMatch(/^dimensionally wrong: .+ bill of \$900\.00 /);
  });
});
