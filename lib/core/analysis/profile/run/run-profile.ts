import type { Policy, Tier } from '../../../types-policy';
import type { CorpusAnswer, CorpusRow } from '../profile-document';
import type { AnswerColumns } from './answer-columns';
import { type AskPorts, askTier, judge } from './ask-tier';
import type { RowSample } from './call-tier';
import type { CorpusIndex } from './corpus-index';
import type { PlannedRow, PlanRow } from './plan-row';
import { paidUsd, type RecordedAnswer } from './recorded-answer';
import { type HumanVerdicts, humanKey } from './task-checks';

/** What is asked of whom. */
export interface ProfileRun {
  readonly policy: Policy;
  readonly corpus: CorpusIndex;
  /** By task: the tiers that its rows are asked of. */
  readonly tiers: ReadonlyMap<string, readonly string[]>;
  /** Rows that are asked `stability` times more. */
  readonly repeated: ReadonlySet<number>;
  readonly stability: number;
  readonly concurrency: number;
}

export interface RunPorts extends AskPorts {
  readonly planRow: PlanRow;
  /** The corpus from its beginning, in the index's order. */
  readonly rows: () => AsyncIterable<CorpusRow>;
  /** What has been answered already; every answer is added to it. */
  readonly answers: AnswerColumns;
  /** An answer that is there with its words. */
  readonly recall: (row: string, tier: string, sample: number) => RecordedAnswer | undefined;
  /** Keeps an answer before it returns. */
  readonly record: (answer: RecordedAnswer) => void;
  /** Whether an answer was judged by code that is another now. */
  readonly isStale?: (row: string, tier: string, sample: number) => boolean;
  /** Told once all that was asked about the row is in its answer. */
  readonly answered?: (about: RowSample) => void;
  /** What people have said: it may be other than what they said before. */
  readonly humanVerdicts: HumanVerdicts;
  readonly stopped: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  /** Calls that are settled: answered, failed, or kept from the tier by a guard. */
  readonly done: number;
  readonly total: number;
  /** Calls that this run made: those before it say nothing of its speed. */
  readonly asked: number;
}

/** A tier that was not asked any further, since so many calls in a row had failed. */
export interface GivenUp {
  readonly tier: string;
  readonly cause: string;
  readonly message: string;
}

export interface RunEnd {
  /** Whether everything was asked that was to be asked. */
  readonly complete: boolean;
  /** Calls made by this run, failed ones included. */
  readonly asked: number;
  readonly givenUp: readonly GivenUp[];
}

/** A host that has failed so often without an answer between is down, or refuses us. */
const HOPELESS = 10;

interface Item {
  readonly planned: PlannedRow;
  readonly tier: Tier;
  readonly sample: number;
  /** An answer that waits for its verdict. */
  readonly waiting?: RecordedAnswer;
  /** Its verdict is another code's. */
  readonly stale: boolean;
}

/** What one tier's workers share. */
interface Lane {
  readonly tier: Tier;
  readonly items: AsyncGenerator<Item>;
  failures: number;
  givenUp?: GivenUp;
}

/**
 * Asks every row of its tiers: each tier has workers of its own that walk the corpus from its beginning, so that no tier waits
 * for another and nothing of the corpus is held but what is under way.
 */
export async function runProfile(run: ProfileRun, ports: RunPorts): Promise<RunEnd> {
  const counter = new Counter(totalOf(run), ports.onProgress);
  const ids = [...new Set([...run.tiers.values()].flat())];
  const lanes = ids.map((id): Lane => {
    const tier = run.policy.tiers[id] as Tier;
    return { tier, items: itemsFor(tier, run, ports, counter), failures: 0 };
  });
  try {
    await Promise.all(lanes.flatMap((lane) => workersOf(lane, run, ports, counter)));
  } finally {
    // Lets go of the corpus where a lane was left early.
    for (const { items } of lanes) void items.return(undefined);
  }
  const givenUp = lanes.flatMap((lane) => lane.givenUp ?? []);
  return { complete: counter.isComplete && givenUp.length === 0, asked: counter.asked, givenUp };
}

