/** The look of a page that stands alone: dark and light, from a telephone's width on, and on paper. */

const COLOURS = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1c2126; --soft: #5b6570; --line: #dcdad3; --grid: #e9e7e1;
  --accent: #1f5fae; --good: #1b7a4b; --fair: #875200; --poor: #b3372f;
  --good-wash: #e2f2e8; --fair-wash: #f8ecd3; --poor-wash: #f9e3e0; --soft-wash: #eceae4;
  --ink-0: #1f77b4; --ink-1: #a65a06; --ink-2: #7a4fb5; --ink-3: #12806f; --ink-4: #b03a78; --rest: #7d8791;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1c2024; --ink: #e8e9ea; --soft: #a3acb5; --line: #353b41; --grid: #2a2f34;
    --accent: #7fb3f0; --good: #6cc795; --fair: #e0b057; --poor: #f08c83;
    --good-wash: #1b3427; --fair-wash: #3a2f17; --poor-wash: #3f2321; --soft-wash: #2a2f34;
    --ink-0: #63b1ea; --ink-1: #eba550; --ink-2: #b795ec; --ink-3: #55c4b0; --ink-4: #ea86b6; --rest: #97a1aa;
  }
}`;

const PAGE = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.page { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.05rem; font-weight: 600; color: var(--soft); margin: 0 0 4px; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 48px 0 8px; }
h3 { font-size: 1.1rem; margin: 0 0 4px; }
p { margin: 0 0 12px; max-width: 76ch; }
a { color: var(--accent); }
small { color: var(--soft); font-size: .8rem; }
code { font-size: .88em; background: var(--soft-wash); border-radius: 4px; padding: 1px 5px; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 16px; top: 8px; background: var(--card); padding: 8px 12px; z-index: 1; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 4px 0 0; font-size: .92rem; }
.verdict, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 20px; }
.verdict { margin-top: 20px; border-top: 4px solid var(--accent); }
.verdict h2 { margin: 0 0 6px; font-size: 1.9rem; }
.card { margin: 16px 0; }
.lead { font-size: 1.06rem; }
.note { margin: 16px 0 0; border-left: 4px solid var(--fair); background: var(--fair-wash); padding: 10px 14px; border-radius: 0 6px 6px 0; max-width: none; }
.pair { display: grid; grid-template-columns: 1fr; gap: 20px 28px; align-items: start; }
.pair > * { min-width: 0; }
@media (min-width: 880px) { .pair { grid-template-columns: 1fr 1fr; } }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 12px 24px; margin: 16px 0; }
.facts.small { grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); font-size: .92rem; margin-bottom: 0; }
dt { color: var(--soft); font-size: .82rem; }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.facts.small dd { font-weight: 400; }
.facts.small + p { margin-top: 12px; }`;

const TABLES = `
.scroll { overflow-x: auto; margin: 8px 0 16px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 6px 0; }
th, td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); }
tr > :last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 500; font-size: .82rem; vertical-align: bottom; }
tbody th { font-weight: 500; overflow-wrap: break-word; }
@media (max-width: 640px) {
  table { font-size: .88rem; }
  th, td { padding-right: 7px; }
  .tall thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .tall, .tall tbody, .tall tr, .tall th, .tall td, .tall caption { display: block; }
  .tall tr { border-bottom: 1px solid var(--line); padding: 8px 0; }
  .tall tbody th, .tall td { border: 0; padding: 1px 0; }
  .tall td:not(:empty)::before { content: attr(data-name) " "; color: var(--soft); font-size: .82rem; margin-right: 4px; }
  .tall td small { display: inline; }
}
td small { display: block; }
.rates td, .rates tbody th { vertical-align: middle; }
.rates td:nth-child(2) { width: 52%; min-width: 110px; }
.bars td, .bars tbody th { vertical-align: middle; }
.bars td:nth-child(2) { width: 62%; min-width: 110px; }
.badge { display: inline-block; padding: 1px 8px; border-radius: 99px; font-size: .8rem; font-weight: 600; white-space: nowrap; color: var(--soft); background: var(--soft-wash); }
.badge.route { color: var(--good); background: var(--good-wash); }
.badge.monitor, .badge.single { color: var(--fair); background: var(--fair-wash); }
.badge.escalate { color: var(--poor); background: var(--poor-wash); }
h3 .badge { vertical-align: 2px; margin-left: 6px; }`;

/** Inks of the ladder's tiers, of policies and of verdicts, as marks, lines and bars. */
const INKS = [
  ...[0, 1, 2, 3, 4].map((place) => [`ink-${place}`, `--ink-${place}`] as const),
  ['routed', '--ink'] as const,
  ['random', '--soft'] as const,
  ['oracle', '--soft'] as const,
  ['route', '--good'] as const,
  ['monitor', '--fair'] as const,
  ['escalate', '--poor'] as const,
]
  .map(
    ([name, colour]) =>
      `.mark.${name} { fill: var(${colour}); } .whisker.${name} { stroke: var(${colour}); } .part.${name} { fill: var(${colour}); } .sign.${name} { color: var(${colour}); }`,
  )
  .join('\n');

const CHARTS = `
figure { margin: 0; }
svg { display: block; overflow: visible; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--ink); }
svg text.tick, svg text.axis { fill: var(--soft); font-size: 11px; }
svg text.label { font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
.grid { stroke: var(--grid); }
.bound { stroke: var(--line); }
.target { stroke: var(--accent); stroke-dasharray: 3 3; }
.front { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 4; opacity: .65; }
.whisker { stroke-width: 2; opacity: .7; }
.ring { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.place { overflow: visible; }
.mark { stroke: var(--card); stroke-width: 1; }
.part { stroke: var(--card); stroke-width: 1; }
.part.rest { fill: var(--rest); } .part.hidden { fill: var(--soft); }
${INKS}
.mark.random { fill: none; stroke: var(--soft); stroke-width: 2.5; }
.sign.front { letter-spacing: 2px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 0; margin: 6px 0 0; font-size: .85rem; color: var(--soft); }`;

const PAPER = `
@media print {
  :root { --paper: #fff; --card: #fff; }
  body { font-size: 11pt; }
  .page { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  .scroll { overflow: visible; }
  .card, tr, figure { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .part, .badge { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}`;

export const PAGE_STYLE = [COLOURS, PAGE, TABLES].join('\n');
export const REPORT_STYLE = [PAGE_STYLE, CHARTS, PAPER].join('\n');
