import type { Projection } from '../../../lib/core/analysis/project/projection';
import { percent, whole } from '../../../lib/core/figures';
import { usd, usdEach } from './figures';
import { section } from './section';

/** The bill of the tiers in one line, with every variable, and the form that cannot be right. */
export function describeFormula({ formula }: Projection): string {
  const { V, R, C_r, S, O, F, C_f, asFoundInArticles: found } = formula;
  const outside =
    formula.outsideUsd > 0 ? [`${usd(formula.outsideUsd)} are outside it: GPUs that answer nothing.`] : [];
  return section(
    `Formula: ${formula.expression} = ${usd(formula.effectiveMonthlyUsd)} for the tiers`,
    [
      ['V', whole(V), 'requests a month'],
      ['R', percent(R), 'answered by rented tiers below the frontier'],
      ['C_r', usdEach(C_r), 'each of them, with all it caused'],
      ['S', percent(S), 'answered by own GPUs'],
      ['O', usdEach(O), 'each of them, idle hours included'],
      ['F', percent(F), 'answered by the frontier'],
      ['C_f', usdEach(C_f), 'each of them, cheaper tries before it included'],
    ],
    [...outside, `Found in articles: ${found.expression} = ${found.value.toFixed(2)}; ${found.why}.`],
  );
}
