import { counted, percent, usd, whole } from '../../../figures';
import type { Projection } from '../../project/projection';
import { type BillPart, billBar } from './bill-bars';
import { MOST_INKS } from './cost-quality-chart';
import { html, type Markup } from './markup';
import { scrollTable } from './scroll-table';
import { sentence } from './sentence';

interface Way {
  readonly name: string;
  readonly usd: number;
  readonly parts: readonly BillPart[];
}

/** What a month would cost: the profiled policy, and one tier for everything. */
export function billSection(projection: Projection): Markup {
  const { volume, policy, saving } = projection;
  const ways = waysOf(projection);
  const mostUsd = Math.max(...ways.map((way) => way.usd));
  const rows = ways.map((way) => [way.name, billBar(`${way.name}: ${usd(way.usd)}`, way.parts, mostUsd), usd(way.usd)]);
  return html`<section aria-labelledby="bill">
<h2 id="bill">Projected bill</h2>
<p>${counted(volume, 'request')} in a month of 30 days, policy ${policy.id}. ${sentence(projection.why)} ${saving.usd < 0 ? 'Routing costs more than the frontier alone.' : ''}</p>
${scrollTable('A month, by how it is run', ['', 'Of what', 'USD'], rows, 'bars')}
<div class="pair">
${tierTable(projection)}
${otherwise(projection)}
</div>
</section>`;
}

function waysOf(projection: Projection): readonly Way[] {
  const { perTier, infrastructureUsd, hiddenCosts, monthlyUsd } = projection;
  const tiers = Object.entries(perTier);
  const inks = new Map(tiers.map(([id], index) => [id, `ink-${Math.min(index, MOST_INKS - 1)}`]));
  const hiddenUsd = Object.values(hiddenCosts).reduce((sum, cost) => sum + cost, 0);
  const alone = (name: string, tier: string, cost: number): Way => ({
    name,
    usd: cost,
    parts: [{ name: tier, usd: cost, ink: inks.get(tier) ?? 'rest' }],
  });
  return [
    {
      name: 'the profiled policy',
      usd: monthlyUsd,
      parts: [
        ...tiers.map(([id, bill]) => ({ name: `${id} ${usd(bill.usd)}`, usd: bill.usd, ink: inks.get(id) ?? 'rest' })),
        { name: `router ${usd(infrastructureUsd)}`, usd: infrastructureUsd, ink: 'rest' },
        ...(hiddenUsd > 0 ? [{ name: `hidden costs ${usd(hiddenUsd)}`, usd: hiddenUsd, ink: 'hidden' }] : []),
      ],
    },
    alone(`all on ${projection.frontier}`, projection.frontier, projection.allFrontierUsd),
    alone(`all on ${projection.cheapest}`, projection.cheapest, projection.allCheapestUsd),
  ];
}

function tierTable({ perTier, infrastructureUsd, hiddenCosts, monthlyUsd }: Projection): Markup {
  const rows = [
    ...Object.entries(perTier).map(([id, tier], index) => [
      html`<span class="sign ink-${Math.min(index, MOST_INKS - 1)}" aria-hidden="true">■</span> ${id} <small>${tier.model}</small>`,
      percent(tier.share),
      whole(tier.calls),
      html`${usd(tier.usd)}${tier.idleUsd > 0 && html` <small>${usd(tier.idleUsd)} idle</small>`}`,
    ]),
    ['router', '', '', usd(infrastructureUsd)],
    ...Object.entries(hiddenCosts).map(([name, cost]) => [name, '', '', usd(cost)]),
    ['together', '', '', usd(monthlyUsd)],
  ];
  return scrollTable('The profiled policy, by tier', ['', 'Answers', 'Calls', 'USD a month'], rows);
}

function otherwise({ sensitivity, breakEvenRequests }: Projection): Markup {
  const rows = sensitivity.map((row) => [
    row.meaning,
    usd(row.monthlyUsd),
    `${usd(row.saving.usd)} (${percent(row.saving.share)})`,
    row.feasible ? row.recommendation : `nothing; nearest ${row.recommendation}`,
  ]);
  const breakEven =
    breakEvenRequests === null ? 'never, as things stand' : `from ${counted(breakEvenRequests, 'request')} a month on`;
  return html`<div>${scrollTable('If it comes otherwise', ['', 'The profiled policy', 'Saved', 'Recommended'], rows)}
<p><small>Routing costs no more than the frontier alone ${breakEven}.</small></p></div>`;
}
