import { closeSync, existsSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerColumns } from '../../lib/core/analysis/profile/run/answer-columns';
import { kindOf } from '../../lib/core/analysis/profile/run/ask-tier';
import type { CorpusIndex } from '../../lib/core/analysis/profile/run/corpus-index';
import { paidUsd, type RecordedAnswer } from '../../lib/core/analysis/profile/run/recorded-answer';
import { UserError } from '../commands/command';
import { splitLines } from './corpus-files';
import { type Manifest, manifestChanges, mergedManifest, recodedTasks, sameManifest } from './manifest';

const JOURNAL = 'answers.jsonl';

/** A line of the journal: what answers were asked with, or an answer and the digest of its row. */
type Entry = { readonly manifest: Manifest } | (RecordedAnswer & { readonly digest: number });

interface Span {
  readonly from: number;
  readonly bytes: number;
}

/** So many changes are told; more would only say the same. */
const MOST_CHANGES = 10;

/**
 * Every answer, written as soon as it is there: a line handed to the system outlives the process, however that ends. Answers
 * are read back by their place, so that none is held.
 */
export class Journal {
  /** USD that all of its answers have cost. */
  paidUsd = 0;
  /** Of the answers that were there when it was opened: the dearest of each kind, in USD. */
  readonly dearestUsd = new Map<string, number>();
  private readonly descriptor: number;
  private readonly spans = new Map<string, Span>();
  /** Answers whose verdict is that of code which is another now. */
  private readonly stale = new Set<string>();
  private readonly froms: Float64Array;
  private readonly lengths: Uint32Array;
  private size: number;
  /** Goes before the first answer, so that a folder without answers stays empty. */
  private unwritten: Manifest | undefined;

  private constructor(
    private readonly file: string,
    private readonly corpus: CorpusIndex,
    private readonly tiers: readonly string[],
  ) {
    this.descriptor = openSync(file, 'a+');
    this.size = statSync(file).size;
    this.froms = new Float64Array(corpus.rows.length * tiers.length);
    this.lengths = new Uint32Array(corpus.rows.length * tiers.length);
  }

  static exists(folder: string): boolean {
    const file = join(folder, JOURNAL);
    return existsSync(file) && statSync(file).size > 0;
  }

  /** A new journal, or the one that is there, its answers put into `answers`. Throws where it tells of something else. */
  static async open(
    folder: string,
    manifest: Manifest,
    corpus: CorpusIndex,
    tiers: readonly string[],
    answers: AnswerColumns,
  ): Promise<Journal> {
    const isOld = Journal.exists(folder);
    const journal = new Journal(join(folder, JOURNAL), corpus, tiers);
    const before = isOld ? await journal.load(manifest, answers) : undefined;
    const now = before === undefined ? manifest : mergedManifest(before, manifest);
    if (before === undefined || !sameManifest(before, now)) journal.unwritten = now;
    return journal;
  }

  record(answer: RecordedAnswer): void {
    const digest = this.corpus.find(answer.row)?.digest ?? 0;
    if (this.unwritten !== undefined) this.append({ manifest: this.unwritten });
    this.unwritten = undefined;
    this.paidUsd += this.dueFor(answer);
    this.stale.delete(keyOf(answer.row, answer.tier, answer.sample));
    this.place(answer, this.append({ ...answer, digest }));
  }

  /** Whether the answer's verdict is that of code which is another now. */
  isStale(row: string, tier: string, sample: number): boolean {
    return this.stale.size > 0 && this.stale.has(keyOf(row, tier, sample));
  }

  /** How many answers wait for another code's verdict. */
  get staleAnswers(): number {
    return this.stale.size;
  }

