import { ASSUMPTION_NAMES, ASSUMPTIONS } from '../../../lib/core/analysis/project/assumptions';
import type { Projection } from '../../../lib/core/analysis/project/projection';
import { percent, whole } from '../../../lib/core/figures';
import { describeBill, describeInfrastructure, describePurposes, describeTasks } from './describe-bill';
import { describeFormula } from './describe-formula';
import { describeGpus, describeSelfHosting } from './describe-gpus';
import { usd, usdEach } from './figures';
import { section } from './section';

/** A projection for a person: the verdict first, what it rests on after it. */
export function describeProjection(projection: Projection): string {
  return [
    describeVerdict(projection),
    describeBill(projection),
    describeTasks(projection),
    describePurposes(projection),
    describeInfrastructure(projection),
    describeFormula(projection),
    describeCascades(projection),
    describeGpus(projection),
    describeSelfHosting(projection),
    describeOptions(projection),
    describeSensitivity(projection),
    describeAssumptions(projection),
    section('Notes', [], projection.notes),
    describeWatch(projection),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function describeVerdict(projection: Projection): string {
  const { policy, volume, monthlyUsd, saving, ruleOfThumb, stage } = projection;
  const saved =
    saving.usd < 0 ? `${usd(-saving.usd)} more than` : `${usd(saving.usd)} (${percent(saving.share)}) less than`;
  const thumb = ruleOfThumb.agrees ? 'agrees' : `differs: ${ruleOfThumb.difference}`;
  return [
    recommended(projection),
    `Rule of thumb by volume: ${stage}. It ${thumb}.`,
    section(`${whole(volume)} requests a month (30 days), policy ${policy.id} version ${policy.version}`, [
      [routedBy(projection), usd(monthlyUsd), `${saved} the frontier alone`],
      [`all on ${projection.frontier}`, usd(projection.allFrontierUsd), 'the frontier, no router'],
      [`all on ${projection.cheapest}`, usd(projection.allCheapestUsd), 'the cheapest single tier, no router'],
      ['break-even', breakEven(projection), 'from which routing costs no more than the frontier alone'],
      [
        'pay-back',
        payBack(projection),
        `building ${usd(projection.people.buildUsd)}, upkeep ${usd(projection.people.upkeepUsd)} a month`,
      ],
      ...marginRows(projection),
    ]),
  ].join('\n');
}

function recommended({ feasible, recommendation, why }: Projection): string {
  const reasons = `${why[0]?.toUpperCase()}${why.slice(1)}.`;
  return feasible ? `Recommended: ${recommendation}. ${reasons}` : reasons;
}

function routedBy({ routedAs }: Projection): string {
  return routedAs === 'policy' ? 'this policy' : 'the profiled policy';
}

function breakEven({ breakEvenRequests }: Projection): string {
  return breakEvenRequests === null ? 'never' : `${whole(breakEvenRequests)} requests`;
}

function payBack({ payBackMonths }: Projection): string {
  return payBackMonths === null ? 'never' : `${payBackMonths.toFixed(1)} months`;
}

function marginRows({ margin }: Projection): string[][] {
  if (margin === null) return [];
  return [['margin', percent(margin.routed), `${percent(margin.allFrontier)} with the frontier alone`]];
}

function describeCascades({ cascades }: Projection): string {
  const rows = Object.entries(cascades).map(([task, cascade]) => [
    task,
    `${cascade.cheap} before ${cascade.frontier}`,
    percent(cascade.escalationShare),
    percent(cascade.breakEvenShare),
    cascade.pays ? 'pays' : 'does not pay',
    `${usdEach(cascade.usd)} a request`,
    `${cascade.savingFactor.toFixed(2)}x`,
  ]);
  const head = ['task', 'first try', 'goes up', 'pays below', '', 'cost', 'cheaper'];
  return rows.length === 0
    ? ''
    : section('Cheap first tries, against the last tier of the ladder alone', [head, ...rows]);
}

function describeOptions({ options }: Projection): string {
  const rows = options.map((option) => [
    option.tier === undefined ? option.name : `${option.name} on ${option.tier}`,
    usd(option.usd),
    usd(option.upkeepUsd),
    usd(option.totalUsd),
    option.feasible ? '' : `not possible: ${option.against.join('; ')}`,
  ]);
  return section('Options, cheapest first, caches left out', [['', 'bill', 'people', 'together', ''], ...rows]);
}

function describeSensitivity(projection: Projection): string {
  const rows = projection.sensitivity.map((row) => [
    row.name,
    usd(row.monthlyUsd),
    usd(row.allFrontierUsd),
    `${usd(row.saving.usd)} (${percent(row.saving.share)})`,
    row.feasible ? row.recommendation : `nothing; nearest ${row.recommendation}`,
    row.meaning,
  ]);
  return section('If it comes otherwise', [
    ['', routedBy(projection), 'frontier', 'saved', 'recommended', ''],
    ...rows,
  ]);
}

function describeAssumptions({ assumptions }: Projection): string {
  const rows = ASSUMPTION_NAMES.map((name) => [name, String(assumptions[name]), ASSUMPTIONS[name].meaning]);
  return section('Assumptions, each replaced by --assume name=value', rows);
}

/** What an alarm needs to tell a bill that departs from the projected one. */
function describeWatch({ monthlyUsd, perTier }: Projection): string {
  const tiers = Object.entries(perTier).map(([id, tier]) => `${id}: ${cents(tier.usd)}`);
  const line = `projection: { monthlyUsd: ${cents(monthlyUsd)}, perTier: { ${tiers.join(', ')} } }`;
  return section('To hear of a bill that departs from this, write into the policy', [], [line]);
}

function cents(amount: number): string {
  return amount.toFixed(2);
}
