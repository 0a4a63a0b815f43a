import type { Policy, Price, Task, Tier } from '../types-policy';
import { withBounds } from './baseline-bounds';
import { budgetId } from './checks/policy';
import { PASS_RATES, resolveBands } from './defaults';
import { highestOutputPrice } from './frontier';
import type { DocumentRead } from './schema/document';
import type { TaskRead } from './schema/task';
import type { TierRead } from './schema/tier';

/** The policy of a document in which nothing is wrong. */
export function buildPolicy(document: DocumentRead, version: string): Policy {
  const { schema: _, policy: id, tiers: tiersRead, tasks: tasksRead, default: fallback, ...rest } = document;
  const tiers = Object.entries(tiersRead).map(([tierId, tier]) => buildTier(tierId, tier));
  const tasks = Object.entries(tasksRead).map(([taskId, task]) => buildTask(taskId, task));
  const { retries, projection, score, budgets, models, hiddenCosts, experiment, ...same } = rest;
  return {
    ...same,
    version,
    id,
    frontier: rest.frontier ?? highestOutputPrice(tiers),
    tiers: bare(tiers.map((tier) => [tier.id, tier])),
    tasks: bare(tasks.map((task) => [task.id, task])),
    defaultTask: fallback.task,
    score: { weights: score.weights, ...resolveBands(score) },
    budgets: budgets.map((budget) => ({ ...budget, id: budget.id ?? budgetId(budget.scope, budget.period) })),
    models: bareCopy(models),
    retryBudget: retries.budget,
    experiment: { guardrails: bareCopy(experiment.guardrails) },
    ...(projection === undefined ? {} : { projection: { ...projection, perTier: bareCopy(projection.perTier) } }),
    hiddenCosts: bareCopy(hiddenCosts),
  };
}

function buildTier(id: string, tier: TierRead): Tier {
  const { retention, price, baseUrl, apiKey, apiKeySecret, capabilities, headers, adapters, ...same } = tier;
  return {
    ...same,
    id,
    ...(retention === undefined ? {} : { retentionDays: retention }),
    // Paths are put behind it, so that a slash at its end would stand there twice.
    ...(baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(/\/+$/, '') }),
    // `${KEY:-}` with no key set: no key.
    ...(apiKey === undefined || apiKey === '' ? {} : { apiKey }),
    ...(apiKeySecret === undefined || apiKeySecret === '' ? {} : { apiKeySecret }),
    capabilities: [...new Set(capabilities)],
    prices: [...price].sort(byDate),
    headers: bareCopy(headers),
    adapters: bareCopy(adapters),
  };
}

function byDate(one: Price, other: Price): number {
  const [from, to] = [one.effectiveFrom ?? '', other.effectiveFrom ?? ''];
  return from < to ? -1 : from > to ? 1 : 0;
}

function buildTask(id: string, task: TaskRead): Task {
  const { start, target, maxRetention, certificate, learned, baseline, prompts, ...same } = task;
  const { mix, inputs, ...measured } = baseline;
  return {
    ...same,
    id,
    start: start ?? (task.ladder[0] as string),
    target: { passRate: target.passRate ?? PASS_RATES[task.audit.consequence], confidence: target.confidence },
    ...(maxRetention === undefined ? {} : { maxRetentionDays: maxRetention }),
    baseline: {
      ...withBounds(measured),
      ...(mix === undefined ? {} : { mix: bareCopy(mix) }),
      ...(inputs === undefined ? {} : { inputs: bareCopy(inputs) }),
    },
    ...(certificate === undefined ? {} : { certificate: { ...certificate, models: bareCopy(certificate.models) } }),
    ...(learned === undefined ? {} : { learned: { ...learned, thresholds: bareCopy(learned.thresholds) } }),
    prompts: bareCopy(prompts),
  };
}

/** A record without inherited members: `constructor` is a legal id, and must be found only where it was declared. */
function bare<Value>(entries: readonly (readonly [string, Value])[]): Readonly<Record<string, Value>> {
  const record: Record<string, Value> = Object.create(null);
  for (const [key, value] of entries) record[key] = value;
  return record;
}

function bareCopy<Value>(record: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return bare(Object.entries(record));
}
