import type { Projection } from '../../../lib/core/analysis/project/projection';
import { percent, whole } from '../../../lib/core/figures';
import { usd } from './figures';
import { section } from './section';

export function describeGpus({ gpu }: Projection): string {
  const rows = Object.entries(gpu.perTier).map(([tier, fleet]) => [
    tier,
    `${Math.min(...fleet.replicasByHour)} to ${fleet.peakReplicas}`,
    whole(fleet.hours),
    percent(fleet.idleShare),
    usd(fleet.usd),
    usd(fleet.idleUsd),
    usd(fleet.usdPerMillion),
    whole(fleet.tokensPerSecond),
    fleet.breakEvenTokensPerSecond === null ? '-' : whole(fleet.breakEvenTokensPerSecond),
  ]);
  if (rows.length === 0) return '';
  const head = ['tier', 'replicas', 'hours', 'idle', 'USD', 'idle USD', 'a million tokens', 'tokens/s', 'break-even'];
  return section(`GPUs: ${whole(gpu.hours)} hours, ${percent(gpu.idleShare)} of them idle`, [head, ...rows]);
}

export function describeSelfHosting({ selfHosting }: Projection): string {
  if (selfHosting === null) return '';
  const { tier, usdPerMillion, tokensPerSecond, instances } = selfHosting;
  const rows = instances.map(({ instance, monthUsd, breakEvenTokensPerSecond }) => [
    instance,
    `${usd(monthUsd)} a month`,
    `from ${whole(breakEvenTokensPerSecond)} tokens/s round the clock`,
  ]);
  return section(
    `When a GPU is cheaper than ${tier} (${usd(usdPerMillion)} a million tokens); all traffic is ${whole(tokensPerSecond)} tokens/s`,
    rows,
  );
}
