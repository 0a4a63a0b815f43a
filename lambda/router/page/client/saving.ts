import type { OperatorState, SavingShown } from '../page-state';
import { byId, element, setText } from './element';
import { counted, dollars, percent, whole } from './format';

interface Card {
  readonly box: HTMLElement;
  show(saving: SavingShown, frontier: string): void;
}

const cards = { today: card('Today, since midnight UTC'), month: card('Last 30 days') };

export function showSaving(state: OperatorState): void {
  const box = byId('saving');
  if (box.childElementCount === 0) box.append(cards.today.box, cards.month.box);
  const frontier = state.policy?.frontier ?? 'frontier';
  cards.today.show(state.saving.today, frontier);
  cards.month.show(state.saving.month, frontier);
}

function card(title: string): Card {
  const amount = element('p', { class: 'amount' });
  const verdict = element('p', { class: 'quiet' });
  const table = element('table', { class: 'waterfall' });
  const apart = element('p', { class: 'quiet' });
  const box = element('article', { class: 'card' }, element('h3', {}, title), amount, verdict, table, apart);
  return {
    box,
    show(saving, frontier) {
      setText(amount, saving.requests === 0 ? '–' : dollars(saving.netUsd));
      amount.classList.toggle('loss', saving.netUsd < 0);
      setText(verdict, verdictOn(saving));
      table.hidden = saving.requests === 0 && saving.netUsd === 0;
      table.replaceChildren(
        element('caption', { class: 'unseen' }, `${title}: what was subtracted`),
        rowsOf(saving, frontier),
      );
      setText(apart, apartOf(saving));
    },
  };
}

function verdictOn({ requests, netUsd, frontierUsd }: SavingShown): string {
  if (requests === 0) return 'No request yet. Send one to /v1/chat/completions with the model “auto”.';
  const of = counted(requests, 'request');
  if (frontierUsd === 0) return `${of}; none was answered, so there is nothing to compare.`;
  const times = (frontierUsd - netUsd) / frontierUsd;
  if (times >= 3)
    return `Routing costs ${whole(Math.round(times))} times what the frontier alone would have, over ${of}.`;
  const share = percent(Math.abs(netUsd) / frontierUsd);
  return netUsd < 0
    ? `Routing costs ${share} more than the frontier alone would have, over ${of}.`
    : `${share} less than the frontier alone would have cost, over ${of}.`;
}

function apartOf({ verifiedUsd, cachedUsd, downstreamUsd }: SavingShown): string {
  const verified = verifiedUsd === 0 ? '' : `${dollars(verifiedUsd)} of it verified by pairs of answers. `;
  const cached = cachedUsd === 0 ? '' : `Beside it, kept answers and stripped context saved ${dollars(cachedUsd)}. `;
  const downstream =
    downstreamUsd === 0 ? '' : `Wrong answers cost ${dollars(downstreamUsd)} further down, by their callers’ word.`;
  return `${verified}${cached}${downstream}`.trim();
}

/** Each bar begins where the one before ended, from what the frontier would have cost down to what is left of it. */
function rowsOf({ frontierUsd, subtracted, netUsd }: SavingShown, frontier: string): HTMLElement {
  const from = Math.min(0, netUsd);
  const wide = Math.max(frontierUsd, 0) - from || 1;
  let left = frontierUsd;
  const rows = [row(`${frontier} alone`, frontierUsd, 0, frontierUsd, 'whole')];
  for (const { name, usd } of subtracted) {
    rows.push(row(name, -usd, left - usd, left, 'spent'));
    left -= usd;
  }
  rows.push(row('Net saving', netUsd, 0, netUsd, netUsd < 0 ? 'loss' : 'net'));
  return element('tbody', {}, ...rows);

  function row(name: string, usd: number, one: number, other: number, kind: string): HTMLElement {
    const bar = element('span', { class: `bar ${kind}` });
    bar.style.setProperty('--from', String((Math.min(one, other) - from) / wide));
    bar.style.setProperty('--to', String((Math.max(one, other) - from) / wide));
    return element(
      'tr',
      { class: kind },
      element('th', { scope: 'row' }, name),
      element('td', { 'aria-hidden': 'true', class: 'bar-cell' }, bar),
      element('td', { class: 'number' }, dollars(usd)),
    );
  }
}
