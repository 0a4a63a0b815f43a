import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CallOrder, RowSample } from '../../lib/core/analysis/profile/run/call-tier';

export const UNDER_WAY = 'calls-under-way.jsonl';

interface Begun {
  readonly call: number;
  readonly kind: string;
  readonly usd: number;
}

/** Calls whose answers nobody kept, and what they are taken to have cost. */
export interface Lost {
  readonly calls: number;
  readonly usd: number;
}

/** A call that is about to be made; calls that are settled; what runs before have lost. */
type Line = Begun | { readonly over: readonly number[] } | { readonly lost: Lost };

/** After so many lines the file is made anew of what still holds. */
const MOST_LINES = 50_000;

/**
 * The calls that have been made and are in no answer yet, a line before each: when the process is ended in the middle of
 * them, the next run counts them as paid, since nobody can say whether they were billed.
 */
export class CallsUnderWay {
  private next = 0;
  private lines = 0;
  private readonly open = new Map<string, readonly Begun[]>();

  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
    /** Of all earlier runs. */
    readonly lost: Lost,
    /** Of the run before this one. */
    readonly lostLast: Lost,
  ) {
    this.rewrite();
  }

  /** `dearestUsd`: by kind, what a call has cost at most; an estimate below that is raised to it. */
  static in(folder: string, dearestUsd: ReadonlyMap<string, number>): CallsUnderWay {
    const file = join(folder, UNDER_WAY);
    const { before, open } = read(file);
    const usd = open.reduce((sum, call) => sum + Math.max(call.usd, dearestUsd.get(call.kind) ?? 0), 0);
    const lost = { calls: before.calls + open.length, usd: before.usd + usd };
    return new CallsUnderWay(file, openSync(file, 'a'), lost, { calls: open.length, usd });
  }

  /** Told before the call is made; returns what to do when it has come to nothing and costs nothing. */
  begun({ about, kind, estimate }: CallOrder): () => void {
    const begun = { call: this.next, kind, usd: estimate.expectedUsd };
    this.next += 1;
    this.write(begun);
    const key = keyOf(about);
    this.open.set(key, [...(this.open.get(key) ?? []), begun]);
    return () => this.settle(key, [begun]);
  }

  /** All calls that were made about it are in the answer that is kept. */
  answered(about: RowSample): void {
    const key = keyOf(about);
    this.settle(key, this.open.get(key) ?? []);
  }

  /** Leaves nothing behind where nothing was lost. */
  close(): void {
    closeSync(this.descriptor);
    if (this.open.size === 0 && this.lost.calls === 0) rmSync(this.file, { force: true });
  }

  private settle(key: string, calls: readonly Begun[]): void {
    if (calls.length === 0) return;
    const rest = (this.open.get(key) ?? []).filter((call) => !calls.includes(call));
    if (rest.length === 0) this.open.delete(key);
    else this.open.set(key, rest);
    this.write({ over: calls.map(({ call }) => call) });
    if (this.lines > MOST_LINES) this.rewrite();
  }

  private rewrite(): void {
    ftruncateSync(this.descriptor, 0);
    this.lines = 0;
    if (this.lost.calls > 0) this.write({ lost: this.lost });
    for (const begun of [...this.open.values()].flat()) this.write(begun);
  }

  private write(line: Line): void {
    writeSync(this.descriptor, `${JSON.stringify(line)}\n`);
    this.lines += 1;
  }
}

function keyOf({ row, tier, sample }: RowSample): string {
  return `${sample} ${tier} ${row}`;
}

function read(file: string): { readonly before: Lost; readonly open: readonly Begun[] } {
  let before: Lost = { calls: 0, usd: 0 };
  const open = new Map<number, Begun>();
  if (!existsSync(file)) return { before, open: [] };
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    const line = parse(text);
    if (line === undefined) continue;
    if ('lost' in line) before = line.lost;
    else if ('over' in line) for (const call of line.over) open.delete(call);
    else open.set(line.call, line);
  }
  return { before, open: [...open.values()] };
}

/** Undefined for a line of which a process could write only a part: that call was never made. */
function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
