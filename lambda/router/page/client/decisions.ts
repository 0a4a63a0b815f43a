import type { DecisionShown, OperatorState } from '../page-state';
import { swatch } from './cost';
import { describeRecord } from './decision-detail';
import { byId, element, keepChildren } from './element';
import { clock, dollars, milliseconds, words } from './format';
import { readRecord } from './router';
import { tableHead } from './table-parts';

const HEADINGS = ['Time', 'Task', 'Tier', 'Because', 'Score', 'Calls', 'Took', 'Cost', 'Frontier'];
/** From this column on they hold numbers. */
const NUMBERS = 4;
/** One body for each decision: its row, and the row of its reasons while it is open. */
const table = element(
  'table',
  { class: 'wide decisions' },
  element('caption', { class: 'unseen' }, 'The last decisions, newest first; each opens to its reasons'),
  tableHead(HEADINGS, (column) => column >= NUMBERS),
);
const empty = element(
  'p',
  { class: 'empty' },
  'No request in the last hour. An older one opens by its x-request-id, in the field above.',
);

export function showDecisions(state: OperatorState): void {
  const box = byId('decisions');
  if (box.childElementCount === 0) box.append(table, empty);
  table.hidden = state.decisions.length === 0;
  empty.hidden = state.decisions.length > 0;
  const shown = new Set(state.decisions.map(({ requestId }) => requestId));
  // What somebody reads stays, at the end, when newer ones have taken its place.
  const kept = [...opened.values()].filter(({ requestId }) => !shown.has(requestId));
  keepChildren(table, [...state.decisions, ...kept], {
    key: ({ requestId }) => requestId,
    make: (decision) => bodyOf(decision, state),
  });
}

const opened = new Map<string, DecisionShown>();

function bodyOf(decision: DecisionShown, state: OperatorState): HTMLTableSectionElement {
  const { task, tier, reason, status, score, attempts, up, costUsd, frontierCostUsd, latencyMs } = decision;
  const body = element('tbody');
  const climbed = up === 'no' ? '' : up === 'decided' ? ', up by decision' : ', climbed';
  const failed = status >= 400 ? [element('span', { class: 'loss' }, `${status}`)] : [];
  const cells: (Node | string)[][] = [
    [opener(decision, body)],
    [task],
    tier === null ? failed : [swatch(tier, state), tier, ' ', ...failed],
    [`${words(reason)}${climbed}`],
    [String(Math.round(score))],
    [String(attempts)],
    [milliseconds(latencyMs)],
    [element('span', { class: costUsd > frontierCostUsd ? 'loss' : undefined }, dollars(costUsd))],
    [dollars(frontierCostUsd)],
  ];
  const row = cells.map((children, index) =>
    element('td', { 'data-heading': HEADINGS[index], class: index < NUMBERS ? undefined : 'number' }, ...children),
  );
  body.append(element('tr', {}, ...row));
  return body;
}

function opener(decision: DecisionShown, body: HTMLElement): HTMLElement {
  const { time, task, tier } = decision;
  const at = clock(Date.parse(time), true);
  const label = `${at}, ${task}, ${tier ?? 'no tier'}: why`;
  const button = element(
    'button',
    { type: 'button', class: 'opener', 'aria-expanded': 'false', 'aria-label': label },
    at,
  );
  button.addEventListener('click', () => toggle(body, button, decision));
  return button;
}

async function toggle(body: HTMLElement, button: HTMLElement, decision: DecisionShown): Promise<void> {
  const open = button.getAttribute('aria-expanded') === 'true';
  button.setAttribute('aria-expanded', String(!open));
  body.querySelector('.reasons')?.remove();
  if (open) opened.delete(decision.requestId);
  else opened.set(decision.requestId, decision);
  if (open) return;
  const cell = element('td', { colspan: HEADINGS.length }, element('p', { class: 'quiet' }, 'Reading the record'));
  body.append(element('tr', { class: 'reasons' }, cell));
  cell.replaceChildren(await reasons(decision.requestId));
}

async function reasons(requestId: string): Promise<Node> {
  const read = await readRecord(requestId);
  return typeof read === 'string' ? element('p', { class: 'fault', role: 'alert' }, read) : describeRecord(read);
}

/** The field that opens any request that still has a record. */
export function startSearch(): void {
  byId('find').addEventListener('submit', (event) => {
    event.preventDefault();
    const id = byId<HTMLInputElement>('request-id').value.trim();
    const found = byId('found');
    found.replaceChildren(element('p', { class: 'quiet' }, 'Reading the record'));
    void reasons(id).then((node) => {
      const close = element('button', { type: 'button', class: 'plain' }, 'Close');
      close.addEventListener('click', () => {
        found.replaceChildren();
        byId('request-id').focus();
      });
      const heading = element('h3', { tabindex: -1 }, id);
      found.replaceChildren(
        element('article', { class: 'card' }, element('div', { class: 'heading-row' }, heading, close), node),
      );
      heading.focus();
    });
  });
}
