import type { AttributedAttempt, AttributedConsultation, Attribution } from '../../../../lib/core/types';
import { element } from './element';
import { dollars, milliseconds, percent, whole, words } from './format';
import { tableBody, tableHead } from './table-parts';

/** Why a request went where it went, what was called for it, and what it cost: what `tierwise explain` tells. */
export function describeRecord(record: Attribution): HTMLElement {
  const { decision } = record;
  return element(
    'div',
    { class: 'detail' },
    element('p', { class: 'lead' }, headline(record)),
    element(
      'div',
      { class: 'columns' },
      facts(record),
      dimensions(decision.dimensions, decision.score),
      element('div', {}, ...estimates(record), ...excluded(record)),
    ),
    ...calls(record),
    ...consultations(record),
  );
}

function headline({ status, tier, model, reason, error, abandoned, decision }: Attribution): string {
  if (decision.tier === null) return `Refused: ${decision.refusal.message} (${decision.refusal.code})`;
  const served = tier === null ? 'Nobody answered' : `Answered by ${tier} (${model}), ${words(reason)}`;
  return `${served}; status ${status}${error === undefined ? '' : `, ${error}`}${abandoned ? '; the caller left' : ''}.`;
}

function facts(record: Attribution): HTMLElement {
  const { decision, usage } = record;
  const [, ...others] = decision.ladder;
  const rows: Record<string, string | undefined> = {
    'Request id': record.requestId,
    Began: decision.tier === null ? 'nowhere' : `${decision.tier} (${words(decision.reason)})`,
    'Task raised': decision.tier === null ? undefined : decision.raised,
    'Then, if need be': others.join(', ') || 'no other tier',
    Route: decision.route,
    Policy: `version ${record.policy}`,
    Customer: record.customer,
    Key: record.keyId,
    Feature: record.feature,
    'User tier': record.userTier,
    Tokens: `${whole(usage.inputTokens)} in, ${whole(usage.cacheReadTokens)} cached, ${whole(usage.outputTokens)} out`,
    Answers: dollars(record.costUsd),
    'Routing calls': dollars(record.routingCostUsd),
    'Frontier alone': dollars(record.frontierCostUsd),
    'Router itself': milliseconds(record.overheadMs),
    Check: record.verdict && `${record.verdict.oracle}: ${record.verdict.pass ? 'passed' : record.verdict.detail}`,
  };
  const list = element('dl');
  for (const [name, value] of Object.entries(rows))
    if (value !== undefined) list.append(element('dt', {}, name), element('dd', {}, value));
  return list;
}

function dimensions(values: Readonly<Record<string, number>>, score: number): HTMLElement {
  const rows = Object.entries(values).sort(([, left], [, right]) => right - left);
  return titled(
    `Score ${score.toFixed(1)} of 100`,
    ['Dimension', '0 to 10', ''],
    rows.map(([name, value]) => {
      const bar = element('span', { class: 'meter', 'aria-hidden': 'true' });
      bar.style.setProperty('--share', String(value / 10));
      return [words(name), value.toFixed(1), bar];
    }),
  );
}

function estimates({ decision }: Attribution): HTMLElement[] {
  const rows = Object.entries(decision.pass);
  if (rows.length === 0) return [];
  return [
    titled(
      'P(pass)',
      ['Tier', 'Estimate', 'At least', 'From'],
      rows.map(([tier, { p, low, source }]) => [tier, percent(p), percent(low), source]),
    ),
  ];
}

function excluded({ decision }: Attribution): HTMLElement[] {
  if (decision.excluded.length === 0) return [element('p', { class: 'quiet' }, 'No tier was excluded.')];
  return [
    titled(
      'Excluded tiers',
      ['Tier', 'Because', 'Detail'],
      decision.excluded.map(({ tier, reason, detail }) => [tier, words(reason), detail]),
    ),
  ];
}

function calls({ attempts }: Attribution): HTMLElement[] {
  if (attempts.length === 0) return [element('p', { class: 'quiet' }, 'No tier was called.')];
  const headings = ['Attempt', 'Tier', 'Model', 'Outcome', 'Tokens', 'Took', 'Cost', 'Check'];
  const rows = attempts.map((attempt) => [
    attempt.because,
    attempt.tier,
    attempt.model,
    `${attempt.outcome}${attempt.cause === undefined ? '' : `: ${words(attempt.cause)}`}`,
    tokensOf(attempt),
    milliseconds(attempt.latencyMs),
    dollars(attempt.costUsd),
    attempt.verdict === undefined
      ? '–'
      : attempt.verdict.pass
        ? `${attempt.verdict.oracle}: passed`
        : `${attempt.verdict.oracle}: ${attempt.verdict.detail}`,
  ]);
  return [titled('Attempts', headings, rows)];
}

function consultations({ consultations: all }: Attribution): HTMLElement[] {
  if (all.length === 0) return [];
  const headings = ['Purpose', 'Tier', 'Model', 'Outcome', 'Tokens', 'Took', 'Cost'];
  const rows = all.map((call) => [
    call.purpose,
    call.tier,
    call.model,
    `${call.outcome}${call.cause === undefined ? '' : `: ${words(call.cause)}`}`,
    tokensOf(call),
    milliseconds(call.latencyMs),
    dollars(call.costUsd),
  ]);
  return [titled('Calls of the routing itself', headings, rows)];
}

function tokensOf({ usage }: AttributedAttempt | AttributedConsultation): string {
  return usage === undefined
    ? 'not told'
    : `${whole(usage.inputTokens + usage.cacheReadTokens)} in, ${whole(usage.outputTokens)} out`;
}

function titled(
  title: string,
  headings: readonly string[],
  rows: readonly (readonly (string | Node)[])[],
): HTMLElement {
  const table = element('table', {}, element('caption', {}, title), tableHead(headings), tableBody(rows));
  return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title }, table);
}
