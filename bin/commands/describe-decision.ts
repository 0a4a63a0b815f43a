import { usd } from '../../lib/core/figures';
import type { Decision } from '../../lib/core/types';
import { table } from './command';

/** A decision as a person reads it: what happens, what it rests on, and who was left out. `policy` is its name. */
export function describeDecision(decision: Decision, policy: string | undefined): string {
  const lead = `${headline(decision)}${raised(decision)}`;
  return [lead, facts(decision, policy), excluded(decision), estimates(decision), dimensions(decision)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headline(decision: Decision): string {
  if (decision.tier === null) return `Refused: ${decision.refusal.message} (${decision.refusal.code})`;
  const [, ...others] = decision.ladder;
  return others.length === 0
    ? `Tier ${decision.tier} (${decision.reason}), and no other.`
    : `Tier ${decision.tier} (${decision.reason}), then ${others.join(', ')}.`;
}

function raised(decision: Decision): string {
  if (decision.tier === null || decision.raised === undefined) return '';
  return `\nTask ${decision.task} is raised: ${decision.raised}.`;
}

function facts({ task, route, score, expected, policy: version }: Decision, policy: string | undefined): string {
  const { inputTokens, outputTokens, costUsd } = expected;
  return table([
    ['  task', task],
    ['  route', route],
    ['  score', `${score} of 100`],
    ['  expected', `${inputTokens} tokens in, ${outputTokens} out, ${usd(costUsd)}`],
    ['  policy', policy === undefined ? `version ${version}` : `${policy}, version ${version}`],
  ]);
}

function excluded({ excluded: tiers }: Decision): string {
  if (tiers.length === 0) return '';
  return `Excluded\n${table(tiers.map(({ tier, reason, detail }) => [`  ${tier}`, reason, detail]))}`;
}

function estimates({ pass }: Decision): string {
  const rows = Object.entries(pass).map(([tier, { p, low, source }]) => [
    `  ${tier}`,
    `${p}`,
    `at least ${low}`,
    source,
  ]);
  return rows.length === 0 ? '' : `Probability to pass\n${table(rows)}`;
}

function dimensions({ dimensions: all }: Decision): string {
  const rows = Object.entries(all)
    .filter(([, value]) => value > 0)
    .sort(([, left], [, right]) => right - left)
    .map(([name, value]) => [`  ${name}`, value.toFixed(1).padStart(4)]);
  return rows.length === 0 ? '' : `Dimensions, 0 to 10; those not listed are 0\n${table(rows)}`;
}
