import type { Report } from '../../../lib/core/analysis/report/report';
import { percent } from '../../../lib/core/figures';
import { bar, money, type Style } from './figures';
import { grid } from './grid';

/** What routing saved, and everything that was subtracted. A loss is shown as one. */
export function describeSaving({ total }: Report, { bars }: Style): string {
  const { saving } = total;
  const { frontierUsd, netUsd } = saving;
  const parts = [
    ['all on the frontier', frontierUsd],
    ['less answers', -saving.tiersUsd],
    ['less calls that failed', -saving.failedAttemptsUsd],
    ['less routing: classifier, judge, samples, control', -saving.routingUsd],
    ['less idle GPUs', -saving.gpuIdleUsd],
    ["less the router's own parts", -saving.ownUsd],
    ['net', netUsd],
  ] as const;
  const most = Math.max(...parts.map(([, usd]) => Math.abs(usd)));
  const title = grid(titleOf(frontierUsd, netUsd), parts, [
    { heading: '', cell: ([name]) => name },
    { heading: '', cell: ([, usd]) => money(usd), isNumber: true },
    { heading: '', cell: ([, usd]) => (bars && most > 0 ? bar(Math.abs(usd) / most) : '') },
  ]);
  // The headings are empty.
  return [...title.split('\n').filter((line) => line.trim() !== ''), ...asides(total)].join('\n');
}

function titleOf(frontierUsd: number, netUsd: number): string {
  const of = frontierUsd > 0 ? `, ${percent(Math.abs(netUsd) / frontierUsd)} of the frontier's cost` : '';
  return netUsd < 0 ? `Routing costs ${money(-netUsd)} more than it saves${of}` : `Net saving ${money(netUsd)}${of}`;
}

function asides({ saving, quality }: Report['total']): string[] {
  const { verifiedUsd, cachedUsd, downstreamUsd } = saving;
  return [
    ...(quality.control === null
      ? []
      : [`  verified: ${money(verifiedUsd)} on the ${quality.control.n} requests that two tiers answered`]),
    ...(cachedUsd === 0 ? [] : [`  beside it: ${money(cachedUsd)} by kept answers and stripped context`]),
    ...(downstreamUsd === 0
      ? []
      : [`  beside it: wrong answers cost ${money(downstreamUsd)} further down, by feedback`]),
  ];
}
