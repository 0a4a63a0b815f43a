import type { Policy } from '../../../types-policy';
import type { SampleRow } from '../answer-table';
import type { CorpusRow } from '../profile-document';
import { readRow } from './read-row';
import type { Misspelt } from './row-keys';
import { SamePrompts } from './same-prompts';

/** What is kept of a row while its prompt stays in the file. */
export interface IndexedRow extends SampleRow {
  /** Place in the corpus, from 0. */
  readonly index: number;
  readonly task: string;
  /** Of everything an answer depends on; the same for the same row. */
  readonly digest: number;
}

export interface CorpusFault {
  /** Such as `corpus.jsonl:12`. */
  readonly place: string;
  readonly message: string;
}

/** A number that tells a text from another. */
export type Digest = (text: string) => number;

/** A corpus without its prompts. */
export interface CorpusIndex {
  readonly rows: readonly IndexedRow[];
  find(id: string): IndexedRow | undefined;
  /** In the policy's order; tasks without rows are left out. */
  readonly tasks: ReadonlyMap<string, readonly IndexedRow[]>;
  /** By task: rows whose prompt an earlier row has. Rows of one prompt share a group. */
  readonly repeated: ReadonlyMap<string, number>;
  /** Keys that nobody reads and that were probably meant for another. */
  readonly misspelt: readonly MisspeltKey[];
}

export interface MisspeltKey extends Misspelt {
  readonly rows: number;
  /** Of the first of them. */
  readonly place: string;
}

/** Tags stand in many rows alike: each list is kept once, as far as there are no more than these. */
const MOST_TAGGINGS = 10_000;

/** Reads a corpus line by line and keeps every fault, so that all of them can be mended at once. */
export class CorpusReader {
  readonly faults: CorpusFault[] = [];
  private readonly rows: IndexedRow[] = [];
  private readonly byId = new Map<string, number>();
  private readonly places: string[] = [];
  private readonly taggings = new Map<string, readonly string[]>();
  private readonly samePrompts = new SamePrompts();
  private readonly misspelt = new Map<string, MisspeltKey>();

  constructor(
    private readonly policy: Policy,
    private readonly digest: Digest,
  ) {}

  /** `place` says where the line stands. */
  add(line: string, place: string): void {
    const read = readRow(line, this.policy);
    if (!read.ok) {
      for (const message of read.faults) this.faults.push({ place, message });
      return;
    }
    const { row } = read;
    const first = this.byId.get(row.id);
    if (first !== undefined) {
      this.faults.push({ place, message: `id ${JSON.stringify(row.id)} is taken by ${this.places[first]}` });
      return;
    }
    for (const key of read.misspelt) this.tellOf(key, place);
    const index = this.rows.length;
    this.byId.set(row.id, index);
    this.places.push(place);
    this.samePrompts.add(row, this.digest(JSON.stringify([row.task, row.messages])));
    this.rows.push({
      index,
      id: row.id,
      task: row.task,
      weight: row.weight,
      tags: this.tagging(row.tags),
      ...(row.group !== undefined && { group: row.group }),
      digest: this.digest(digested(row)),
    });
  }

  index(): CorpusIndex {
    const { byId, samePrompts } = this;
    const rows = samePrompts.grouped(this.rows);
    const tasks = new Map<string, IndexedRow[]>(Object.keys(this.policy.tasks).map((task) => [task, []]));
    for (const row of rows) tasks.get(row.task)?.push(row);
    for (const [task, own] of tasks) if (own.length === 0) tasks.delete(task);
    const { repeated } = samePrompts;
    return { rows, tasks, find: (id) => rows[byId.get(id) ?? -1], repeated, misspelt: [...this.misspelt.values()] };
  }

  private tellOf(key: Misspelt, place: string): void {
    const before = this.misspelt.get(key.given);
    this.misspelt.set(key.given, { ...key, place: before?.place ?? place, rows: (before?.rows ?? 0) + 1 });
  }

  private tagging(tags: readonly string[]): readonly string[] {
    const key = JSON.stringify(tags);
    const known = this.taggings.get(key);
    if (known !== undefined) return known;
    if (this.taggings.size < MOST_TAGGINGS) this.taggings.set(key, tags);
    return tags;
  }
}

/** Weights, tags and groups change no answer and no verdict. */
function digested({ task, messages, expect }: CorpusRow): string {
  return JSON.stringify([task, messages, expect ?? null]);
}
