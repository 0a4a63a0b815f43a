import type { PassRate } from '../../lib/core/analysis/profile/profile-document';
import { bounds } from '../../lib/core/analysis/profile/report/bounds';
import type { FullProfile, ProfiledTask } from '../../lib/core/analysis/profile/run/assemble-profile';
import { counted, percent, shortPercent, usd, whole } from '../../lib/core/figures';
import { table } from '../commands/command';

/** What was found, for a person at a terminal: rates, certificates, recommendations. */
export function describeProfile({ tasks }: FullProfile): string {
  const rows = Object.entries(tasks).flatMap(([id, task]) => taskRows(id, task));
  const header = ['task', 'tier', 'n', 'pass rate', 'interval', 'verdict', 'a call'];
  const findings = Object.entries(tasks).map(([id, task]) => finding(id, task));
  return [table([header, ...rows]), ...findings].join('\n\n');
}

function taskRows(id: string, { tiers, meanCostUsd = {} }: ProfiledTask): string[][] {
  const entries = Object.entries(tiers);
  if (entries.length === 0) return [[id, '-', '0', '-', '-', 'no verdict']];
  return entries.map(([tier, rate], index) => [
    index === 0 ? id : '',
    tier,
    ...rateCells(rate),
    price(meanCostUsd[tier]),
  ]);
}

function rateCells({ n, passRate, low, high, verdict }: PassRate): string[] {
  return [String(n), percent(passRate), bounds(low, high, ' '), verdict];
}

function price(meanUsd: number | null | undefined): string {
  return meanUsd === undefined || meanUsd === null ? '-' : usd(meanUsd);
}

function finding(id: string, task: ProfiledTask): string {
  const { certified, worth } = task;
  const lines = [`${id}: ${certificate(task)}`];
  if ('tier' in certified && certified.cheaper)
    lines.push(`  cheaper, but refused${neededText(certified.cheaper)}: ${certified.cheaper.refused}`);
  const below = belowCertified(task);
  if (below > 0) lines.push(`  but rules of the policy begin ${percent(below)} of its requests below that tier`);
  lines.push(`  ${worth.recommendation}: ${worth.why}`);
  for (const [tier, { n, byCause }] of Object.entries(task.failedCalls ?? {})) {
    const causes = Object.entries(byCause).map(([cause, count]) => `${cause} ${count}`);
    lines.push(`  ${tier}: ${counted(n, 'call')} failed, counted apart (${causes.join(', ')})`);
  }
  for (const [tier, count] of Object.entries(task.pending ?? {}))
    lines.push(`  ${tier}: ${count} ${count === 1 ? 'answer waits' : 'answers wait'} for a verdict`);
  for (const [tier, reasons] of Object.entries(task.exclusions ?? {})) {
    const words = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`);
    lines.push(`  ${tier}: rows kept from it by guards (${words.join(', ')})`);
  }
  return [...lines, ...adversarialLines(task)].join('\n');
}

/** Share of the requests that the profiled policy begins where nothing was certified. */
function belowCertified({ certified, ladder, routing }: ProfiledTask): number {
  if ('refused' in certified) return 0;
  const below = ladder.slice(0, ladder.indexOf(certified.tier));
  const rules = new Set(routing.choosing?.rules?.map(({ tier }) => tier));
  return below.reduce((sum, tier) => sum + (rules.has(tier) ? (routing.profiled?.begins[tier] ?? 0) : 0), 0);
}

/** They are not drawn from the traffic: neither what they pass nor what they cost is among the other figures. */
function adversarialLines({ adversarial = {}, adversarialCalls = {} }: ProfiledTask): string[] {
  return Object.entries(adversarialCalls).map(([tier, call]) => {
    const rate = adversarial[tier];
    const passed = rate === undefined ? 'no verdict' : `${rate.passes} of ${rate.n} pass`;
    const tokens = `${whole(call.inputTokens)} tokens in, ${whole(call.outputTokens)} out`;
    const pace = `p50 ${whole(call.latencyMs.p50)} ms, p95 ${whole(call.latencyMs.p95)} ms`;
    return `  ${tier}: adversarial rows apart, ${passed}; ${price(call.meanCostUsd)} a call, ${tokens}, ${pace}`;
  });
}

function certificate({ certified }: ProfiledTask): string {
  if ('refused' in certified) return `refused${neededText(certified)}: ${certified.refused}`;
  const { tier, risk, confidence, threshold, note } = certified;
  const from = threshold === undefined ? '' : `, of answers with a token margin from ${threshold}`;
  const but = note === undefined ? '' : `; ${note}`;
  return `certified: ${tier} fails at most ${shortPercent(risk)} at ${shortPercent(confidence)}${from}${but}`;
}

function neededText({ needed }: { readonly needed: number | null }): string {
  return needed === null ? '' : ` (${needed} rows needed)`;
}
