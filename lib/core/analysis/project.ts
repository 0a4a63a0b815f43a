import { MONTH } from '../durations';
import { percent } from '../figures';
import { type SingleTier, singleTierBill, singleTierBills } from './project/alternatives';
import { type Bill, billOf, byPurpose, sumsOf, sumUsd } from './project/bill';
import { breakEvenRequests } from './project/break-even';
import { cascadesOf } from './project/cascades';
import { formulaOf } from './project/classes';
import { cheapestRented } from './project/fleet';
import { breakEvenTokensPerSecond, gpuUsd, marginOf, payBackMonths, savingOf } from './project/formulas';
import { infrastructureOf } from './project/infrastructure';
import { hiddenUsd, nameOf, optionsOf, upkeepOf } from './project/options';
import { climbShare } from './project/paths';
import type { GpuBill, Projection, SelfHosting, SensitivityRow, TaskBill, TierBill } from './project/projection';
import { GPU_INSTANCES } from './project/rates';
import { recommend, stageOf } from './project/recommend';
import { isGpu, type ProjectOptions, type Scenario, type ScenarioTier } from './project/scenario';
import { type MeasuredProfile, scenarioOf } from './project/scenario-of';
import { CHANGES, type Change } from './project/sensitivity';

/** What a month will cost: the measured profile, at the policy's prices and mix, for a number of requests. */
export function project(profile: MeasuredProfile, options: ProjectOptions): Projection {
  return projectScenario(scenarioOf(profile, options));
}

export function projectScenario(scenario: Scenario): Projection {
  const bill = billOf(scenario);
  const totals = totalsOf(scenario, bill);
  const cheapest = singleTierBills(scenario)[0] as SingleTier;
  const options = optionsOf(scenario);
  const people = peopleOf(scenario);
  const { policy, routedAs = 'policy', volume, frontier, hiddenCosts, hourly, assumptions, rates, notes } = scenario;
  return {
    schema: 1,
    policy,
    routedAs,
    volume,
    ...totals,
    perTier: perTier(scenario, bill),
    perTask: perTask(scenario, bill),
    perPurpose: byPurpose(bill.lines),
    hiddenCosts,
    frontier,
    cheapest: cheapest.tier,
    allCheapestUsd: cheapest.usd,
    cachingUsd: bill.cachingUsd,
    formula: formulaOf(scenario, bill.lines, bill.usd),
    cascades: cascadesOf(scenario),
    gpu: gpuBill(bill),
    selfHosting: selfHostingOf(scenario, bill),
    breakEvenRequests: breakEvenRequests(scenario),
    payBackMonths: payBackMonths(people.buildUsd, totals.saving.usd - bill.cachingUsd - people.upkeepUsd),
    people,
    margin: marginsOf(scenario, totals),
    stage: stageOf(volume),
    ...recommend(scenario, options),
    options,
    sensitivity: CHANGES.map((change) => sensitivityRow(scenario, change)),
    hourly,
    assumptions,
    rates,
    notes: [...notes, ...overflowNotes(bill)],
  };
}

function totalsOf(scenario: Scenario, bill: Bill) {
  const infrastructure = infrastructureOf(scenario, bill.lines);
  const infrastructureUsd = infrastructure.reduce((sum, { usd }) => sum + usd, 0);
  const monthlyUsd = bill.usd + infrastructureUsd + hiddenUsd(scenario);
  const allFrontierUsd = singleTierBill(scenario, scenario.frontier).usd;
  const saving = savingOf(allFrontierUsd, monthlyUsd);
  return { monthlyUsd, tiersUsd: bill.usd, infrastructureUsd, infrastructure, allFrontierUsd, saving };
}

function perTier(scenario: Scenario, { lines }: Bill): Record<string, TierBill> {
  const bills = Object.values(scenario.tiers).map((tier) => {
    const mine = lines.filter((line) => line.tier === tier.id);
    return [tier.id, tierBill(scenario, tier, mine)] as const;
  });
  return Object.fromEntries(bills);
}

