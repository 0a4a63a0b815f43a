import { restrict, type SingleTier, singleTierBill, singleTierBills } from './alternatives';
import { billOf } from './bill';
import { infrastructureOf } from './infrastructure';
import { isGpu, type Scenario, type ScenarioTask, tierOf } from './scenario';

const RECOMMENDATIONS = ['route', 'all-cheap', 'all-frontier', 'api-only', 'hybrid', 'self-hosted'] as const;

/**
 * `route`, `hybrid` and `self-hosted` name the policy as it stands when its tiers are rented, of both kinds, or GPUs alone;
 * of a policy with both, `api-only` and `self-hosted` are the same traffic over one kind. The other two need no router.
 */
export type Recommendation = (typeof RECOMMENDATIONS)[number];

/** One way to run the traffic. Caches are left out of every option, for each could have them. */
export interface Option {
  readonly name: Recommendation;
  /** Of the two that take a single tier: which. */
  readonly tier?: string;
  /** Null where the tiers it would take are not there. */
  readonly usd: number | null;
  /** Engineers who keep it going, and what they cost a month. */
  readonly upkeepEngineers: number;
  readonly upkeepUsd: number;
  readonly totalUsd: number | null;
  readonly feasible: boolean;
  /** Nothing stands against it but that there are too few engineers. */
  readonly lacksPeopleAlone: boolean;
  /** What speaks against it; empty for a feasible one. */
  readonly against: readonly string[];
}

/** The cheapest first, what cannot be done last. */
export function optionsOf(scenario: Scenario): readonly Option[] {
  const name = nameOf(scenario);
  const asIs = wholeUsd(scenario);
  const noRoom = `${Math.round(asIs.unserved)} requests find no room on its GPUs; raise gpu.max`;
  const options = [
    cheapOption(scenario),
    singleOption(scenario, 'all-frontier', singleTierBill(scenario, scenario.frontier)),
    optionOf(scenario, name, asIs.usd, asIs.unserved >= 1 ? [noRoom] : []),
    ...(name === 'hybrid' ? [restricted(scenario, 'api-only'), restricted(scenario, 'self-hosted')] : []),
  ].flatMap((option) => option ?? []);
  return options.sort((one, other) => Number(other.feasible) - Number(one.feasible) || costOf(one) - costOf(other));
}

function costOf({ totalUsd }: Option): number {
  return totalUsd ?? Number.MAX_VALUE;
}

/** What the policy is, by the tiers that stand in its ladders. */
export function nameOf(scenario: Scenario): 'route' | 'hybrid' | 'self-hosted' {
  const kinds = new Set(scenario.tasks.flatMap(({ rungs }) => rungs.map(({ tier }) => isGpu(tierOf(scenario, tier)))));
  if (kinds.size === 2) return 'hybrid';
  return kinds.has(true) ? 'self-hosted' : 'route';
}

/** Everything the month costs but people; the caches' part added back. */
export function wholeUsd(scenario: Scenario): { readonly usd: number; readonly unserved: number } {
  const bill = billOf(scenario);
  const infrastructure = infrastructureOf(scenario, bill.lines).reduce((sum, { usd }) => sum + usd, 0);
  return { usd: bill.usd + bill.cachingUsd + infrastructure + hiddenUsd(scenario), unserved: bill.unserved };
}

export function hiddenUsd({ hiddenCosts }: Pick<Scenario, 'hiddenCosts'>): number {
  return Object.values(hiddenCosts).reduce((sum, usd) => sum + usd, 0);
}

export function upkeepOf({ assumptions }: Scenario, name: Recommendation): number {
  if (name === 'self-hosted') return assumptions.upkeepSelfHosted;
  if (name === 'hybrid') return assumptions.upkeepHybrid;
  return name === 'route' || name === 'api-only' ? assumptions.upkeepRented : 0;
}

