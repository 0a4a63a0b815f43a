import { percent, shortPercent, usd, whole } from '../../../figures';
import type { CallMeans } from '../run/call-means';
import { html, type Markup, type Part } from './markup';
import { figures } from './pass-rates-section';
import type { ReportedProfile, ReportedTask } from './report-extras';
import { scrollTable } from './scroll-table';

type Entry = readonly [string, ReportedTask];

/** What counts in no pass rate, and what the measuring itself was worth. */
export function apartSection({ tasks }: ReportedProfile): Markup | undefined {
  const entries = Object.entries(tasks);
  const wide = adversarial(entries);
  const parts = [failedCalls(entries), judges(entries), stability(entries), margins(entries)];
  if ([wide, ...parts].every((part) => part === undefined)) return undefined;
  return html`<section aria-labelledby="apart">
<h2 id="apart">Apart from the pass rates</h2>
${wide}
<div class="pair">${parts}</div>
</section>`;
}

/** Rows of every task's tiers, where there are any. */
function tableOf(
  caption: string,
  head: readonly Part[],
  rows: readonly (readonly Part[])[],
  note: string,
): Markup | undefined {
  if (rows.length === 0) return undefined;
  return html`<div>${scrollTable(caption, head, rows)}<p><small>${note}</small></p></div>`;
}

function eachTier<Value>(
  entries: readonly Entry[],
  of: (task: ReportedTask) => Readonly<Record<string, Value>> | undefined,
  row: (value: Value) => readonly Part[],
): readonly (readonly Part[])[] {
  return entries.flatMap(([id, task]) =>
    Object.entries(of(task) ?? {}).map(([tier, value]) => [`${id}: ${tier}`, ...row(value)]),
  );
}

function adversarial(entries: readonly Entry[]): Markup | undefined {
  const rows = entries.flatMap(([id, { adversarial: rates = {}, adversarialCalls: calls = {} }]) =>
    [...new Set([...Object.keys(rates), ...Object.keys(calls)])].map((tier) => [
      `${id}: ${tier}`,
      rates[tier] === undefined ? 'no verdict' : figures(rates[tier]),
      ...callCells(calls[tier]),
    ]),
  );
  return tableOf(
    'Adversarial rows',
    ['', 'Passed', 'A call', 'Tokens in, out', 'p50, p95'],
    rows,
    'They try to break a tier and are not drawn from the traffic: they count in no rate, no certificate and no bill.',
  );
}

function callCells(call: CallMeans | undefined): readonly string[] {
  if (call === undefined) return ['-', '-', '-'];
  const { meanCostUsd, inputTokens, outputTokens, latencyMs } = call;
  return [
    meanCostUsd === null ? '-' : usd(meanCostUsd),
    `${whole(inputTokens)}, ${whole(outputTokens)}`,
    `${whole(latencyMs.p50)}, ${whole(latencyMs.p95)} ms`,
  ];
}

function failedCalls(entries: readonly Entry[]): Markup | undefined {
  const failed = eachTier(
    entries,
    (task) => task.failedCalls,
    ({ n, byCause }) => [
      whole(n),
      Object.entries(byCause)
        .map(([cause, count]) => `${cause} ${count}`)
        .join(', '),
    ],
  );
  const pending = eachTier(
    entries,
    (task) => task.pending,
    (n) => [whole(n), "wait for a person's verdict"],
  );
  const excluded = eachTier(
    entries,
    (task) => task.excluded,
    (n) => [whole(n), 'kept from the tier by a guard'],
  );
  return tableOf(
    'Without a verdict',
    ['', 'Rows', 'Because'],
    [...failed, ...pending, ...excluded],
    'They tell of hosts and guards, not of answers.',
  );
}

function judges(entries: readonly Entry[]): Markup | undefined {
  const rows = entries.flatMap(([id, { judge }]) => {
    if (judge === undefined) return [];
    if (judge.n === 0) return [[id, 'no answer has both verdicts', '', 'not validated']];
    const kappa = judge.kappa === null ? 'does not apply' : judge.kappa.toFixed(2);
    const interval = `${percent(judge.low)} to ${percent(judge.high)}`;
    return [
      [
        id,
        html`${percent(judge.agreement)} <small>${interval}<br>${whole(judge.agreements)} of ${whole(judge.n)}</small>`,
        kappa,
        judge.validated ? 'validated' : 'not validated',
      ],
    ];
  });
  return tableOf(
    'Judges against people',
    ['Task', 'Agree', 'Beyond chance (kappa)', ''],
    rows,
    'A certificate that rests on a judge that is not validated is marked.',
  );
}

function stability(entries: readonly Entry[]): Markup | undefined {
  const rows = entries.flatMap(([id, { stability: found }]) => {
    if (found === undefined || found.stability === null) return [];
    const flips = Object.entries(found.flips).map(([tier, share]) => `${tier} ${shortPercent(share)}`);
    return [[id, whole(found.rows), flips.join(', '), found.confidenceRouting ? 'allowed' : 'refused']];
  });
  return tableOf(
    'The same question again',
    ['Task', 'Rows', 'Verdict flipped', 'Routing by confidence'],
    rows,
    'Where verdicts flip, the sureness of one answer says little of the next.',
  );
}

function margins(entries: readonly Entry[]): Markup | undefined {
  const rows = eachTier(
    entries,
    (task) => task.calibration,
    ({ n, errorBefore, errorAfter }) => [whole(n), shortPercent(errorBefore), shortPercent(errorAfter)],
  );
  return tableOf(
    'How sureness tells errors',
    ['', 'Answers', 'Off by, as told', 'Off by, calibrated'],
    rows,
    'Mean distance between the error that the token margin promises and the one that came.',
  );
}
