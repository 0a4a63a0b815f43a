import { DIMENSIONS } from '../../types-policy';
import { resolveBands } from '../defaults';
import { entriesOf, isRecord, listOf, type Mapping, mappingsOf, memberOf, textsOf } from '../draft';
import type { Findings } from '../findings';
import { checkId } from './forms';
import { checkKeys, checkName, checkRepeats, type Names } from './names';
import { checkPrompts } from './prompts';
import { checkRetention } from './retention';
import { checkTasks, type Declared } from './tasks';
import { checkTiers } from './tiers';

/** What the parts of a document must be to one another, as far as they are well-formed. */
export function checkPolicy(root: Mapping, findings: Findings, nowMs?: number): void {
  const declared = declaredNames(root);
  checkId(['policy'], root.policy, findings);
  checkTiers(root, findings, nowMs);
  checkTasks(root, declared, findings);
  checkName(['frontier'], root.frontier, declared.tiers, findings);
  checkName(['default', 'task'], memberOf(root.default, 'task'), declared.tasks, findings);
  for (const [id, tier] of mappingsOf(root.tiers)) {
    checkKeys(['tiers', id, 'adapters'], tier.adapters, declared.tasks, findings);
  }
  for (const section of ['tiers', 'tasks']) {
    if (isRecord(root[section]) && Object.keys(root[section]).length === 0)
      findings.fault([section], 'must not be empty');
  }
  for (const [id] of entriesOf(root.models)) checkId(['models', id], id, findings);
  checkKeys(['projection', 'perTier'], memberOf(root.projection, 'perTier'), declared.tiers, findings);
  checkRepeats(['userTiers'], listOf(root.userTiers), findings);
  checkScore(root.score, findings);
  checkBudgets(root.budgets, findings);
  checkRetention(root, findings);
  checkPrompts(root, findings, nowMs);
}

function declaredNames(root: Mapping): Declared {
  const userTiers = textsOf(root.userTiers);
  return {
    tiers: keysOf('tier', root.tiers),
    tasks: keysOf('task', root.tasks),
    models: keysOf('model', root.models ?? {}),
    userTiers: { noun: 'user tier', known: userTiers.length === 0 ? undefined : new Set(userTiers) },
  };
}

function keysOf(noun: string, mapping: unknown): Names {
  return { noun, known: isRecord(mapping) ? new Set(Object.keys(mapping)) : undefined };
}

function checkScore(score: unknown, findings: Findings): void {
  if (!isRecord(score)) return;
  const { cheapestBelow, frontierAbove } = resolveBands(score);
  if (cheapestBelow > frontierAbove) {
    const key = score.cheapestBelow === undefined ? 'frontierAbove' : 'cheapestBelow';
    findings.fault(['score', key], 'cheapestBelow must be at most frontierAbove', {
      given: `cheapestBelow ${cheapestBelow}, frontierAbove ${frontierAbove}`,
    });
  }
  if (DIMENSIONS.every((name) => memberOf(score.weights, name) === 0)) {
    findings.warn(['score', 'weights'], 'are 0 for every dimension, which says nothing: the default weights hold');
  }
}

function checkBudgets(budgets: unknown, findings: Findings): void {
  const ids = new Set<string>();
  for (const [index, budget] of listOf(budgets).entries()) {
    const own = memberOf(budget, 'id');
    checkId(['budgets', index, 'id'], own, findings);
    const id = typeof own === 'string' ? own : budgetId(memberOf(budget, 'scope'), memberOf(budget, 'period'));
    if (isRecord(budget) && ids.has(id)) {
      findings.fault(['budgets', index, 'id'], `two budgets are called "${id}"; give each an id of its own`);
    }
    ids.add(id);
  }
}

/** What a budget is called that has no name of its own. */
export function budgetId(scope: unknown = 'all', period: unknown = 'month'): string {
  return `${String(scope)}-${String(period)}`;
}
