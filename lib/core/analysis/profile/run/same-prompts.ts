import { isAdversarial, type SampleRow, unitOf } from '../answer-table';

type TaskRow = SampleRow & { readonly task: string };

/**
 * Finds the rows of a task that ask the very same. They tell no more than one of them does, so they are taken for one
 * group, and groups that share a prompt for one.
 */
export class SamePrompts {
  /** By task: rows whose prompt an earlier row has, adversarial ones left out. */
  readonly repeated = new Map<string, number>();
  /** By digest of task and prompt: the unit of the first row that asks it. */
  private readonly first = new Map<number, string>();
  /** Units that share a prompt, each with the one it was joined to. */
  private readonly joined = new Map<string, string>();

  add(row: TaskRow, digest: number): void {
    const unit = unitKey(row);
    const before = this.first.get(digest);
    if (before === undefined) {
      this.first.set(digest, unit);
      return;
    }
    if (!isAdversarial(row)) this.repeated.set(row.task, (this.repeated.get(row.task) ?? 0) + 1);
    const [root, own] = [this.rootOf(before), this.rootOf(unit)];
    if (root !== own) this.joined.set(own, root);
    // So that the first is told from rows that share nothing.
    if (!this.joined.has(root)) this.joined.set(root, root);
  }

  /** The rows with the groups they are of. */
  grouped<Row extends TaskRow>(rows: readonly Row[]): readonly Row[] {
    if (this.joined.size === 0) return rows;
    return rows.map((row) => {
      const unit = unitKey(row);
      return this.joined.has(unit) ? { ...row, group: this.rootOf(unit) } : row;
    });
  }

  private rootOf(unit: string): string {
    let root = unit;
    for (let next = this.joined.get(root); next !== undefined && next !== root; next = this.joined.get(root))
      root = next;
    return root;
  }
}

function unitKey(row: TaskRow): string {
  return `${row.task} ${unitOf(row)}`;
}
