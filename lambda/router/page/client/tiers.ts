import type { OperatorState, TierShown } from '../page-state';
import { swatch } from './cost';
import { byId, element, keepChildren } from './element';
import { dollars, milliseconds, span, whole } from './format';
import { tableHead } from './table-parts';

const HEADINGS = ['Tier', 'State', 'Load', 'First token', 'Answered', 'Cost', 'Failed attempts'];
const body = element('tbody');
const table = element(
  'table',
  { class: 'wide' },
  element('caption', { class: 'unseen' }, 'Tiers of the policy in force'),
  tableHead(HEADINGS, (column) => column >= 2),
  body,
);

export function showTiers(state: OperatorState): void {
  const box = byId('tiers');
  if (box.childElementCount === 0) box.append(table);
  keepChildren(body, state.tiers, {
    key: ({ id }) => id,
    make: () => element('tr'),
    update: (row, tier) => {
      const drawn = JSON.stringify([tier, state.switches]);
      if (row.dataset.drawn === drawn) return;
      row.dataset.drawn = drawn;
      row.replaceChildren(...cellsOf(tier, state));
    },
  });
}

function cellsOf(tier: TierShown, state: OperatorState): HTMLElement[] {
  const cell = (index: number, ...children: (Node | string)[]): HTMLElement =>
    element('td', { 'data-heading': HEADINGS[index], class: index === 1 ? undefined : 'number' }, ...children);
  const { id, model, location, waiting, running, firstTokenMs, requests, costUsd, failedAttemptsUsd } = tier;
  const load = [
    running === undefined ? '' : `${running} running`,
    waiting === undefined ? '' : `${waiting} waiting`,
  ].filter(Boolean);
  const [kind, text] = standingOf(tier, state);
  return [
    element('th', { scope: 'row' }, swatch(id, state), id, element('small', {}, `${model}, ${location}`)),
    cell(1, element('span', { class: `standing ${kind}` }, text)),
    cell(2, load.join(', ') || '–'),
    cell(3, firstTokenMs === undefined ? '–' : milliseconds(firstTokenMs)),
    cell(4, whole(requests)),
    cell(5, dollars(costUsd)),
    cell(6, failedAttemptsUsd === 0 ? '–' : dollars(failedAttemptsUsd)),
  ];
}

function standingOf(
  { id, enabled, breaker, retryAfterMs, full }: TierShown,
  { switches }: OperatorState,
): [string, string] {
  if (!enabled) return ['off', 'disabled by the policy'];
  if (switches.some(({ kind, tier }) => kind === 'tier-disabled' && tier === id)) return ['off', 'switched off'];
  if (breaker === 'open')
    return ['bad', `breaker open${retryAfterMs === undefined ? '' : `, ${span(retryAfterMs)} more`}`];
  if (breaker === 'half-open') return ['busy', 'probing'];
  return full === undefined ? ['good', 'takes requests'] : ['busy', full];
}
