import uPlot from 'uplot';
import type { OperatorState, Range } from '../page-state';
import { createChart, timeLabel } from './chart';
import { byId, element, keepChildren, setText } from './element';
import { dollars, percent } from './format';
import { SeriesTable } from './series-table';
import { colour, colourName } from './tier-colours';

const canvas = element('div', { class: 'chart', role: 'img' });
const legend = element('ul', { class: 'legend' });
const readout = element('p', { class: 'readout quiet', 'aria-hidden': 'true' });
const table = new SeriesTable('Cost by tier over time, in USD');
const empty = element(
  'p',
  { class: 'empty' },
  'No costs in this time. They appear here within seconds of the first answer.',
);
const chart = createChart(canvas);

export const RANGE_NAMES: Readonly<Record<Range, string>> = { hour: '60 minutes', day: '24 hours', month: '30 days' };

export function showCost(state: OperatorState, range: Range): void {
  const box = byId('cost');
  if (box.childElementCount === 0) box.append(legend, canvas, readout, empty, table.box);
  const { from, costUsd } = state.series[range];
  const tiers = orderOf(state, range);
  const totals = tiers.map((tier) => sum(costUsd[tier] ?? []));
  const all = sum(totals);
  const none = tiers.length === 0 || all === 0;
  canvas.hidden = readout.hidden = table.box.hidden = legend.hidden = none;
  empty.hidden = !none;
  if (none) return;

  canvas.setAttribute(
    'aria-label',
    `Cost of the last ${RANGE_NAMES[range]}: ${dollars(all)}; ${tiers.map((tier, index) => `${tier} ${dollars(totals[index] ?? 0)}`).join(', ')}.`,
  );
  keepChildren(legend, tiers, {
    key: (tier) => tier,
    make: (tier) =>
      element('li', {}, swatch(tier, state), element('span', {}, tier), element('span', { class: 'number' })),
    update(made, tier) {
      const usd = totals[tiers.indexOf(tier)] ?? 0;
      setText(made.lastElementChild as HTMLElement, `${dollars(usd)}  ${percent(usd / all, 0)}`);
    },
  });
  table.show(() => [
    ['From', ...tiers, 'All'],
    ...from.map((seconds, index) => {
      const usd = tiers.map((tier) => costUsd[tier]?.[index] ?? 0);
      return [timeLabel(range)(seconds), ...usd.map(dollars), dollars(sum(usd))];
    }),
  ]);

  const tell = (index: number | null): void => {
    const parts = tiers.map((tier) => `${tier} ${dollars(index === null ? 0 : (costUsd[tier]?.[index] ?? 0))}`);
    setText(readout, index === null ? '\u00a0' : `${timeLabel(range)(from[index] ?? 0)}   ${parts.join('   ')}`);
  };
  pointed = tell;
  if (readout.textContent === '') tell(null);
  chart.draw(
    range,
    stacked(
      from,
      tiers.map((tier) => costUsd[tier] ?? []),
    ),
    tiers.join(),
    () => ({
      height: 200,
      series: [...tiers].reverse().map((tier) => ({
        label: tier,
        fill: colour(colourName(tier, state)),
        stroke: colour(colourName(tier, state)),
        width: 0,
        paths: uPlot.paths.bars?.({ size: [0.72, 28] }) as uPlot.Series.PathBuilder,
        points: { show: false },
      })),
      y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1], label: dollars },
      onPoint: (index) => pointed(index),
    }),
  );
}

/** The chart outlives the figures it was made for. */
let pointed: (index: number | null) => void = () => {};

function orderOf({ tiers, series }: OperatorState, range: Range): string[] {
  const spent = Object.keys(series[range].costUsd);
  const known = tiers.map(({ id }) => id).filter((id) => spent.includes(id));
  return [...known, ...spent.filter((id) => !known.includes(id))];
}

/** Bars are drawn over each other, so the highest comes first: the sum of all, then of all but the last, and so on. */
function stacked(from: readonly number[], costs: readonly (readonly number[])[]): uPlot.AlignedData {
  const sums: number[][] = [];
  for (const cost of costs) {
    const below = sums.at(-1);
    sums.push(cost.map((usd, index) => usd + (below?.[index] ?? 0)));
  }
  return [[...from], ...sums.reverse()];
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

export function swatch(tier: string, state: OperatorState): HTMLElement {
  const made = element('span', { class: 'swatch', 'aria-hidden': 'true' });
  made.style.setProperty('--colour', `var(${colourName(tier, state)})`);
  return made;
}