function restricted(scenario: Scenario, name: 'api-only' | 'self-hosted'): Option | undefined {
  const narrowed = restrict(scenario, name === 'api-only' ? 'rented' : 'gpu');
  if (narrowed === undefined) {
    const lacking = name === 'api-only' ? 'a task has no rented tier it may use' : 'a task has no tier on GPUs';
    return optionOf(scenario, name, null, [lacking]);
  }
  const against = shortcomings(narrowed.tasks, (task) => task.rungs.at(-1)?.tier ?? '', 'its last tier');
  return optionOf(scenario, name, wholeUsd(narrowed).usd, against);
}

/** The cheapest tier below the frontier that will do alone; where none will, the cheapest, with what speaks against it. */
function cheapOption(scenario: Scenario): Option | undefined {
  const bills = singleTierBills(scenario).filter(({ tier }) => tier !== scenario.frontier);
  const options = bills.map((bill) => singleOption(scenario, 'all-cheap', bill));
  return (
    options.find(({ feasible }) => feasible) ?? options.find(({ lacksPeopleAlone }) => lacksPeopleAlone) ?? options[0]
  );
}

/** A tier on GPUs for everything is self-hosting, and takes the people that takes. */
function singleOption(scenario: Scenario, name: 'all-cheap' | 'all-frontier', single: SingleTier): Option {
  const gpu = isGpu(tierOf(scenario, single.tier));
  const upkeep = gpu ? scenario.assumptions.upkeepSelfHosted : 0;
  const barred = scenario.tasks.filter(({ allowed }) => !allowed.includes(single.tier));
  const against = [
    ...(barred.length === 0 ? [] : [`residency or retention keep ${namesOf(barred)} from ${single.tier}`]),
    ...(name === 'all-cheap' ? shortcomings(scenario.tasks, () => single.tier, single.tier) : []),
  ];
  // The frontier alone is where one comes from: what moving costs is spared.
  const usd = single.usd + (name === 'all-cheap' ? hiddenUsd(scenario) : 0);
  return { ...optionOf(scenario, name, usd, against, upkeep), tier: single.tier };
}

function understaffed({ engineers }: Scenario, needed: number): string[] {
  return needed > engineers ? [`engineers to keep it going: ${needed} needed, ${engineers} there`] : [];
}

function optionOf(
  scenario: Scenario,
  name: Recommendation,
  usd: number | null,
  reasons: readonly string[],
  upkeepEngineers = upkeepOf(scenario, name),
): Option {
  const upkeepUsd = upkeepEngineers * scenario.assumptions.engineerUsd;
  const against = [...reasons, ...understaffed(scenario, upkeepEngineers)];
  return {
    name,
    usd,
    upkeepEngineers,
    upkeepUsd,
    totalUsd: usd === null ? null : usd + upkeepUsd,
    feasible: against.length === 0,
    lacksPeopleAlone: against.length > 0 && reasons.length === 0,
    against,
  };
}

/** What speaks against serving these tasks with `tierOfTask` at the end: it was found wanting, or nobody has looked. */
function shortcomings(
  tasks: readonly ScenarioTask[],
  tierOfTask: (task: ScenarioTask) => string,
  called: string,
): string[] {
  const unmeasured = tasks.filter((task) => task.passRates[tierOfTask(task)] === undefined);
  const short = tasks.filter((task) => missesTarget(task, tierOfTask(task)));
  return [
    ...(short.length === 0 ? [] : [`${called} misses the pass rate of ${namesOf(short)}`]),
    ...(unmeasured.length === 0 ? [] : [`${called} was not measured on ${namesOf(unmeasured)}`]),
  ];
}

/** By the measured rate; where no tier of the task meets its target, the best of them does. */
function missesTarget({ target, passRates }: ScenarioTask, tier: string): boolean {
  const rate = passRates[tier];
  return rate !== undefined && rate < Math.min(target, Math.max(...Object.values(passRates)));
}

function namesOf(tasks: readonly ScenarioTask[]): string {
  return tasks.map(({ id }) => id).join(', ');
}