  /** An answer with its words. */
  recall(row: string, tier: string, sample: number): RecordedAnswer | undefined {
    const span = this.spanOf(row, tier, sample);
    if (span === undefined) return undefined;
    const buffer = Buffer.alloc(span.bytes);
    readSync(this.descriptor, buffer, 0, span.bytes, span.from);
    const { digest: _, ...answer } = JSON.parse(buffer.toString('utf8')) as Extract<Entry, { digest: number }>;
    return answer;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** Returns the manifest that stood in the journal; what a killed process had begun to write is cut off. */
  private async load(now: Manifest, answers: AnswerColumns): Promise<Manifest | undefined> {
    let manifest: Manifest | undefined;
    let at = 0;
    let number = 0;
    const changes: string[] = [];
    let recoded: ReadonlySet<string> = new Set();
    for await (const bytes of splitLines(this.file)) {
      number += 1;
      const span = { from: at, bytes: bytes.length };
      const isEnded = at + bytes.length < this.size;
      const entry = isEnded ? parse(bytes) : undefined;
      if (entry === undefined && isEnded)
        throw new UserError(`${this.file}:${number}: not a line of this journal; take it out to go on.`);
      if (entry === undefined) break;
      at += bytes.length + 1;
      if ('manifest' in entry) {
        if (changes.length === 0) changes.push(...manifestChanges(entry.manifest, now));
        manifest = entry.manifest;
        recoded = recodedTasks(manifest, now);
      } else {
        this.adopt(entry, span, answers, changes);
        const key = keyOf(entry.row, entry.tier, entry.sample);
        if (recoded.has(entry.task)) this.stale.add(key);
        else this.stale.delete(key);
      }
    }
    if (changes.length > 0) throw changedError(this.file, changes);
    if (at < this.size) {
      ftruncateSync(this.descriptor, at);
      this.size = at;
    }
    return manifest;
  }

  private adopt(
    entry: Extract<Entry, { digest: number }>,
    span: Span,
    answers: AnswerColumns,
    changes: string[],
  ): void {
    const row = this.corpus.find(entry.row);
    if (row === undefined) changes.push(`row ${entry.row} is not in the corpus any more`);
    else if (row.digest !== entry.digest) changes.push(`row ${entry.row} of the corpus has changed`);
    else {
      this.paidUsd += this.dueFor(entry);
      this.place(entry, span);
      answers.set(entry);
      const kind = kindOf(entry.tier, entry.task);
      this.dearestUsd.set(kind, Math.max(this.dearestUsd.get(kind) ?? 0, entry.costUsd ?? 0));
    }
  }

  /** Of an answer that was judged again, only what is new; a call that had failed and was made again counts twice. */
  private dueFor(answer: RecordedAnswer): number {
    const before =
      this.spanOf(answer.row, answer.tier, answer.sample) && this.recall(answer.row, answer.tier, answer.sample);
    return before === undefined || before.failed !== undefined ? paidUsd(answer) : paidUsd(answer) - paidUsd(before);
  }

  private append(entry: Entry): Span {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    const from = this.size;
    let written = 0;
    try {
      while (written < line.length) written += writeSync(this.descriptor, line, written);
    } catch (error) {
      // What follows would else stand on the same line.
      if (written > 0) ftruncateSync(this.descriptor, from);
      throw error;
    }
    this.size += line.length;
    return { from, bytes: line.length - 1 };
  }

  private place({ row, tier, sample }: RecordedAnswer, span: Span): void {
    const cell = sample === 0 ? this.cell(row, tier) : undefined;
    if (cell === undefined) this.spans.set(keyOf(row, tier, sample), span);
    else {
      this.froms[cell] = span.from;
      this.lengths[cell] = span.bytes;
    }
  }

  private spanOf(row: string, tier: string, sample: number): Span | undefined {
    const cell = sample === 0 ? this.cell(row, tier) : undefined;
    if (cell === undefined) return this.spans.get(keyOf(row, tier, sample));
    const bytes = this.lengths[cell] ?? 0;
    return bytes === 0 ? undefined : { from: this.froms[cell] as number, bytes };
  }

  private cell(row: string, tier: string): number | undefined {
    const found = this.corpus.find(row);
    const column = this.tiers.indexOf(tier);
    return found === undefined || column < 0 ? undefined : found.index * this.tiers.length + column;
  }
}

function keyOf(row: string, tier: string, sample: number): string {
  return `${sample} ${tier} ${row}`;
}

function parse(bytes: Buffer): Entry | undefined {
  try {
    const entry = JSON.parse(bytes.toString('utf8')) as Entry | null;
    return entry !== null && typeof entry === 'object' && ('manifest' in entry || 'digest' in entry)
      ? entry
      : undefined;
  } catch {
    return undefined;
  }
}

function changedError(file: string, changes: readonly string[]): UserError {
  const more = changes.length - MOST_CHANGES;
  const lines = changes.slice(0, MOST_CHANGES).map((change) => `  ${change}`);
  if (more > 0) lines.push(`  and ${more} more`);
  const advice = 'Begin anew in another folder (--out), or bring back what was.';
  return new UserError(`${file} holds answers of something else:\n${lines.join('\n')}\n${advice}`, { changes });
}
