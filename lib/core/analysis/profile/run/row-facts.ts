import type { ExclusionReason } from '../../../types';
import { DIMENSIONS, type Policy, type Task } from '../../../types-policy';
import type { Certification } from '../profile-document';
import type { RowDimensions } from '../task-baseline';
import type { IndexedRow } from './corpus-index';
import type { PlannedRow } from './plan-row';
import { type Manner, mannersOf, type PossibleStarts } from './possible-starts';

/** How often guards kept rows from a tier, by their word. */
export type Exclusions = Record<string, Record<string, Partial<Record<ExclusionReason, number>>>>;

/**
 * What the router makes of each row before any tier is asked, in columns: the dimensions, where the row begins in every manner
 * that a policy may come to say, and which tiers the guards keep it from.
 */
export class RowFacts {
  /** By task and tier. */
  readonly exclusions: Exclusions = {};
  private readonly dimensions: Float64Array;
  /** By row, the place of its starts among all that are seen; most rows share theirs. */
  private readonly places: Int32Array;
  private readonly starts: (readonly string[])[] = [];
  private readonly known = new Map<string, number>();
  private readonly excluded = new Map<number, ReadonlyMap<string, ExclusionReason>>();

  constructor(
    private readonly policy: Policy,
    private readonly find: (id: string) => IndexedRow | undefined,
    rows: number,
    private readonly startsOf: PossibleStarts,
  ) {
    this.dimensions = new Float64Array(rows * DIMENSIONS.length);
    this.places = new Int32Array(rows).fill(-1);
  }

  add(planned: PlannedRow): void {
    const { row, features, excluded } = planned;
    const index = this.find(row.id)?.index;
    if (index === undefined) return;
    for (const [place, name] of DIMENSIONS.entries())
      this.dimensions[index * DIMENSIONS.length + place] = features.dimensions[name];
    this.places[index] = this.placeOf(this.startsOf(planned));
    if (excluded.size > 0) this.excluded.set(index, excluded);
    for (const [tier, reason] of excluded) {
      const ofTask = this.exclusions[row.task] ?? {};
      const ofTier = ofTask[tier] ?? {};
      ofTier[reason] = (ofTier[reason] ?? 0) + 1;
      ofTask[tier] = ofTier;
      this.exclusions[row.task] = ofTask;
    }
  }

  /** Where a row begins when the task begins in this manner at that tier; undefined where no tier may take it. */
  startOf(task: Task, manner: Manner, tier: string): (row: string) => string | undefined {
    const manners = mannersOf(this.policy, task);
    const place = Math.max(0, manners.indexOf(manner)) * task.ladder.length + task.ladder.indexOf(tier);
    return (row) => this.starts[this.places[this.find(row)?.index ?? -1] ?? -1]?.[place] || undefined;
  }

  /** Where a row begins under the profiled policy. */
  startAsProfiled(task: Task, certification: Certification): (row: string) => string | undefined {
    return 'refused' in certification
      ? this.startOf(task, 'strategy', task.start)
      : this.startOf(task, 'certificate', certification.tier);
  }

  /** Why guards keep the row from tiers. */
  excludedFrom(row: string): ReadonlyMap<string, ExclusionReason> | undefined {
    return this.excluded.get(this.find(row)?.index ?? -1);
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

  private placeOf(starts: readonly string[]): number {
    const key = starts.join();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.known.set(key, this.starts.length);
    return this.starts.push(starts) - 1;
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
