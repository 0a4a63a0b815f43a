import { callUsd } from './call-price';
import { breakEvenEscalationShare, type Cascade, cascadeUsd, savingFactor } from './formulas';
import { climbShare } from './paths';
import { type Scenario, type ScenarioTask, type SideCall, tierOf, tokensOf } from './scenario';

/** Whether a task's cheap first try pays for the requests that have to go further. USD are for one request. */
export interface CascadeVerdict extends Cascade {
  readonly cheap: string;
  readonly frontier: string;
  /** Of the requests that begin on the first tier. */
  readonly escalationShare: number;
  /** The first try pays only below this. */
  readonly breakEvenShare: number;
  readonly pays: boolean;
  readonly usd: number;
  /** How many times cheaper than the last tier alone. */
  readonly savingFactor: number;
}

/** By task; those with a single tier, or in which nothing begins on the first, have none. */
export function cascadesOf(scenario: Scenario): Record<string, CascadeVerdict> {
  const verdicts = scenario.tasks.flatMap((task) => {
    const verdict = cascadeOf(scenario, task);
    return verdict === undefined ? [] : [[task.id, verdict] as const];
  });
  return Object.fromEntries(verdicts);
}

function cascadeOf(scenario: Scenario, task: ScenarioTask): CascadeVerdict | undefined {
  const [first] = task.rungs;
  const last = task.rungs.at(-1);
  if (first === undefined || last === undefined || first === last || first.start === 0) return undefined;
  const tokens = tokensOf(task, first.tier);
  const cascade: Cascade = {
    classifierUsd: sum(task.choosing.map((call) => sideUsd(scenario, call))),
    cheapUsd: oneCallUsd(scenario, task, first.tier),
    verifierUsd: sum(
      task.judges.map((judge) => sideUsd(scenario, { ...judge, input: judge.input + tokens.input + tokens.output })),
    ),
    frontierUsd: oneCallUsd(scenario, task, last.tier),
  };
  if (cascade.frontierUsd === 0) return undefined;
  const escalationShare = climbShare([{ ...first, start: 1 }, ...task.rungs.slice(1).map(without)]);
  const breakEvenShare = breakEvenEscalationShare(cascade);
  return {
    cheap: first.tier,
    frontier: last.tier,
    ...cascade,
    escalationShare,
    breakEvenShare,
    pays: escalationShare < breakEvenShare,
    usd: cascadeUsd(cascade, escalationShare),
    savingFactor: savingFactor(cascade, escalationShare),
  };
}

function without(rung: ScenarioTask['rungs'][number]): ScenarioTask['rungs'][number] {
  return { ...rung, start: 0 };
}

function oneCallUsd(scenario: Scenario, task: ScenarioTask, tier: string): number {
  return callUsd(tierOf(scenario, tier).price, tokensOf(task, tier), scenario.assumptions.promptCacheShare);
}

function sideUsd(scenario: Scenario, { tier, ...tokens }: SideCall): number {
  return callUsd(tierOf(scenario, tier).price, tokens, scenario.assumptions.promptCacheShare);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
