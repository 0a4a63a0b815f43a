import type { StrategyKind } from '../../types-policy';
import { rules } from './rules';
import { score } from './score';
import type { StrategyCompiler } from './strategy';

/** Strategies a policy may name. One that is absent here parses and never has an answer. */
export const STRATEGIES: Readonly<Partial<Record<StrategyKind, StrategyCompiler>>> = { rules, score };
