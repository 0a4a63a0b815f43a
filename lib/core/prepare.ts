import { compileAssess } from './assessment/assess';
import { estimateDecisionCost } from './attribution/price';
import { estimateReserve } from './attribution/reserve';
import { compileDecide, type ReserveEstimate } from './decision/decide';
import { compileExtract } from './features/extract';
import { compileGate, type GateScope } from './oracle/compile';
import { oracleBuilder } from './oracle/registry';
import { withoutVoidCertificates } from './policy/certificate';
import type { Gate } from './types';
import type { Policy, Task } from './types-policy';

/** A policy with everything compiled that a request needs of it. */
export interface Prepared {
  readonly policy: Policy;
  readonly extract: ReturnType<typeof compileExtract>;
  readonly assess: ReturnType<typeof compileAssess>;
  readonly decide: ReturnType<typeof compileDecide>;
  /** By task; a task without an entry has no check that runs in production. */
  readonly gates: ReadonlyMap<string, Gate>;
  /** The same checks but for those that call models, to hold one answer against another. */
  readonly graders: ReadonlyMap<string, Gate>;
}

export async function prepare(policy: Policy): Promise<Prepared> {
  const gates = new Map<string, Gate>();
  const graders = new Map<string, Gate>();
  for (const task of Object.values(policy.tasks)) {
    const scope = scopeOf(task);
    const gate = await compileGate(task, scope);
    const grader = scope === 'all' && callsModels(task) ? await compileGate(task, 'without-models') : gate;
    if (gate !== undefined) gates.set(task.id, gate);
    if (grader !== undefined) graders.set(task.id, grader);
  }
  return {
    policy,
    extract: compileExtract(policy),
    assess: compileAssess(withoutVoidCertificates(policy)),
    decide: compileDecide(policy, estimateDecisionCost, reserveEstimate(policy)),
    gates,
    graders,
  };
}

function callsModels({ oracle }: Task): boolean {
  return oracle.some(({ kind }) => oracleBuilder(kind)?.callsModels);
}

/** Calls for a check cost money and time: a cascade is made of them, and on a static route only high consequence is gated. */
function scopeOf({ route }: Task): GateScope {
  return route === 'cascade' || route === 'static' ? 'all' : 'without-models';
}

/** In budgets that reckon with the worst, a tier is affordable only if its worst is. */
function reserveEstimate(policy: Policy): ReserveEstimate {
  const worst = policy.budgets.some(({ reserve }) => reserve === 'worst');
  return (tier, request, features, nowMs) => {
    const { expectedUsd, worstUsd } = estimateReserve(tier, policy, request, features, nowMs);
    return worst ? worstUsd : expectedUsd;
  };
}
