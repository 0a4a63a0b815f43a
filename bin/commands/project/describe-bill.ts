import type { Sums } from '../../../lib/core/analysis/project/bill';
import { PURPOSES } from '../../../lib/core/analysis/project/ledger';
import type { Projection } from '../../../lib/core/analysis/project/projection';
import { percent, whole } from '../../../lib/core/figures';
import { tokens, usd, usdEach } from './figures';
import { section } from './section';

const HEAD = ['answered', 'share', 'calls', 'tokens in', 'tokens out', 'USD a month'];

/** By tier, then what is no tier, then the sum. */
export function describeBill(projection: Projection): string {
  const { perTier, infrastructureUsd, hiddenCosts, monthlyUsd } = projection;
  const blank = ['', '', '', '', ''];
  return section('Bill', [
    ['tier', ...HEAD, ''],
    ...Object.entries(perTier).map(([id, tier]) => [
      id,
      ...cells(tier, tier.share),
      tier.idleUsd > 0 ? `${usd(tier.idleUsd)} of it idle` : '',
    ]),
    ['router', ...blank, usd(infrastructureUsd)],
    ...Object.entries(hiddenCosts).map(([name, cost]) => [name, ...blank, usd(cost), 'hidden cost']),
    ['together', ...blank, usd(monthlyUsd)],
  ]);
}

export function describeTasks({ perTask }: Projection): string {
  const rows = Object.entries(perTask).flatMap(([id, task]) => [
    [
      id,
      ...cells(task, task.share),
      usdEach(task.usdPerRequest),
      escalations(task.escalationShare, task.escalationUsd),
    ],
    ...Object.entries(task.tiers).map(([tier, sums]) => [
      `  ${tier}`,
      ...cells(sums, task.requests === 0 ? 0 : sums.requests / task.requests),
    ]),
  ]);
  return section('By task, GPUs at what their calls book', [['task', ...HEAD, 'a request', 'paid twice'], ...rows]);
}

function escalations(share: number, cost: number): string {
  return share === 0 ? '' : `${percent(share)}, ${usd(cost)}`;
}

/** What is paid for beside the answers that leave. */
export function describePurposes({ perPurpose, cachingUsd }: Projection): string {
  const rows = PURPOSES.flatMap((purpose) => {
    const { calls, usd: cost } = perPurpose[purpose];
    return cost === 0 && calls === 0 ? [] : [[purpose, whole(calls), usd(cost), MEANING[purpose]]];
  });
  const caching = cachingUsd > 0 ? [['caches', '', usd(-cachingUsd), 'saved already, with or without routing']] : [];
  return section('What it is paid for', [['', 'calls', 'USD a month', ''], ...rows, ...caching]);
}

const MEANING = {
  answer: 'calls whose answer leaves',
  escalation: 'answers that failed their check: the request pays again further up',
  retry: 'calls made again',
  classifier: 'choosing where a request begins',
  judge: 'checks that ask a model',
  control: 'answered a second time to verify savings',
  shadow: 'answered a second time to try a policy',
  idle: 'GPUs while nothing is asked of them',
} as const;

export function describeInfrastructure({ infrastructure, infrastructureUsd }: Projection): string {
  const rows = infrastructure.map(({ name, quantity, unit, rateUsd, usd: cost, fixed }) => [
    name,
    `${quantity.toLocaleString('en-US', { maximumFractionDigits: 2 })} x ${usdEach(rateUsd)}`,
    usd(cost),
    `per ${unit}${fixed ? ', whatever the traffic' : ''}`,
  ]);
  return section(`The router's own parts: ${usd(infrastructureUsd)}`, rows);
}

function cells(sums: Sums, share: number): string[] {
  return [
    whole(sums.requests),
    percent(share),
    whole(sums.calls),
    tokens(sums.inputTokens),
    tokens(sums.outputTokens),
    usd(sums.usd),
  ];
}
