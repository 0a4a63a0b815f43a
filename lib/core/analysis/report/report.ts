import { HOUR_MS } from '../../durations';
import { ownValue } from '../../telemetry/own-value';
import type { ReportDimension, Rollup } from '../../telemetry/rollup/rollup';
import { NO_SUMS, type Sums } from '../../telemetry/rollup/sums';
import { gpuIdleUsd } from '../../telemetry/watch/gpu-idle';
import { type NetSaving, netSaving, partSaving } from '../../telemetry/watch/net-saving';
import type { GpuHours, OwnPrices } from '../../telemetry/watch/nouns';
import type { Policy } from '../../types-policy';
import { type BudgetPace, type ShownBudgets, shownBudgets } from './budget-pace';
import { type Figures, figuresOf } from './figures';
import { type Margin, marginsOf } from './margins';
import { type ServedMix, servedMixes } from './served-mix';
import { type MonthlyUsdPerTier, type TierBill, tierBills } from './tier-bills';

export interface ReportRow extends Figures {
  /** `-` stands for requests that name none. */
  readonly name: string;
}

export interface ReportPeriod {
  /** ISO 8601, UTC. Begins with the first request where that came later than what was asked for. */
  readonly from: string;
  readonly until: string;
  readonly hours: number;
}

/** What routing did and what it cost, over a period and split one way. What `tierwise report --json` prints. */
export interface Report {
  readonly schema: 1;
  readonly period: ReportPeriod;
  readonly policy: { readonly id: string; readonly version: string } | null;
  readonly total: Figures;
  readonly by: ReportDimension;
  /** The dearest first. */
  readonly rows: readonly ReportRow[];
  /** By `task`, each as a whole; by `user-tier`, its user tiers too; else empty. */
  readonly mix: readonly ServedMix[];
  /** By `tier`, where there is a projection; else null. */
  readonly bill: readonly TierBill[] | null;
  /** Those that go with the split, and of the others whichever are ahead of their pace or exhausted. */
  readonly budgets: ShownBudgets['budgets'];
  /** How many more there are, by scope. */
  readonly moreBudgets: ShownBudgets['moreBudgets'];
  /** Where revenues are given; else null. */
  readonly margins: readonly Margin[] | null;
  /** What a reader of the figures has to know. */
  readonly notes: readonly string[];
}

export interface ReportInput {
  readonly rollup: Rollup;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly by: ReportDimension;
  readonly policy?: Policy | undefined;
  /** What the router's own parts cost; absent: not known, and not subtracted. */
  readonly own?: OwnPrices | undefined;
  readonly gpuHours?: GpuHours | undefined;
  /** Takes the place of `policy.projection.perTier`. */
  readonly projectedPerTier?: MonthlyUsdPerTier | undefined;
  /** USD a month by customer. */
  readonly revenue?: ReadonlyMap<string, number> | undefined;
  /** All of them. */
  readonly budgets?: readonly BudgetPace[];
  readonly notes?: readonly string[];
}

const NOTHING_OWN: OwnPrices = { perRequestUsd: 0, perSecondUsd: 0, perHourUsd: 0 };
const NO_POLICY = { tiers: {} } as Policy;

export function buildReport(input: ReportInput): Report {
  const { rollup, by, policy, fromMs, untilMs, revenue } = input;
  const { budgets, moreBudgets } = shownBudgets(input.budgets ?? [], by);
  const hours = (untilMs - fromMs) / HOUR_MS;
  const saving = netSaving(rollup, policy ?? NO_POLICY, input.own ?? NOTHING_OWN, stretchOf(input));
  return {
    schema: 1,
    period: { from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString(), hours },
    policy: policy === undefined ? null : { id: policy.id, version: policy.version },
    total: figuresOf(rollup.total, rollup.total, { saving }),
    by,
    rows: rowsOf(input),
    mix: by === 'task' || by === 'user-tier' ? servedMixes(rollup, policy, by === 'user-tier') : [],
    bill: billOf(input),
    budgets,
    moreBudgets,
    margins: revenue === undefined ? null : marginsOf(rollup.by.customer, revenue, hours),
    notes: [...(input.notes ?? []), ...notesOf(input, saving)],
  };
}

function stretchOf({ fromMs, untilMs, gpuHours }: ReportInput) {
  return { hours: (untilMs - fromMs) / HOUR_MS, atMs: untilMs, gpuHours };
}

function rowsOf(input: ReportInput): ReportRow[] {
  const { rollup, by, policy } = input;
  const idle = by === 'tier' ? gpuIdleUsd(rollup, policy ?? NO_POLICY, stretchOf(input)) : {};
  const cells = new Map<string, Sums>(Object.entries(rollup.by[by]));
  for (const [tier, usd] of Object.entries(idle)) if (usd !== 0 && !cells.has(tier)) cells.set(tier, NO_SUMS);
  return [...cells]
    .map(([name, sums]) => ({
      name,
      ...figuresOf(sums, rollup.total, {
        saving: withIdle(partSaving(sums), ownValue(idle, name) ?? 0),
        baseline: by === 'task' && policy !== undefined ? ownValue(policy.tasks, name)?.baseline : undefined,
      }),
    }))
    .sort(
      (one, other) => other.costUsd - one.costUsd || other.requests - one.requests || (one.name < other.name ? -1 : 1),
    );
}

/** Of all the ways to split a report, tiers alone have idle GPUs of their own. */
function withIdle(saving: NetSaving, idleUsd: number): NetSaving {
  return idleUsd === 0 ? saving : Object.assign({}, saving, { gpuIdleUsd: idleUsd, netUsd: saving.netUsd - idleUsd });
}

function billOf({ rollup, by, policy, fromMs, untilMs, gpuHours, projectedPerTier }: ReportInput): TierBill[] | null {
  const perTier = projectedPerTier ?? policy?.projection?.perTier;
  if (by !== 'tier' || policy === undefined || perTier === undefined || Object.keys(perTier).length === 0) return null;
  return tierBills(policy, perTier, { rollup, fromMs, atMs: untilMs, gpuHours });
}

function notesOf(
  { by, policy, own, projectedPerTier, revenue }: ReportInput,
  { gpuIdleUsd: idle, ownUsd }: NetSaving,
): string[] {
  return [
    ...(policy === undefined
      ? ['No policy is in force in this store: baselines, idle GPUs, budgets and projections are left out.']
      : []),
    ...(own === undefined ? ["What the router's own parts cost is not known here and not subtracted."] : []),
    ...(by === 'tier' && policy !== undefined && projectedPerTier === undefined && policy.projection === undefined
      ? ['There is no projection to hold the bill against: policy.projection, or --projection FILE.']
      : []),
    ...(revenue !== undefined && idle + ownUsd > 0
      ? ["Margins bear the calls made for a customer; idle GPUs and the router's own parts are nobody's share."]
      : []),
    ...(by === 'tier' || by === 'model'
      ? [`Requests stand at the ${by} that answered, money at the one that was called.`]
      : []),
  ];
}