function workersOf(lane: Lane, run: ProfileRun, ports: RunPorts, counter: Counter): Promise<void>[] {
  const width = Math.min(run.concurrency, lane.tier.concurrency ?? run.concurrency);
  return Array.from({ length: width }, async () => {
    for (;;) {
      if (ports.stopped.aborted || lane.givenUp) return;
      const next = await lane.items.next();
      if (next.done || ports.stopped.aborted || lane.givenUp) return;
      if (!(await work(next.value, lane, ports, counter))) return;
    }
  });
}

/** False where the call was not made, and no other is to be. */
async function work(item: Item, lane: Lane, ports: RunPorts, counter: Counter): Promise<boolean> {
  const answer = item.waiting === undefined ? await askTier(item, ports) : await judge(item.waiting, item, ports);
  if (answer === undefined) return false;
  if (item.waiting === undefined || item.stale || isNews(answer, item.waiting)) {
    ports.record(answer);
    ports.answers.set(answer);
  }
  ports.answered?.(answer);
  if (item.waiting === undefined) notice(answer, lane);
  counter.settled(item.waiting === undefined);
  return true;
}

/** Whether judging an answer again has brought or cost anything. */
function isNews(answer: RecordedAnswer, before: RecordedAnswer): boolean {
  return answer.pass !== before.pass || answer.gate !== before.gate || paidUsd(answer) !== paidUsd(before);
}

function notice({ failed, detail = '' }: RecordedAnswer, lane: Lane): void {
  lane.failures = failed === undefined ? 0 : lane.failures + 1;
  if (failed === undefined || lane.failures < HOPELESS) return;
  lane.givenUp = { tier: lane.tier.id, cause: failed, message: detail };
}

/** What the tier is still to be asked, in the corpus's order. */
async function* itemsFor(tier: Tier, run: ProfileRun, ports: RunPorts, counter: Counter): AsyncGenerator<Item> {
  let index = -1;
  for await (const row of ports.rows()) {
    index += 1;
    const tiers = run.tiers.get(row.task);
    if (tiers === undefined || !tiers.includes(tier.id)) continue;
    if (run.corpus.rows[index]?.id !== row.id) throw new Error('the corpus has changed while it was read');
    const samples = 1 + (run.repeated.has(index) ? run.stability : 0);
    let planned: PlannedRow | undefined;
    for (let sample = 0; sample < samples; sample += 1) {
      const before = ports.answers.sample(tier.id, row.id, sample);
      const stale = before !== undefined && (ports.isStale?.(row.id, tier.id, sample) ?? false);
      if (before !== undefined && !stale && isSettled(before, ports)) {
        counter.settled(false);
        continue;
      }
      planned ??= ports.planRow(row, tiers);
      const waiting = before && before.failed === undefined ? ports.recall(row.id, tier.id, sample) : undefined;
      // Code may judge what is there already whatever the guards say of asking now.
      const isKept = waiting !== undefined && stale;
      if (planned.excluded.has(tier.id) && !isKept) {
        counter.settled(false);
        continue;
      }
      yield { planned, tier, sample, stale: isKept, ...(waiting && { waiting }) };
    }
  }
}

/** Answered, with nothing of its verdict still to come. */
function isSettled({ row, task, tier, pass, gate, failed }: CorpusAnswer, ports: RunPorts): boolean {
  if (failed !== undefined || pass === undefined) return false;
  const checks = ports.checks.get(task) ?? [];
  if (ports.humanVerdicts.has(humanKey(row, tier)) && checks.some(({ kind }) => kind === 'human')) return false;
  return gate !== undefined || !checks.some(({ gates }) => gates);
}

function totalOf({ corpus, tiers, repeated, stability }: ProfileRun): number {
  return corpus.rows.reduce((sum, { task, index }) => {
    const samples = 1 + (repeated.has(index) ? stability : 0);
    return sum + (tiers.get(task)?.length ?? 0) * samples;
  }, 0);
}

class Counter {
  asked = 0;
  private done = 0;

  constructor(
    private readonly total: number,
    private readonly tell: (progress: Progress) => void,
  ) {}

  settled(asked: boolean): void {
    this.done += 1;
    if (asked) this.asked += 1;
    this.tell({ done: this.done, total: this.total, asked: this.asked });
  }

  get isComplete(): boolean {
    return this.done === this.total;
  }
}
