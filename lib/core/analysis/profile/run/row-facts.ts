import type { ExclusionReason } from '../../../types';
import { DIMENSIONS, type Task } from '../../../types-policy';
import type { RowDimensions } from '../task-baseline';
import type { IndexedRow } from './corpus-index';
import type { PlannedRow } from './plan-row';

/** Reasons that say a strategy of the policy has chosen. */
const CHOSEN: ReadonlySet<string> = new Set(['rule', 'score-cheapest', 'score-middle', 'score-frontier']);

/** How often guards kept rows from a tier, by their word. */
export type Exclusions = Record<string, Record<string, Partial<Record<ExclusionReason, number>>>>;

/**
 * What the router makes of each row before any tier is asked, in columns: the dimensions, where a strategy of the policy
 * begins it, and which tiers the guards keep it from.
 */
export class RowFacts {
  /** By task and tier. */
  readonly exclusions: Exclusions = {};
  private readonly dimensions: Float64Array;
  private readonly starts: Int16Array;
  private readonly kept = new Map<number, ReadonlySet<string>>();
  private readonly tiers: string[] = [];

  constructor(
    private readonly find: (id: string) => IndexedRow | undefined,
    rows: number,
  ) {
    this.dimensions = new Float64Array(rows * DIMENSIONS.length);
    this.starts = new Int16Array(rows).fill(-1);
  }

  add({ row, features, decision, excluded }: PlannedRow): void {
    const index = this.find(row.id)?.index;
    if (index === undefined) return;
    for (const [place, name] of DIMENSIONS.entries())
      this.dimensions[index * DIMENSIONS.length + place] = features.dimensions[name];
    if (decision.tier !== null && CHOSEN.has(decision.reason)) this.starts[index] = this.place(decision.tier);
    if (excluded.size > 0) this.kept.set(index, new Set(excluded.keys()));
    for (const [tier, reason] of excluded) {
      const ofTask = this.exclusions[row.task] ?? {};
      const ofTier = ofTask[tier] ?? {};
      ofTier[reason] = (ofTier[reason] ?? 0) + 1;
      ofTask[tier] = ofTier;
      this.exclusions[row.task] = ofTask;
    }
  }

  /** Where a row begins when the task's requests begin at `start`; undefined: there. A guard moves it up, as in production. */
  startOf({ ladder }: Pick<Task, 'ladder'>, start: string): (row: string) => string | undefined {
    return (row) => {
      const index = this.find(row)?.index ?? -1;
      const chosen = this.tiers[this.starts[index] ?? -1];
      if (chosen !== undefined) return chosen;
      const kept = this.kept.get(index);
      return kept?.has(start) ? ladder.slice(ladder.indexOf(start)).find((tier) => !kept.has(tier)) : undefined;
    };
  }

  /** By row id; read one by one, as they are asked for. */
  dimensionsOf(rows: readonly IndexedRow[]): ReadonlyMap<string, RowDimensions> {
    return new DimensionsByRow(rows, (row) => this.read(row.index), this.find);
  }

  private read(index: number): RowDimensions {
    const from = index * DIMENSIONS.length;
    const values = DIMENSIONS.map((name, place) => [name, this.dimensions[from + place]] as const);
    return Object.fromEntries(values) as RowDimensions;
  }

  private place(tier: string): number {
    const known = this.tiers.indexOf(tier);
    return known >= 0 ? known : this.tiers.push(tier) - 1;
  }
}

class DimensionsByRow extends Map<string, RowDimensions> {
  constructor(
    private readonly rows: readonly IndexedRow[],
    private readonly read: (row: IndexedRow) => RowDimensions,
    private readonly find: (id: string) => IndexedRow | undefined,
  ) {
    super();
  }

  override get(id: string): RowDimensions | undefined {
    const row = this.find(id);
    return row && this.read(row);
  }

  override get size(): number {
    return this.rows.length;
  }
}
