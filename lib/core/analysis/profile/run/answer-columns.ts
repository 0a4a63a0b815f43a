import { AnswerTable } from '../answer-table';
import type { CorpusAnswer } from '../profile-document';
import type { IndexedRow } from './corpus-index';

/** What is known of a row on a tier. */
const STATES = ['none', 'passed', 'failed-checks', 'pending', 'failed-call'] as const;
type State = (typeof STATES)[number];
const NONE = 0;

const GATES = [undefined, true, false] as const;

/** Texts that stand in many answers alike, such as the names of models. */
class Words {
  private readonly words: string[] = [];
  private readonly places = new Map<string, number>();

  place(word: string): number {
    const known = this.places.get(word);
    if (known !== undefined) return known;
    this.places.set(word, this.words.length);
    return this.words.push(word) - 1;
  }

  at(place: number): string {
    return this.words[place] ?? '';
  }
}

/**
 * The answers of a run without their words, in columns: a few dozen bytes for each row and tier, however long prompts and
 * answers are. Read as an `AnswerTable`, so that the statistics need not know.
 */
export class AnswerColumns extends AnswerTable {
  private readonly states: Uint8Array;
  private readonly gates: Uint8Array;
  private readonly margins: Float64Array;
  private readonly inputTokens: Uint32Array;
  private readonly outputTokens: Uint32Array;
  /** NaN where it is not known. */
  private readonly costUsd: Float64Array;
  private readonly judgeCostUsd: Float64Array;
  private readonly latencyMs: Float64Array;
  private readonly models: Uint16Array;
  private readonly oracles: Uint16Array;
  private readonly causes: Uint16Array;
  /** Why an answer vouches for nothing; made where there is one. */
  private disownedFor: Uint16Array | undefined;
  private readonly words = new Words();
  private readonly repeated = new Map<string, CorpusAnswer>();

  constructor(
    private readonly find: (id: string) => IndexedRow | undefined,
    rows: number,
    private readonly tiers: readonly string[],
  ) {
    super([]);
    const cells = rows * tiers.length;
    this.states = new Uint8Array(cells);
    this.gates = new Uint8Array(cells);
    this.margins = new Float64Array(cells);
    this.inputTokens = new Uint32Array(cells);
    this.outputTokens = new Uint32Array(cells);
    this.costUsd = new Float64Array(cells);
    this.judgeCostUsd = new Float64Array(cells);
    this.latencyMs = new Float64Array(cells);
    this.models = new Uint16Array(cells);
    this.oracles = new Uint16Array(cells);
    this.causes = new Uint16Array(cells);
  }

  /** A later answer stands in place of an earlier one. */
  set(answer: CorpusAnswer): void {
    const cell = this.cell(answer.tier, answer.row);
    if (cell === undefined) return;
    if (answer.sample > 0) {
      this.repeated.set(repeatKey(answer.row, answer.tier, answer.sample), figuresOf(answer));
      return;
    }
    this.states[cell] = STATES.indexOf(stateOf(answer));
    this.gates[cell] = GATES.indexOf(answer.gate);
    this.margins[cell] = answer.margin ?? Number.NaN;
    this.inputTokens[cell] = answer.inputTokens;
    this.outputTokens[cell] = answer.outputTokens;
    this.costUsd[cell] = answer.costUsd ?? Number.NaN;
    this.judgeCostUsd[cell] = answer.judgeCostUsd;
    this.latencyMs[cell] = answer.latencyMs;
    this.models[cell] = this.words.place(answer.model);
    this.oracles[cell] = this.words.place(answer.oracle ?? '');
    this.causes[cell] = this.words.place(answer.failed ?? '');
  }

  /** The tier's answer to the row may be shown, and certifies nothing. */
  disown(tier: string, row: string, why: string): void {
    const cell = this.cell(tier, row);
    if (cell === undefined) return;
    this.disownedFor ??= new Uint16Array(this.states.length);
    // Places count from 0, which here says that there is no reason.
    this.disownedFor[cell] = this.words.place(why) + 1;
  }

  override disowned(tier: string, row: string): string | undefined {
    if (this.disownedFor === undefined) return undefined;
    const place = this.disownedFor[this.cell(tier, row) ?? -1] ?? 0;
    return place === 0 ? undefined : this.words.at(place - 1);
  }

  override call(tier: string, row: string): CorpusAnswer | undefined {
    const cell = this.cell(tier, row);
    return cell === undefined ? undefined : this.read(cell, row, tier);
  }

  /** One of a row that was asked several times; 0 is the first. */
  sample(tier: string, row: string, sample: number): CorpusAnswer | undefined {
    return sample === 0 ? this.call(tier, row) : this.repeated.get(repeatKey(row, tier, sample));
  }

  /** Every answer of rows that were asked more than once, the first ones among them, tier by tier however they came. */
  repeats(task: string): CorpusAnswer[] {
    const again = [...this.repeated.values()].filter((answer) => answer.task === task);
    const asked = new Map(again.map(({ tier, row }) => [repeatKey(row, tier, 0), { tier, row }]));
    const all = [...asked.values()].flatMap(({ tier, row }) => this.call(tier, row) ?? []).concat(again);
    return all.sort((one, other) => this.tiers.indexOf(one.tier) - this.tiers.indexOf(other.tier));
  }

  private cell(tier: string, row: string): number | undefined {
    const column = this.tiers.indexOf(tier);
    const found = this.find(row);
    return column < 0 || found === undefined ? undefined : found.index * this.tiers.length + column;
  }

  private read(cell: number, row: string, tier: string): CorpusAnswer | undefined {
    const state = STATES[this.states[cell] ?? NONE] as State;
    if (state === 'none') return undefined;
    const gate = GATES[this.gates[cell] ?? NONE];
    const margin = this.margins[cell] as number;
    const oracle = this.words.at(this.oracles[cell] as number);
    const costUsd = this.costUsd[cell] as number;
    return {
      row,
      task: this.find(row)?.task ?? '',
      tier,
      sample: 0,
      ...(state === 'passed' && { pass: true }),
      ...(state === 'failed-checks' && { pass: false }),
      ...(state === 'failed-call' && { failed: this.words.at(this.causes[cell] as number) }),
      ...(gate !== undefined && { gate }),
      ...(oracle !== '' && { oracle }),
      ...(!Number.isNaN(margin) && { margin }),
      model: this.words.at(this.models[cell] as number),
      inputTokens: this.inputTokens[cell] as number,
      outputTokens: this.outputTokens[cell] as number,
      costUsd: Number.isNaN(costUsd) ? null : costUsd,
      judgeCostUsd: this.judgeCostUsd[cell] as number,
      latencyMs: this.latencyMs[cell] as number,
    };
  }
}

function stateOf({ pass, failed }: CorpusAnswer): State {
  if (failed !== undefined) return 'failed-call';
  if (pass === undefined) return 'pending';
  return pass ? 'passed' : 'failed-checks';
}

function repeatKey(row: string, tier: string, sample: number): string {
  return `${sample} ${tier} ${row}`;
}

/** Without the words it may carry beside them. */
function figuresOf(answer: CorpusAnswer): CorpusAnswer {
  const { row, task, tier, sample, pass, gate, failed, model, inputTokens, outputTokens } = answer;
  const { costUsd, judgeCostUsd, latencyMs } = answer;
  return {
    row,
    task,
    tier,
    sample,
    ...(pass !== undefined && { pass }),
    ...(gate !== undefined && { gate }),
    ...(failed !== undefined && { failed }),
    model,
    inputTokens,
    outputTokens,
    costUsd,
    judgeCostUsd,
    latencyMs,
  };
}
