import type { Features } from '../../types';
import type { RuleCondition } from '../../types-policy';
import { compileKeywords } from '../keywords';
import type { StrategyCompiler } from './strategy';

type Condition = (features: Features) => boolean;

function isAmong(values: readonly string[], value: string | undefined): boolean {
  return value !== undefined && values.includes(value);
}

/** The cheap conditions come first, so that text is searched only where everything else holds. */
function compileCondition({ keywords, tokensAbove, features: names, userTiers }: RuleCondition): Condition {
  const conditions: Condition[] = [];
  if (tokensAbove !== undefined) conditions.push((features) => features.inputTokens > tokensAbove);
  if (names) conditions.push((features) => isAmong(names, features.feature));
  if (userTiers) conditions.push((features) => isAmong(userTiers, features.userTier));
  if (keywords) {
    const found = compileKeywords(keywords);
    conditions.push((features) => found(features.text));
  }
  return (features) => conditions.every((holds) => holds(features));
}

/** The first rule whose conditions all hold names the tier. */
export const rules: StrategyCompiler = (_, task) => {
  const compiled = task.rules.map((rule) => ({
    holds: compileCondition(rule.when),
    choice: { tier: rule.tier, reason: 'rule' as const },
  }));
  return ({ features }) => compiled.find(({ holds }) => holds(features))?.choice;
};
