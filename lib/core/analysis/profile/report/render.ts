import { apartSection } from './apart-section';
import { billSection } from './bill-section';
import { certifiedSection } from './certified-section';
import { html, type Markup } from './markup';
import { standalonePage } from './page';
import { passRatesSection } from './pass-rates-section';
import type { ReportExtras, ReportedProfile } from './report-extras';
import { REPORT_STYLE } from './style';
import { tasksSection } from './task-section';
import { verdictSection } from './verdict-section';

/** A profile as one page for somebody who decides: the verdict first, what it rests on after it. Asks for nothing outside. */
export function renderProfileReport(given: ReportedProfile, extras: ReportExtras = {}): string {
  const profile = withExtras(given, extras);
  const { id, version } = profile.policy;
  return standalonePage({
    title: `Profile of ${id}`,
    style: REPORT_STYLE,
    body: html`<a class="skip" href="#verdict">To the verdict</a>
<div class="page">
<header>
<h1>Profile of ${id}, version ${version}</h1>
${contents(extras)}
</header>
<main>
${simulation(extras)}
${verdictSection(profile, extras)}
${notes(extras)}
${certifiedSection(profile)}
${passRatesSection(profile)}
${tasksSection(profile)}
${extras.projection && billSection(extras.projection)}
${apartSection(profile)}
</main>
</div>`,
  });
}

function withExtras(profile: ReportedProfile, { tasks = {} }: ReportExtras): ReportedProfile {
  const merged = Object.entries(profile.tasks).map(([id, task]) => [id, { ...task, ...tasks[id] }] as const);
  return { ...profile, tasks: Object.fromEntries(merged) };
}

function contents({ projection }: ReportExtras): Markup {
  const sections: readonly (readonly [string, string])[] = [
    ['certified', 'Certified'],
    ['pass-rates', 'Pass rates'],
    ['tasks', 'Cost against quality'],
    ...(projection ? [['bill', 'Bill'] as const] : []),
  ];
  const links = sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`);
  return html`<nav aria-label="Sections"><ul>${links}</ul></nav>`;
}

/** Said before anything else: it changes what everything else means. */
function simulation({ simulated = [] }: ReportExtras): Markup | undefined {
  if (simulated.length === 0) return undefined;
  return html`<p class="note" role="note">Simulated models answered: for ${simulated.join(', ')} by their own account, and perhaps for other tiers, as not every host can say so. The figures show the method, and nothing about real models.</p>`;
}

function notes({ notes: said = [] }: ReportExtras): Markup | undefined {
  if (said.length === 0) return undefined;
  return html`<section aria-labelledby="notes"><h2 id="notes">To bear in mind</h2><ul>${said.map((note) => html`<li>${note}</li>`)}</ul></section>`;
}
