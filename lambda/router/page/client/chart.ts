import uPlot from 'uplot';
import type { Range } from '../page-state';
import { clock, date } from './format';
import { colour } from './tier-colours';

export interface ChartShape {
  readonly height: number;
  /** What is drawn beside the horizontal axis. */
  readonly series: readonly uPlot.Series[];
  readonly bands?: readonly uPlot.Band[];
  readonly y: { readonly range: uPlot.Range.Function; readonly label: (value: number) => string };
  readonly drawBelow?: (plot: uPlot) => void;
  /** Told of the stretch under the pointer, or null. */
  readonly onPoint?: (index: number | null) => void;
}

export interface Chart {
  /** Draws data; the shape is asked for anew where `key` has changed, and after a change of colours. */
  draw(range: Range, data: uPlot.AlignedData, key: string, shape: () => ChartShape): void;
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** A chart that fills the width of its box and follows the colours of the page. */
export function createChart(box: HTMLElement): Chart {
  let plot: uPlot | undefined;
  let drawn = '';
  let again: (() => void) | undefined;

  new ResizeObserver(() => {
    if (plot !== undefined && box.clientWidth > 0 && box.clientWidth !== plot.width)
      plot.setSize({ width: box.clientWidth, height: plot.height });
  }).observe(box);
  dark.addEventListener('change', () => {
    drawn = '';
    again?.();
  });

  return {
    draw(range, data, key, shape) {
      again = () => this.draw(range, data, key, shape);
      const wanted = `${range} ${key}`;
      if (plot !== undefined && wanted === drawn) {
        plot.setData(data);
        return;
      }
      plot?.destroy();
      drawn = wanted;
      plot = new uPlot(optionsOf(range, box.clientWidth || 300, shape()), data, box);
    },
  };
}

function optionsOf(range: Range, width: number, shape: ChartShape): uPlot.Options {
  const { height, series, bands, y, drawBelow, onPoint } = shape;
  const axis = { stroke: colour('--quiet'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  const grid = { stroke: colour('--line'), width: 1 };
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    series: [{}, ...series],
    ...(bands !== undefined && { bands: [...bands] }),
    scales: { x: { time: true, range: withMargins }, y: { range: y.range } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        gap: 4,
        space: 64,
        values: (_plot, times) => times.map(timeLabel(range)),
      },
      {
        ...axis,
        grid,
        size: (_plot, labels) => widthFor(labels),
        gap: 4,
        space: 28,
        values: (_plot, values) => values.map((value) => y.label(value)),
      },
    ],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 6 } },
    padding: [6, 8, 0, 0],
    hooks: {
      ...(drawBelow !== undefined && { drawClear: [drawBelow] }),
      ...(onPoint !== undefined && { setCursor: [(plot: uPlot) => onPoint(plot.cursor.idx ?? null)] }),
    },
  };
}

/** Of the longest label in the axis' font, and the gap. */
function widthFor(labels: readonly string[] | null): number {
  return Math.max(40, ...(labels ?? []).map((label) => label.length * 6.6 + 10));
}

/** Half a stretch at either end, so that the first and the last bar are whole. */
function withMargins({ data: [times] }: uPlot, low: number, high: number): uPlot.Range.MinMax {
  const half = ((times[1] ?? 0) - (times[0] ?? 0)) / 2;
  return [low - half, high + half];
}

export function timeLabel(range: Range): (seconds: number) => string {
  return (seconds) => (range === 'month' ? date(seconds * 1000) : clock(seconds * 1000));
}
