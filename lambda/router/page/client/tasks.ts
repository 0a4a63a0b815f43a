import type { DriftShown, MixShown, OperatorState, QualityShown, TaskShown } from '../page-state';
import { byId, element, keepChildren } from './element';
import { counted, dollars, percent, points, whole } from './format';
import { tableHead } from './table-parts';
import { colourName } from './tier-colours';

const HEADINGS = ['Task', 'Requests', 'Escalated', 'Served by', 'Quality delta', 'Input drift', 'Per request', 'Saved'];
const body = element('tbody');
const table = element(
  'table',
  { class: 'wide' },
  element('caption', { class: 'unseen' }, 'Tasks over the last 24 hours'),
  tableHead(HEADINGS, (column) => column !== 0 && column !== 3),
  body,
);
const empty = element('p', { class: 'empty' }, 'The policy in force names no task.');

export function showTasks(state: OperatorState): void {
  const box = byId('tasks');
  if (box.childElementCount === 0) box.append(table, empty);
  table.hidden = state.tasks.length === 0;
  empty.hidden = state.tasks.length > 0;
  keepChildren(body, state.tasks, {
    key: ({ id }) => id,
    make: () => element('tr'),
    update: (row, task) => {
      const drawn = JSON.stringify(task);
      if (row.dataset.drawn === drawn) return;
      row.dataset.drawn = drawn;
      row.replaceChildren(...cellsOf(task, state));
    },
  });
}

function cellsOf(task: TaskShown, state: OperatorState): HTMLElement[] {
  const { id, requests, costUsd, netUsd, quality, drift } = task;
  const cell = (index: number, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElement =>
    element('td', { 'data-heading': HEADINGS[index], ...attributes }, ...children);
  const none = '–';
  return [
    element('th', { scope: 'row' }, id),
    cell(1, { class: 'number' }, whole(requests)),
    cell(2, { class: 'number' }, ...(requests === 0 ? [none] : escalated(task))),
    cell(3, { class: 'mix-cell' }, ...(task.mix.length === 0 ? [none] : mixes(task, state))),
    cell(4, { class: 'number' }, ...(quality.length === 0 ? [none] : quality.flatMap(qualityCell))),
    cell(5, { class: 'number' }, ...(drift === null ? [none] : driftCell(drift))),
    cell(6, { class: 'number' }, requests === 0 ? none : dollars(costUsd / requests)),
    cell(7, { class: netUsd < 0 ? 'number loss' : 'number' }, requests === 0 ? none : dollars(netUsd)),
  ];
}

function escalated({ upRouteRate, climbRate, baseline }: TaskShown): (Node | string)[] {
  const off = baseline?.standing === 'above' || baseline?.standing === 'below';
  const how = `${percent(upRouteRate)} decided, ${percent(climbRate)} climbed`;
  const held =
    baseline === null
      ? ''
      : `; baseline ${percent(baseline.rate)}${baseline.standing === 'too-few' ? ', too few to judge' : ''}`;
  return [
    element('span', { class: off ? 'loss' : undefined }, percent(upRouteRate + climbRate)),
    element('small', {}, `${how}${held}`),
  ];
}

/** One bar for each kind of user, and the mix that profiling expected below. */
function mixes({ mix, intendedMix }: TaskShown, state: OperatorState): HTMLElement[] {
  const bars = mix.map((one) => mixBar(one, state, mix.length > 1 || one.userTier !== '-'));
  if (intendedMix === null) return bars;
  const text = Object.entries(intendedMix).map(([tier, share]) => `${tier} ${percent(share, 0)}`);
  return [...bars, element('small', {}, `intended: ${text.join(', ')}`)];
}

function mixBar({ userTier, shares }: MixShown, state: OperatorState, named: boolean): HTMLElement {
  const text = Object.entries(shares)
    .map(([tier, share]) => `${tier} ${percent(share, 0)}`)
    .join(', ');
  const bar = element('span', { class: 'mix', 'aria-hidden': 'true' });
  for (const [tier, share] of Object.entries(shares)) {
    const part = element('span');
    part.style.setProperty('--share', String(share));
    part.style.setProperty('--colour', `var(${colourName(tier, state)})`);
    bar.append(part);
  }
  const name = userTier === '-' ? 'others' : userTier;
  return element('div', {}, bar, element('small', {}, named ? `${name}: ${text}` : text));
}

/** A line for the interval, a dot for the estimate, and a tick at nought. */
function qualityCell({ served, pairs, delta, low, high, short }: QualityShown): HTMLElement[] {
  const widest = Math.max(0.1, Math.abs(low), Math.abs(high));
  const at = (value: number): string => String((value / widest + 1) / 2);
  const whisker = element('span', { class: 'whisker', 'aria-hidden': 'true' });
  whisker.style.setProperty('--low', at(low));
  whisker.style.setProperty('--high', at(high));
  whisker.style.setProperty('--at', at(delta));
  return [
    element('span', { class: short || high < 0 ? 'loss' : undefined }, points(delta)),
    whisker,
    element(
      'small',
      {},
      `${served === 'first' ? 'first tier' : 'sent up'}: ${points(low)} to ${points(high)}, ${counted(pairs, 'pair')}${short ? '; short of its target' : ''}`,
    ),
  ];
}

function driftCell({ index, limit }: DriftShown): HTMLElement[] {
  return [
    element('span', { class: index > limit ? 'loss' : undefined }, index.toFixed(2)),
    element('small', {}, `limit ${limit}`),
  ];
}
