import { usdInCents, whole } from '../../figures';
import { nameOf, type Option, type Recommendation } from './options';
import type { Scenario } from './scenario';

export const STAGES = ['api-only', 'hybrid', 'self-hosted'] as const;

export type Stage = (typeof STAGES)[number];

/** Requests a month at which the rule of thumb turns to the next stage. */
const STAGE_BOUNDS = { hybrid: 200_000, selfHosted: 3_000_000 } as const;

/** What volume alone would suggest. A rule of thumb: it knows no prices, no token counts and no people. */
export function stageOf(volume: number): Stage {
  if (volume < STAGE_BOUNDS.hybrid) return 'api-only';
  return volume <= STAGE_BOUNDS.selfHosted ? 'hybrid' : 'self-hosted';
}

export interface Advice {
  /** Where nothing can be done as given, what comes nearest to it. */
  readonly recommendation: Recommendation;
  readonly feasible: boolean;
  readonly why: string;
  readonly ruleOfThumb: {
    readonly stage: Stage;
    readonly agrees: boolean;
    readonly difference: string;
  };
}

/** The cheapest option that can be done, people included; and what the rule of thumb makes of the same volume. */
export function recommend(scenario: Scenario, options: readonly Option[]): Advice {
  const asIs = options.find(({ name }) => name === nameOf(scenario)) as Option;
  // They stand the cheapest first.
  const nearest = options.find(({ lacksPeopleAlone }) => lacksPeopleAlone) ?? asIs;
  const chosen = options.find(({ feasible }) => feasible) ?? nearest;
  const why = chosen.feasible ? reasons(chosen, options) : nothingCan(chosen, options);
  const stage = stageOf(scenario.volume);
  const shape = chosen.name === 'route' ? 'api-only' : chosen.name;
  const agrees = shape === stage;
  return {
    recommendation: chosen.name,
    feasible: chosen.feasible,
    why,
    ruleOfThumb: { stage, agrees, difference: agrees ? '' : differenceOf(scenario, stage, chosen, options) },
  };
}

function reasons(chosen: Option, options: readonly Option[]): string {
  const next = options.find((option) => option.feasible && option !== chosen);
  const cheaper = options.filter(
    (option) => !option.feasible && option.totalUsd !== null && option.totalUsd < (chosen.totalUsd ?? 0),
  );
  const beats =
    next === undefined ? 'nothing else can be done' : `the next, ${called(next)}, comes to ${dollars(next.totalUsd)}`;
  const people = chosen.upkeepUsd === 0 ? '' : `, ${dollars(chosen.upkeepUsd)} of it for people`;
  const barred = cheaper.length === 0 ? '' : `. Cheaper, but not possible: ${objections(cheaper)}`;
  return `${called(chosen)} comes to ${dollars(chosen.totalUsd)} a month${people}; ${beats}${barred}`;
}

function nothingCan(nearest: Option, options: readonly Option[]): string {
  return `nothing can be done as given; nearest: ${called(nearest)}. What stands against each: ${objections(options)}`;
}

function objections(options: readonly Option[]): string {
  return options.map((option) => `${called(option)} (${option.against.join('; ')})`).join(', ');
}

function differenceOf({ volume }: Scenario, stage: Stage, chosen: Option, options: readonly Option[]): string {
  const says = chosen.feasible ? `the computed bill says ${called(chosen)}` : `${called(chosen)} comes nearest`;
  const rule = `${whole(volume)} requests a month suggest ${stage}; ${says}`;
  const named = options.find(({ name }) => name === stage || (stage === 'api-only' && name === 'route'));
  if (named === undefined) return `${rule}: the policy has no tiers for ${stage}`;
  if (!named.feasible) return `${rule}: ${named.against.join('; ')}`;
  return `${rule}: ${dollars(named.totalUsd)} a month against ${dollars(chosen.totalUsd)}`;
}

/** `all-cheap on mid`, `hybrid`. */
function called({ name, tier }: Option): string {
  return tier === undefined ? name : `${name} on ${tier}`;
}

function dollars(usd: number | null): string {
  return usdInCents(usd ?? 0);
}
