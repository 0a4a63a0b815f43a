import type uPlot from 'uplot';
import type { OperatorState, Range, TaskShown } from '../page-state';
import { type Chart, createChart, timeLabel } from './chart';
import { RANGE_NAMES } from './cost';
import { byId, element, keepChildren, setText } from './element';
import { percent, whole } from './format';
import { SeriesTable } from './series-table';
import { colour } from './tier-colours';

interface Multiple extends HTMLElement {
  show?: (task: TaskShown, state: OperatorState, range: Range) => void;
}

/** One small chart for each task that has requests or a baseline. */
export function showEscalation(state: OperatorState, range: Range): void {
  const asked = ({ id }: TaskShown): boolean =>
    (state.series[range].tasks[id]?.requests ?? []).some((count) => count > 0);
  const tasks = state.tasks.filter((task) => asked(task) || task.baseline !== null);
  keepChildren<TaskShown, Multiple>(byId('escalation'), tasks, {
    key: ({ id }) => id,
    make: ({ id }) => multiple(id),
    update: (made, task) => made.show?.(task, state, range),
  });
}

function multiple(id: string): Multiple {
  const title = element('h4', {}, id);
  const rate = element('p', { class: 'rate number' });
  const canvas = element('div', { class: 'chart', role: 'img' });
  const readout = element('p', { class: 'readout quiet', 'aria-hidden': 'true' });
  const table = new SeriesTable(`${id}: escalation over time`);
  const made: Multiple = element(
    'article',
    { class: 'card multiple' },
    element('div', { class: 'heading-row' }, title, rate),
    canvas,
    readout,
    table.box,
  );
  let chart: Chart | undefined;
  let tell: (index: number | null) => void = () => {};

  made.show = (task, state, range) => {
    chart ??= createChart(canvas);
    const { from, tasks } = state.series[range];
    const { requests = [], up = [] } = tasks[id] ?? {};
    const rates = from.map((_, index) =>
      (requests[index] ?? 0) > 0 ? (up[index] ?? 0) / (requests[index] ?? 1) : null,
    );
    const all = requests.reduce((sum, count) => sum + count, 0);
    const now = all === 0 ? undefined : up.reduce((sum, count) => sum + count, 0) / all;
    const { baseline } = task;
    setText(rate, now === undefined ? '–' : percent(now));
    rate.classList.toggle('loss', baseline?.standing === 'above' || baseline?.standing === 'below');
    const held =
      baseline === null
        ? 'no baseline yet: profile the task to have one'
        : `baseline ${percent(baseline.rate)}, band ${percent(baseline.low)} to ${percent(baseline.high)}`;
    canvas.setAttribute(
      'aria-label',
      `${id}, last ${RANGE_NAMES[range]}: ${now === undefined ? 'no requests' : `${percent(now)} of ${whole(all)} requests escalated`}; ${held}.`,
    );
    tell = (index) =>
      setText(
        readout,
        index === null
          ? held
          : `${timeLabel(range)(from[index] ?? 0)}   ${rates[index] == null ? 'no requests' : `${percent(rates[index])} of ${whole(requests[index] ?? 0)}`}`,
      );
    tell(null);
    table.show(() => [
      ['From', 'Requests', 'Escalated'],
      ...from.map((seconds, index) => [
        timeLabel(range)(seconds),
        whole(requests[index] ?? 0),
        rates[index] == null ? '–' : percent(rates[index]),
      ]),
    ]);
    chart.draw(range, [[...from], rates], `${baseline?.low} ${baseline?.rate} ${baseline?.high}`, () => ({
      height: 128,
      series: [
        {
          stroke: colour('--ink'),
          width: 1.5,
          spanGaps: true,
          points: { show: from.length <= 60, size: 4, fill: colour('--ink'), width: 0 },
        },
      ],
      y: {
        range: (_plot, _low, high) => [0, Math.min(1, Math.max(high, baseline?.high ?? 0, 0.04) * 1.15)],
        label: (value) => percent(value, 0),
      },
      drawBelow: (plot) => baseline !== null && drawBand(plot, baseline),
      onPoint: (index) => tell(index),
    }));
  };
  return made;
}

function drawBand(plot: uPlot, { low, rate, high }: { low: number; rate: number; high: number }): void {
  const { ctx, bbox } = plot;
  const at = (value: number): number =>
    Math.min(bbox.top + bbox.height, Math.max(bbox.top, plot.valToPos(value, 'y', true)));
  ctx.save();
  ctx.fillStyle = colour('--band');
  ctx.fillRect(bbox.left, at(high), bbox.width, at(low) - at(high));
  ctx.strokeStyle = colour('--band-line');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, at(rate));
  ctx.lineTo(bbox.left + bbox.width, at(rate));
  ctx.stroke();
  ctx.restore();
}
