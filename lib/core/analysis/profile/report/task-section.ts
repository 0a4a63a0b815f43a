import { percent, usd, whole } from '../../../figures';
import type { BreakEven } from '../worth';
import { bounds } from './bounds';
import { costQualityChart, inkOf } from './cost-quality-chart';
import { html, type Markup, type Part } from './markup';
import type { ReportedProfile, ReportedTask } from './report-extras';
import { scrollTable } from './scroll-table';
import { sentence } from './sentence';
import { isPlaced, paretoFront, type TaskPoint, taskPoints } from './task-points';
import { advice } from './verdict-section';

/** Cost against quality of each task, and whether routing it is worth it. */
export function tasksSection(profile: ReportedProfile): Markup {
  return html`<section aria-labelledby="tasks">
<h2 id="tasks">Cost against quality, and whether routing is worth it</h2>
<p>Each point is one way to serve a task. The dashed line joins the ways that nothing cheaper is as good as: to route pays only where the routed policy is one of them. <em>Random mix</em> sends as many requests to each tier as the routed policy does, by lot; <em>oracle</em> knows beforehand which tier will pass. Lines through points are 95 % intervals. All ways to serve a task are held against each other on the same rows: those that are not adversarial and have a verdict of every tier.</p>
${Object.entries(profile.tasks).map(([id, task]) => taskCard(profile, id, task))}
</section>`;
}

function taskCard(profile: ReportedProfile, id: string, task: ReportedTask): Markup {
  const points = taskPoints(profile, task);
  const placed = points.filter(isPlaced);
  return html`<article class="card" id="task-${id}" aria-labelledby="title-${id}">
<h3 id="title-${id}">${id} ${advice(task)}</h3>
<p>${sentence(task.worth.why)}${task.owner !== undefined && html` <small>Owner: ${task.owner}.</small>`}</p>
<div class="pair">
${placed.length > 0 && html`<figure>${costQualityChart(id, placed)}<figcaption>${legend(placed)}</figcaption></figure>`}
${points.length > 0 && pointTable(id, points)}
</div>
${worthList(task)}
</article>`;
}

const KINDS = { tier: 'a tier alone', routed: 'routed', random: 'random mix', oracle: 'oracle' } as const;
const SIGNS = { tier: '●', routed: '◆', random: '✕', oracle: '★' } as const;

function legend(points: readonly TaskPoint[]): Markup {
  const kinds = [...new Set(points.map(({ kind }) => kind))];
  const ringed = points.some(({ also }) => also.includes('best single'));
  const signs = kinds.map(
    (kind) => html`<li><span class="sign ${kind}" aria-hidden="true">${SIGNS[kind]}</span> ${KINDS[kind]}</li>`,
  );
  return html`<ul class="legend">${signs}${ringed && html`<li><span class="sign" aria-hidden="true">◎</span> best single tier</li>`}<li><span class="sign front" aria-hidden="true">―</span> nothing cheaper is as good</li></ul>`;
}

function pointTable(id: string, points: readonly TaskPoint[]): Markup {
  const onFront = new Set<TaskPoint>(paretoFront(points));
  const rows = points.map((point) => [
    html`<span class="sign ${inkOf(point)}" aria-hidden="true">${SIGNS[point.kind]}</span> ${point.name}${point.also.length > 0 && html` <small>${point.also.join(', ')}</small>`}`,
    html`${percent(point.quality)} <small>${bounds(point.interval.quality.low, point.interval.quality.high)}</small>`,
    point.costUsd === null
      ? '-'
      : html`${usd(point.costUsd)}${point.interval.costUsd !== null && html` <small>${usd(point.interval.costUsd.low)} to ${usd(point.interval.costUsd.high)}</small>`}`,
    point.costUsd === null
      ? '-'
      : onFront.has(point)
        ? 'yes'
        : point.kind === 'tier' || point.kind === 'routed'
          ? 'no'
          : '',
  ]);
  return scrollTable(`${id}: ways to serve it`, ['', 'Passes', 'A request', 'On the front'], rows);
}

/** What the recommendation was judged by. */
function worthList({ worth }: ReportedTask): Markup {
  const { cascade, classifier, breakEven } = worth;
  const rows: readonly (readonly [string, Part])[] = [
    ['Alike on every tier', `${percent(worth.bimodality)} of the rows: no router can decide those better`],
    ['Borderline', `${percent(worth.borderline)} of the rows, on which the tiers differ`],
    [
      'Stable',
      worth.stability === null
        ? 'not measured: no row was asked twice'
        : `${percent(worth.stability)} of the repeated rows never flipped`,
    ],
    ['Best single tier', worth.bestSingle],
    ...(cascade
      ? [
          [
            'Cheap try first',
            `${cascade.pays ? 'pays' : 'does not pay'}: ${percent(cascade.escalation)} goes up, and it pays below ${percent(cascade.mostEscalation)}`,
          ] as const,
        ]
      : []),
    ...(classifier && classifier.classifierUsd > 0
      ? [
          [
            'Choosing the tier',
            `${usd(classifier.classifierUsd)} a request against ${usd(classifier.savingUsd)} saved: ${classifier.pays ? 'pays' : 'does not pay'}`,
          ] as const,
        ]
      : []),
  ];
  return html`<dl class="facts small">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${breakEven && html`<p><small>Break-even, by cost alone: ${breakEvenText(breakEven)}.</small></p>`}`;
}

function breakEvenText({ requests, fixedMonthlyUsd, requestUsd, rules }: BreakEven): string {
  const own = `${usd(requestUsd)} a request and, by its part of the traffic, ${usd(fixedMonthlyUsd)} a month`;
  const computed =
    requests === null
      ? `at no volume, since what is saved against the best single tier does not cover the router's own bill (${own})`
      : `from ${whole(requests)} requests of the task a month on, as what is saved covers the router's own bill (${own})`;
  const said = rules.map(({ rule, requests: about }) =>
    rule.includes('token') ? `${rule} (${about.map(whole).join(' to ')} requests here)` : rule,
  );
  return said.length === 0 ? computed : `${computed}; rules of thumb say ${said.join(', ')}`;
}
