import { counted, percent, usd, whole } from '../../../figures';
import type { Projection } from '../../project/projection';
import { certifiesWhole } from '../certify';
import { html, type Markup, type Part } from './markup';
import type { ReportExtras, ReportedProfile, ReportedTask } from './report-extras';
import { scrollTable } from './scroll-table';

/** What to do, first. */
export function verdictSection(profile: ReportedProfile, extras: ReportExtras): Markup {
  const tasks = Object.entries(profile.tasks);
  return html`<section class="verdict" aria-labelledby="verdict">
<h2 id="verdict">${headline(tasks)}</h2>
<p class="lead">${saving(extras)}</p>
${facts(profile, extras)}
${scrollTable(
  'What to do with each task',
  ['Task', 'Do', 'Served by', 'Why'],
  tasks.map(([id, task]) => [html`<a href="#task-${id}">${id}</a>`, advice(task), servedBy(task), task.worth.why]),
  'tall',
)}
<p><small>The profiled policy begins a certified task at its certified tier, or above it where a strategy says so; below it only by a rule, of which a note tells. The other tasks it leaves as they were. What is better used alone is for you to decide.</small></p>
</section>`;
}

type Entry = readonly [string, ReportedTask];

/** Route, or do not, and what instead. */
export function headline(tasks: readonly Entry[]): string {
  const known = tasks.filter(([, { worth }]) => worth.recommendation !== 'not-enough-rows');
  const routed = known.filter(([, { worth }]) => worth.recommendation === 'route');
  if (tasks.length === 0) return 'Nothing was profiled';
  if (known.length === 0) return 'Not enough rows to say whether to route';
  if (routed.length === tasks.length) return tasks.length === 1 ? 'Route' : `Route all ${tasks.length} tasks`;
  if (routed.length > 0) return `Route ${routed.length} of ${counted(tasks.length, 'task')}`;
  const singles = [...new Set(known.map(([, { worth }]) => worth.bestSingle))];
  const rest = known.length < tasks.length ? ` for ${known.length} of ${counted(tasks.length, 'task')}` : '';
  if (singles.length === 1) return `Do not route, use ${singles[0]}${rest}`;
  return `Do not route: one tier for each task does${rest}`;
}

function saving({ projection, exampleVolume }: ReportExtras): Part {
  if (projection === undefined) {
    return html`No bill was projected with this profile: <code>tierwise project --profile profile.json --volume N</code> says what a month would cost and save.`;
  }
  const { monthlyUsd, saving: saved, volume, frontier } = projection;
  const example = exampleVolume ? ' (an example: nobody has said how many there will be)' : '';
  const against =
    saved.usd >= 0
      ? html`<strong>${usd(saved.usd)} (${percent(saved.share)}) less</strong> than`
      : html`<strong>${usd(-saved.usd)} more</strong> than`;
  return html`Projected for ${counted(volume, 'request')} a month${example}: ${usd(monthlyUsd)}, ${against} everything on ${frontier}. ${advised(projection)}`;
}

function advised({ feasible, recommendation }: Projection): Markup {
  return feasible
    ? html`For the whole bill the projection recommends <strong>${recommendation}</strong>.`
    : html`Nothing can be done as given; <strong>${recommendation}</strong> comes nearest.`;
}

function facts(profile: ReportedProfile, { madeAt, spentUsd, projection }: ReportExtras): Markup {
  const tasks = Object.values(profile.tasks);
  const certified = tasks.filter((task) => 'tier' in task.certified).length;
  const shown: readonly (readonly [string, string])[] = [
    ['Certified', `${certified} of ${counted(tasks.length, 'task')}`],
    ['Measured on', `${counted(profile.corpus.n, 'row')}, ${counted(Object.keys(profile.tiers).length, 'tier')}`],
    ...(projection ? [['Projected saving', `${usd(projection.saving.usd)} a month`] as const] : []),
    ...(projection ? [['Building it pays back', payBack(projection.payBackMonths)] as const] : []),
    ...(spentUsd === undefined ? [] : [['Profiling cost', usd(spentUsd)] as const]),
    ...(madeAt === undefined ? [] : [['Profiled', `${madeAt.slice(0, 16).replace('T', ' ')} UTC`] as const]),
  ];
  return html`<dl class="facts">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function payBack(months: number | null): string {
  return months === null ? 'never' : `after ${months < 10 ? months.toFixed(1) : whole(months)} months`;
}

const ADVICE = {
  route: ['route', 'route'],
  'single-tier': ['single', 'do not route'],
  'not-enough-rows': ['unknown', 'too few rows'],
} as const;

export function advice({ worth }: ReportedTask): Markup {
  const [kind, text] = ADVICE[worth.recommendation];
  return html`<span class="badge ${kind}">${text}</span>`;
}

/** The tier to use alone, or those that answer a routed task. */
function servedBy({ certified, worth, baseline }: ReportedTask): Part {
  if (worth.recommendation === 'single-tier') {
    const isCertified = certifiesWhole(certified, worth.bestSingle);
    return html`${worth.bestSingle} <small>alone, ${isCertified ? 'certified' : 'not certified'}</small>`;
  }
  const shares = Object.entries(baseline.mix ?? {}).filter(([, share]) => share > 0);
  const mix = shares.map(([tier, share]) => `${tier} ${percent(share, 0)}`).join(', ');
  return html`${mix} <small>${'tier' in certified ? `certified: ${certified.tier}` : 'nothing certified'}</small>`;
}
