/** The policy of the month, and what was made of it while it went wrong. */

import type { Baseline } from '../../../lib/core/types-policy';
import { HOURLY } from './calendar';
import type { ListPrice, TierId } from './tiers';
import { TASK_IDS, type TaskId } from './traffic';

/** A version of the policy is the first one with some of these. */
export interface Version {
  readonly baselines: Readonly<Partial<Record<TaskId, Baseline>>>;
  /** USD a month, by tier. */
  readonly projection?: Readonly<Record<string, number>>;
  /** Features whose triage begins at the second tier. */
  readonly upFeatures?: readonly string[];
  /** How sure the cheaper tiers have to be of their answers. */
  readonly sureAbove?: number;
  /** From a date on the middle tier costs something else. */
  readonly repriced?: { readonly effectiveFrom: string; readonly price: ListPrice };
}

export const PRICES: Readonly<Record<TierId, ListPrice>> = {
  small: { input: 0.1, output: 0.4 },
  mid: { input: 1, output: 4 },
  frontier: { input: 4, output: 20 },
};

const SURE_ABOVE = 0.5;
export const CONTROL = { share: 0.02, dailyUsd: 0.75 };

export function documentOf(version: Version): Record<string, unknown> {
  const { projection } = version;
  return {
    schema: 1,
    policy: 'month',
    owner: 'ai-platform',
    frontier: 'frontier',
    tiers: tiersOf(version),
    tasks: Object.fromEntries(TASK_IDS.map((id) => [id, taskOf(id, version)])),
    default: { task: 'answers' },
    control: CONTROL,
    traffic: { hourly: HOURLY },
    ...(projection && { projection: { perTier: projection } }),
  };
}

function tiersOf({ repriced }: Version): object {
  const tier = (id: TierId, location: string) => ({
    provider: 'openai-compatible',
    baseUrl: `http://${id}.invalid/v1`,
    model: `${id}-1`,
    location,
    retention: 'none',
    contextWindow: 128_000,
    capabilities: ['logprobs'],
    price: PRICES[id] as ListPrice | object[],
    retries: 1,
  });
  const mid = tier('mid', 'region');
  if (repriced) mid.price = [PRICES.mid, { effectiveFrom: repriced.effectiveFrom, ...repriced.price }];
  return { small: tier('small', 'vpc'), mid, frontier: tier('frontier', 'region') };
}

function taskOf(id: TaskId, version: Version): object {
  const { baselines, upFeatures, sureAbove = SURE_ABOVE } = version;
  const confidence = { kind: 'confidence', threshold: sureAbove };
  const uncertainty = { kind: 'uncertainty', phrases: ['not certain'] };
  const up = upFeatures ? [{ when: { features: upFeatures }, tier: 'mid' }] : [];
  const kinds = {
    triage: {
      route: 'direct',
      ladder: ['small', 'mid', 'frontier'],
      strategy: ['rules'],
      rules: [{ when: { keywords: ['lawsuit'] }, tier: 'mid' }, ...up],
      oracle: [{ kind: 'labels', labels: ['billing', 'bug', 'other'] }, confidence],
      expectedOutputTokens: 6,
    },
    answers: { route: 'direct', ladder: ['small', 'mid', 'frontier'], oracle: [uncertainty, confidence] },
    summaries: { route: 'direct', ladder: ['mid', 'frontier'], oracle: [uncertainty] },
    reports: { route: 'direct', ladder: ['frontier'], oracle: [uncertainty] },
  };
  return {
    owner: 'support',
    audit: { inputs: 'what customers write', acceptable: 'what its check passes', consequence: 'low' },
    ...kinds[id],
    baseline: baselines[id] ?? {},
  };
}
