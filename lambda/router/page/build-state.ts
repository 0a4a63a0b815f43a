import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/core/durations';
import { mergedRollups, type Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import { type Finding, type Infrastructure, NO_STATE, type WatchInput } from '../../../lib/core/telemetry/watch/nouns';
import { tasksOf } from '../../../lib/core/telemetry/watch/task-view';
import { watch } from '../../../lib/core/telemetry/watch/watch';
import type { Attribution } from '../../../lib/core/types';
import type { Switch, TierState } from '../../../lib/core/types-live';
import type { Policy, Tier } from '../../../lib/core/types-policy';
import { beginningOf } from '../../shared/store/stretch';
import { isOpen } from '../prompt-log/days-to-keep';
import type { Figures, Stretch } from './figures';
import type { DecisionShown, OperatorState, PolicyShown, SavingShown, SwitchShown } from './page-state';
import { savingShown } from './readings';
import { seriesOf } from './series-of';
import { taskShown } from './task-shown';
import { tierShown } from './tier-shown';

/** What is known beside the figures. */
export interface Standing {
  readonly policy: Policy | null;
  readonly inForce: Pick<PolicyShown, 'source' | 'refused'>;
  /** When the policy became the active one; nothing older is held to its baselines. */
  readonly publishedAtMs: number;
  /** What the watch function found; absent where nobody watches, and then what can be found without its memory is. */
  readonly findings?: readonly Finding[] | undefined;
  /** When the first request came, where somebody knows. */
  readonly sinceMs?: number | undefined;
  readonly infrastructure: Infrastructure;
  readonly tierState: (tier: Tier) => TierState | undefined;
  readonly switches: readonly Switch[];
  readonly nowMs: number;
}

/** Everything that the page draws, of what was counted and what holds now. */
export function buildState(figures: Figures, standing: Standing): OperatorState {
  const { policy, nowMs } = standing;
  const { minutes, hours, days } = figures;
  const sums = { day: sumOf(hours), month: sumOf(days), today: days.at(-1)?.rollup ?? sumOf([]) };
  const input = policy === null ? undefined : watchInput(figures, sums, policy, standing);
  return {
    atMs: nowMs,
    policy: policyShown(standing),
    addedUpToMs: figures.addedUpToMs,
    live: figures.live,
    saving: savings(figures, sums, standing),
    series: { hour: seriesOf(minutes, 'minute'), day: seriesOf(hours, 'hour'), month: seriesOf(days, 'day') },
    tasks: input === undefined ? [] : taskIds(input).map((id) => taskShown(id, input)),
    tiers: Object.values(policy?.tiers ?? {}).map((tier) => tierShown(tier, sums.day, standing.tierState(tier))),
    switches: standing.switches.map(switchShown),
    findings: standing.findings ?? (input === undefined ? [] : watch(input).findings),
    decisions: figures.latest.map(decisionShown),
  };
}

interface Sums {
  readonly today: Rollup;
  readonly day: Rollup;
  readonly month: Rollup;
}

function sumOf(stretches: readonly Stretch[]): Rollup {
  return mergedRollups(stretches.map(({ rollup }) => rollup));
}

/**
 * What the watch function would be given now. It remembers what it saw before, and a page that looks does not: so signals
 * that need no memory are told in words, and escalation, which needs one, by each task's standing.
 */
function watchInput(figures: Figures, { day, month }: Sums, policy: Policy, standing: Standing): WatchInput {
  const { infrastructure, publishedAtMs, nowMs } = standing;
  const { minutes, days } = figures;
  return {
    policy,
    atMs: nowMs,
    windows: { fiveMinutes: sumOf(minutes.slice(-5)), hour: sumOf(minutes), day },
    month: { fromMs: firstDayMs(days) ?? nowMs, rollup: month },
    state: { ...NO_STATE, sinceMs: standing.sinceMs ?? beganMs(figures, nowMs) },
    infrastructure,
    publishedAtMs,
  };
}

function savings(figures: Figures, sums: Sums, standing: Standing): { today: SavingShown; month: SavingShown } {
  const { policy, infrastructure, nowMs } = standing;
  // To the minute, so that a page on which nothing happens is not sent anew for the hours alone.
  const atMs = nowMs - (nowMs % MINUTE_MS);
  const { days } = figures;
  const monthBeganMs = atMs - days.length * DAY_MS;
  const since = Math.max(standing.sinceMs ?? beganMs(figures, atMs), monthBeganMs);
  const hoursSince = (ms: number): number => Math.max(0, atMs - ms) / HOUR_MS;
  const today = { hours: hoursSince(Math.max(since, atMs - (atMs % DAY_MS))), atMs };
  return {
    today: savingShown(sums.today, policy, infrastructure, today),
    month: savingShown(sums.month, policy, infrastructure, { hours: hoursSince(since), atMs, measured: 'month' }),
  };
}

/** When the first requests came, as exactly as the figures tell: before, nothing was paid for. */
function beganMs({ minutes, hours, days }: Figures, nowMs: number): number {
  let began = firstDayMs(days) ?? nowMs;
  for (const [span, stretches] of [
    ['hour', hours],
    ['minute', minutes],
  ] as const) {
    const first = stretches.findIndex(({ rollup }) => rollup.total.requests > 0);
    const firstMs = first < 1 ? Number.NaN : beginningOf(span, stretches[first]?.from ?? '');
    // Of the stretch found so far; the first that is drawn may have had others before it.
    if (firstMs - began < (span === 'hour' ? DAY_MS : HOUR_MS)) began = firstMs;
  }
  return began;
}

function firstDayMs(days: readonly Stretch[]): number | undefined {
  const first = days.find(({ rollup }) => rollup.total.requests > 0);
  return first && beginningOf('day', first.from);
}

function policyShown({ policy, inForce, nowMs }: Standing): PolicyShown | null {
  if (policy === null) return null;
  const { id, version, frontier, attribution } = policy;
  const shown = Object.assign({ id, version, frontier }, inForce);
  const { prompts } = attribution;
  if (prompts === undefined || !isOpen(prompts, nowMs)) return shown;
  // Of the key not even the name.
  return Object.assign(shown, { prompts: { owner: prompts.owner, expires: prompts.expires } });
}

/** Those of the policy in its order, then those that it no longer has and that still have traffic. */
function taskIds(input: WatchInput): string[] {
  return [...new Set([...Object.keys(input.policy.tasks), ...tasksOf(input)])];
}

function switchShown(entry: Switch): SwitchShown {
  const { kind, reason, author, untilMs } = entry;
  const about =
    entry.kind === 'tier-disabled'
      ? { tier: entry.tier }
      : entry.kind === 'task-override'
        ? { tier: entry.tier, task: entry.task }
        : { task: entry.task, rungs: entry.rungs };
  return Object.assign({ kind, reason, author }, about, untilMs === undefined ? {} : { untilMs });
}

function decisionShown(record: Attribution): DecisionShown {
  const { requestId, time, task, tier, reason, status, decision, attempts, upRouted, escalated } = record;
  return {
    requestId,
    time,
    task,
    tier,
    reason,
    status,
    score: decision.score,
    attempts: attempts.length,
    up: upRouted === 1 ? 'decided' : escalated === 1 ? 'climbed' : 'no',
    costUsd: record.costUsd + record.routingCostUsd,
    frontierCostUsd: record.frontierCostUsd,
    latencyMs: record.latencyMs,
  };
}