function tierBill({ volume }: Scenario, tier: ScenarioTier, mine: Bill['lines']): TierBill {
  const sums = sumsOf(mine);
  const idleUsd = sumUsd(mine.filter(({ purpose }) => purpose === 'idle'));
  return { model: tier.model, kind: isGpu(tier) ? 'gpu' : 'rented', share: sums.requests / volume, ...sums, idleUsd };
}

function perTask(scenario: Scenario, { lines }: Bill): Record<string, TaskBill> {
  const bills = scenario.tasks.map((task) => {
    const mine = lines.filter((line) => line.task === task.id);
    const sums = sumsOf(mine);
    const drafts = mine.filter(({ purpose }) => purpose === 'escalation');
    const tiers = [...new Set(mine.map(({ tier }) => tier))];
    return [
      task.id,
      {
        share: task.share,
        ...sums,
        escalationShare: climbShare(task.rungs),
        escalationUsd: sumUsd(drafts),
        usdPerRequest: sums.requests === 0 ? 0 : sums.usd / sums.requests,
        tiers: Object.fromEntries(tiers.map((id) => [id, sumsOf(mine.filter(({ tier }) => tier === id))])),
      },
    ] as const;
  });
  return Object.fromEntries(bills);
}

function gpuBill({ fleets }: Bill): GpuBill {
  const all = Object.values(fleets);
  const hours = all.reduce((sum, fleet) => sum + fleet.hours, 0);
  const busyHours = all.reduce((sum, fleet) => sum + fleet.busyHours, 0);
  const usd = all.reduce((sum, fleet) => sum + fleet.usd, 0);
  return { hours, idleShare: hours === 0 ? 0 : Math.max(0, 1 - busyHours / hours), usd, perTier: fleets };
}

function selfHostingOf(scenario: Scenario, { lines }: Bill): SelfHosting | null {
  const rented = cheapestRented(scenario);
  if (rented === undefined) return null;
  const { inputTokens, outputTokens } = sumsOf(lines);
  return {
    ...rented,
    tokensPerSecond: (inputTokens + outputTokens) / (MONTH.hours * 3600),
    instances: GPU_INSTANCES.map(({ instance, hourlyUsd }) => ({
      instance,
      hourlyUsd,
      monthUsd: gpuUsd(hourlyUsd, MONTH.hours),
      breakEvenTokensPerSecond: breakEvenTokensPerSecond(hourlyUsd, rented.usdPerMillion),
    })),
  };
}

function peopleOf(scenario: Scenario): Projection['people'] {
  const { engineers, assumptions } = scenario;
  const { engineerUsd, buildMonths } = assumptions;
  return {
    engineers,
    buildUsd: engineers * engineerUsd * buildMonths,
    upkeepUsd: upkeepOf(scenario, nameOf(scenario)) * engineerUsd,
  };
}

function marginsOf(
  { revenueUsd }: Scenario,
  { allFrontierUsd, monthlyUsd }: { allFrontierUsd: number; monthlyUsd: number },
): Projection['margin'] {
  if (revenueUsd === undefined) return null;
  return { allFrontier: marginOf(revenueUsd, allFrontierUsd), routed: marginOf(revenueUsd, monthlyUsd) };
}

function sensitivityRow(scenario: Scenario, { name, meaning, apply }: Change): SensitivityRow {
  const changed = apply(scenario);
  const { monthlyUsd, allFrontierUsd, saving } = totalsOf(changed, billOf(changed));
  const { recommendation, feasible } = recommend(changed, optionsOf(changed));
  return { name, meaning, monthlyUsd, allFrontierUsd, saving, recommendation, feasible };
}

function overflowNotes({ fleets, unserved }: Bill): string[] {
  const notes = Object.entries(fleets)
    .filter(([, { overflowShare }]) => overflowShare > 0)
    .map(
      ([tier, { overflowShare, max }]) =>
        `${tier} has no room for ${percent(overflowShare)} of its tokens at ${max} replicas; they go to the next rented tier`,
    );
  return unserved < 1 ? notes : [...notes, `${Math.round(unserved)} requests find no room on GPUs and no rented tier`];
}
