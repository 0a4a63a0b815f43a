import { usdInCents } from '../../figures';
import { sumsOf } from './bill';
import { asFoundInArticles, effectiveMonthlyUsd, type Variables } from './formulas';
import { type Line, onGpu } from './ledger';
import type { Scenario } from './scenario';

type Class = 'rented' | 'own' | 'frontier';

export interface Formula extends Variables {
  readonly effectiveMonthlyUsd: number;
  readonly expression: string;
  /** What the formula leaves out of the tiers' bill: GPUs that stand idle all month and answer nothing. */
  readonly outsideUsd: number;
  readonly asFoundInArticles: { readonly expression: string; readonly value: number; readonly why: string };
}

/** Requests by whose answer they get, and everything they caused with them: drafts, checks, retries, idle hours. */
export function formulaOf(scenario: Scenario, lines: readonly Line[], billUsd: number): Formula {
  const { volume: V } = scenario;
  const sums = (wanted: Class) => sumsOf(lines.filter((line) => classOf(scenario, line.answeredBy) === wanted));
  const [rented, own, frontier] = [sums('rented'), sums('own'), sums('frontier')];
  const each = ({ requests, usd }: { requests: number; usd: number }): number => (requests === 0 ? 0 : usd / requests);
  const variables: Variables = {
    V,
    R: rented.requests / V,
    C_r: each(rented),
    S: own.requests / V,
    O: each(own),
    F: frontier.requests / V,
    C_f: each(frontier),
  };
  const effective = effectiveMonthlyUsd(variables);
  return {
    ...variables,
    effectiveMonthlyUsd: effective,
    expression: 'V x (R x C_r + S x O + F x C_f)',
    outsideUsd: [rented, own, frontier].reduce((sum, { requests, usd }) => sum + (requests === 0 ? usd : 0), 0),
    asFoundInArticles: {
      expression: '(V x R x C_r) + (S x O) + (F x C_f)',
      value: asFoundInArticles(variables),
      why: `dimensionally wrong: only the first term is multiplied by V, so USD a month is added to USD a request; against a bill of ${usdInCents(billUsd)} it is short by all that GPUs and the frontier cost`,
    },
  };
}

function classOf(scenario: Scenario, tier: string): Class {
  if (tier === scenario.frontier) return 'frontier';
  return onGpu(scenario, { tier }) ? 'own' : 'rented';
}
