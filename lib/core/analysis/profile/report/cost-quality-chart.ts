import { percent, shortPercent, usd } from '../../../figures';
import { linearScale, logScale, type Scale } from './chart-scale';
import { html, type Markup } from './markup';
import { type PlacedLabel, placeLabels } from './place-labels';
import { type PlacedPoint, paretoFront, type TaskPoint } from './task-points';

const HEIGHT = 280;
/** Room for the numbers beside the axes, in percent. */
const ACROSS = { from: 15, to: 96 };
/** Downwards: the best is at the top. */
const DOWN = { from: 86, to: 5 };

interface Axes {
  readonly across: Scale;
  readonly down: Scale;
}

/** Cost against quality: every tier alone, the routed policy, what chance and foreknowledge would make of it, and the front. */
export function costQualityChart(task: string, points: readonly PlacedPoint[]): Markup {
  const axes = axesOf(points);
  const marks = points.map(({ name, costUsd, quality }) => ({
    x: axes.across.place(costUsd),
    y: axes.down.place(quality),
    label: name,
  }));
  const labels = placeLabels(marks, HEIGHT);
  return html`<svg class="plot" width="100%" height="${HEIGHT}" role="img" aria-label="${spoken(task, points)}">
${grid(axes)}
${front(paretoFront(points), axes)}
${points.map((point) => whiskers(point, axes))}
${points.map((point) => mark(point, axes))}
${points.map((point, index) => label(point, axes, labels[index]))}
</svg>`;
}

function axesOf(points: readonly PlacedPoint[]): Axes {
  const costs = points.flatMap(({ costUsd, interval }) => [
    costUsd,
    ...(interval.costUsd ? [interval.costUsd.low, interval.costUsd.high] : []),
  ]);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const lowest = Math.min(...points.map(({ interval }) => interval.quality.low));
  const floor = Math.max(0, Math.min(0.9, Math.floor(lowest * 20 - 0.2) / 20));
  const across = least > 0 ? logScale(least / 1.4, most * 1.4, ACROSS) : linearScale(0, most * 1.1 || 1, ACROSS);
  return { across, down: linearScale(floor, 1, DOWN) };
}

function spoken(task: string, points: readonly PlacedPoint[]): string {
  const each = points.map(({ name, costUsd, quality }) => `${name} ${percent(quality)} at ${usd(costUsd)}`);
  return `${task}: pass rate against cost of a request. ${each.join('; ')}.`;
}

function grid({ across, down }: Axes): Markup {
  const lines = down.ticks.map((tick) => {
    const y = down.place(tick);
    return html`<line class="grid" x1="${ACROSS.from}%" x2="${ACROSS.to}%" y1="${y}%" y2="${y}%"/><text class="tick" x="${ACROSS.from - 1.5}%" y="${y}%" dy="4" text-anchor="end">${shortPercent(tick)}</text>`;
  });
  const columns = across.ticks.map((tick) => {
    const x = across.place(tick);
    return html`<line class="grid" x1="${x}%" x2="${x}%" y1="${DOWN.from}%" y2="${DOWN.to}%"/><text class="tick" x="${x}%" y="${DOWN.from}%" dy="16" text-anchor="middle">${tickUsd(tick)}</text>`;
  });
  return html`${lines}${columns}<text class="axis" x="${ACROSS.to}%" y="99%" text-anchor="end">USD a request</text>`;
}

/** Short enough to stand beside others: `$0.001`, `$1e-5`. */
function tickUsd(amount: number): string {
  return amount !== 0 && amount < 0.0001 ? `$${amount.toExponential(0)}` : `$${Number(amount.toPrecision(2))}`;
}

function front(points: readonly PlacedPoint[], { across, down }: Axes): Markup {
  const lines = points.slice(1).map((point, index) => {
    const before = points[index] as PlacedPoint;
    const [x1, y1] = [across.place(before.costUsd), down.place(before.quality)];
    const [x2, y2] = [across.place(point.costUsd), down.place(point.quality)];
    return html`<line class="front" x1="${x1}%" y1="${y1}%" x2="${x2}%" y2="${y2}%"/>`;
  });
  return html`${lines}`;
}

function whiskers({ costUsd, quality, interval, ...point }: PlacedPoint, { across, down }: Axes): Markup {
  const [x, y] = [across.place(costUsd), down.place(quality)];
  const name = inkOf(point);
  const beside =
    interval.costUsd !== null &&
    html`<line class="whisker ${name}" x1="${across.place(interval.costUsd.low)}%" x2="${across.place(interval.costUsd.high)}%" y1="${y}%" y2="${y}%"/>`;
  return html`<line class="whisker ${name}" x1="${x}%" x2="${x}%" y1="${down.place(interval.quality.low)}%" y2="${down.place(interval.quality.high)}%"/>${beside}`;
}

/** A shape for each kind, so that nobody has to tell them by colour. */
const SHAPES: Readonly<Record<Exclude<TaskPoint['kind'], 'tier'>, string>> = {
  routed: 'M0-8 8 0 0 8-8 0Z',
  random: 'M-6-6 6 6M6-6-6 6',
  oracle: 'M0-8 2-2.5 8-2.5 3 1 5 7 0 3.5-5 7-3 1-8-2.5-2-2.5Z',
};

function mark(point: PlacedPoint, { across, down }: Axes): Markup {
  const [x, y] = [across.place(point.costUsd), down.place(point.quality)];
  const title = html`<title>${point.name}: ${percent(point.quality)} at ${usd(point.costUsd)}</title>`;
  if (point.kind === 'tier') {
    const ring = point.also.includes('best single') && html`<circle class="ring" cx="${x}%" cy="${y}%" r="9"/>`;
    return html`${ring}<circle class="mark ${inkOf(point)}" cx="${x}%" cy="${y}%" r="5">${title}</circle>`;
  }
  return html`<svg class="place" x="${x}%" y="${y}%" width="1" height="1"><path class="mark ${inkOf(point)}" d="${SHAPES[point.kind]}">${title}</path></svg>`;
}

function label(point: PlacedPoint, { across, down }: Axes, place: PlacedLabel | undefined): Markup | undefined {
  if (place === undefined) return undefined;
  const { dx, dy, anchor } = place;
  return html`<text class="label" x="${across.place(point.costUsd)}%" y="${down.place(point.quality)}%" dx="${dx}" dy="${dy}" text-anchor="${anchor}">${point.name}</text>`;
}

/** Tiers have a colour each by their place on the ladder. */
export function inkOf({ kind, height }: Pick<TaskPoint, 'kind' | 'height'>): string {
  return kind === 'tier' ? `ink-${Math.min(height, MOST_INKS - 1)}` : kind;
}

export const MOST_INKS = 5;
