import { counted, percent, shortPercent, whole } from '../../../figures';
import { riskOf } from '../certify';
import { powerTable } from '../power-table';
import { html, type Markup } from './markup';
import type { ReportedProfile, ReportedTask } from './report-extras';
import { scrollTable } from './scroll-table';

type Entry = readonly [string, ReportedTask];

/** What may be relied on, what may not and why, and what it would take. */
export function certifiedSection({ tasks }: ReportedProfile): Markup {
  const entries = Object.entries(tasks);
  return html`<section aria-labelledby="certified">
<h2 id="certified">What is certified, and what is not</h2>
<p>A tier is certified when the exact upper bound of its failure rate, at the stated confidence, is within the task's risk. The chance that anything certified here fails more often is at most one less the confidence.</p>
${certifiedTable(entries)}
${refusedTable(entries)}
${power(entries)}
</section>`;
}

function certifiedTable(entries: readonly Entry[]): Markup {
  const rows = entries.flatMap(([id, { certified }]) => {
    if (!('tier' in certified)) return [];
    const { tier, risk, confidence, n, bound, threshold, accepted, note } = certified;
    const kept = accepted === undefined ? '' : `, which ${percent(accepted)} of its answers reach`;
    const which =
      threshold === undefined ? tier : `${tier}, from a margin of ${Number(threshold.toFixed(4))} on${kept}`;
    const rests = n === undefined ? '' : counted(n, 'row');
    const fails = bound === undefined ? '' : `at most ${shortPercent(Math.ceil(bound * 1000) / 1000)}`;
    return [[id, which, fails, `${shortPercent(risk)} at ${shortPercent(confidence)}`, rests, note ?? '']];
  });
  if (rows.length === 0)
    return html`<p><strong>Nothing is certified.</strong> Every task keeps the start of its policy.</p>`;
  return scrollTable('Certified', ['Task', 'Tier', 'Fails', 'Risk', 'Rests on', 'Note'], rows, 'tall');
}

function refusedTable(entries: readonly Entry[]): Markup {
  const rows = entries.flatMap(([id, { certified, tiers }]) => {
    const refused = 'refused' in certified ? certified : certified.cheaper;
    if (refused === undefined) return [];
    const had = Math.max(0, ...Object.values(tiers).map(({ n }) => n));
    const needed = refused.needed === null ? 'none practical' : whole(refused.needed);
    const task =
      'tier' in certified ? html`${id} <small>${certified.cheaper?.tier} instead of ${certified.tier}</small>` : id;
    return [[task, whole(had), needed, refused.refused]];
  });
  if (rows.length === 0) return html`<p>No certificate was refused.</p>`;
  return scrollTable('Not certified, and why', ['Task', 'Rows', 'Rows needed', 'Why'], rows, 'tall');
}

/** By what the tasks are held to, each once. */
function power(entries: readonly Entry[]): Markup | undefined {
  const aims = new Map<string, { readonly risk: number; readonly confidence: number; readonly tasks: string[] }>();
  for (const [id, task] of entries) {
    const aim = aimOf(task);
    if (aim === undefined) continue;
    const key = `${aim.risk} ${aim.confidence}`;
    const known = aims.get(key);
    if (known) known.tasks.push(id);
    else aims.set(key, { ...aim, tasks: [id] });
  }
  if (aims.size === 0) return undefined;
  const tables = [...aims.values()].map((aim) => ({ ...aim, power: powerTable(aim.risk, aim.confidence) }));
  const head = [
    'Risk',
    ...(tables[0]?.power ?? []).map((row) => `${shortPercent(row.trueFailureRate)} truly fail`),
    'Tasks',
  ];
  const rows = tables.map(({ risk, confidence, tasks, power: rowsOf }) => [
    `${shortPercent(risk)} at ${shortPercent(confidence)}`,
    ...rowsOf.map(({ rows: needed }) => (needed === null ? 'never' : whole(needed))),
    tasks.join(', '),
  ]);
  return scrollTable('Rows that certify with a chance of 80 %', head, rows, 'tall');
}

function aimOf({
  target,
  certified,
}: ReportedTask): { readonly risk: number; readonly confidence: number } | undefined {
  if (target !== undefined) return { risk: riskOf(target.passRate), confidence: target.confidence };
  return 'tier' in certified ? { risk: certified.risk, confidence: certified.confidence } : undefined;
}
