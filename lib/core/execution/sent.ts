import type { ChatChunk, ChatDelta, FinishReason, ToolCallDelta } from '../types-chat';

/** Characters of a streamed answer that are remembered. A longer one that breaks off is not taken up. */
export const MOST_CHARACTERS = 262_144;

/** Pieces that are joined into one: a string of its own for each token would take ten times their letters. */
const PIECES = 512;

/** Members of a delta that can be compared; with any other the answer cannot be taken up. */
export const COMPARED: ReadonlySet<string> = new Set([
  'role',
  'content',
  'refusal',
  'reasoning_content',
  'reasoning',
  'tool_calls',
]);

/** What a choice said in one go: text, reasoning, refusal, or a tool call's name or arguments. */
export interface Passage {
  readonly channel: string;
  readonly text: string;
}

/** A choice as far as it was sent. */
export interface SentChoice {
  readonly passages: readonly Passage[];
  /** Numbers of the tool calls that have begun. */
  readonly calls: ReadonlySet<number>;
  readonly finishReason: FinishReason | null;
}

/** What the caller has been sent of a stream, so that it can be taken up where it breaks off. */
export class Sent {
  characters = 0;
  /** Deltas that brought text. */
  pieces = 0;
  private readonly drafts = new Map<number, ChoiceDraft>();
  private isOpaque = false;

  /** Whether all of it is remembered. */
  get isKept(): boolean {
    return !this.isOpaque && this.characters <= MOST_CHARACTERS;
  }

  add(chunk: ChatChunk): void {
    if (!this.isKept) return;
    for (const { index, delta, finish_reason } of chunk.choices) {
      let draft = this.drafts.get(index);
      if (draft === undefined) {
        draft = new ChoiceDraft();
        this.drafts.set(index, draft);
      }
      const characters = draft.add(delta);
      this.characters += characters;
      if (characters > 0) this.pieces += 1;
      if (finish_reason) draft.finishReason = finish_reason;
      if (holdsOther(delta)) this.isOpaque = true;
    }
    if (!this.isKept) this.drafts.clear();
  }

  choices(): ReadonlyMap<number, SentChoice> {
    const choices = new Map<number, SentChoice>();
    for (const [index, draft] of this.drafts) choices.set(index, draft.choice());
    return choices;
  }

  /** The text of the only choice, where it is nothing but text and has not ended. */
  plainText(): string | undefined {
    const [choice, ...others] = this.choices().values();
    const [passage, ...more] = choice?.passages ?? [];
    if (others.length > 0 || more.length > 0 || choice?.finishReason !== null) return undefined;
    return passage?.channel === 'content' && choice.calls.size === 0 ? passage.text : undefined;
  }
}

/** Whether the delta says anything that cannot be compared. */
export function holdsOther(delta: ChatDelta): boolean {
  for (const name in delta) {
    if (!COMPARED.has(name) && (delta as Readonly<Record<string, unknown>>)[name] != null) return true;
  }
  return delta.content != null && typeof delta.content !== 'string';
}

/** The number of the call that a part belongs to, where hosts do not number them and send each in one piece. */
export function numberOf({ index }: ToolCallDelta, begun: ReadonlySet<number>): number {
  return index ?? begun.size;
}

class PassageDraft {
  private pieces: string[];

  constructor(
    readonly channel: string,
    text: string,
  ) {
    this.pieces = [text];
  }

  add(text: string): void {
    if (this.pieces.length === PIECES) this.pieces = [this.pieces.join('')];
    this.pieces.push(text);
  }

  passage(): Passage {
    return { channel: this.channel, text: this.pieces.join('') };
  }
}

class ChoiceDraft {
  finishReason: FinishReason | null = null;
  private readonly passages: PassageDraft[] = [];
  private readonly calls = new Set<number>();

  /** In the order in which `Comparison` reads a delta. Returns how many characters it brought. */
  add(delta: ChatDelta): number {
    let characters = this.say('reasoning', delta.reasoning_content ?? delta.reasoning);
    characters += this.say('content', delta.content);
    characters += this.say('refusal', delta.refusal);
    if (delta.tool_calls) for (const part of delta.tool_calls) characters += this.call(part);
    return characters;
  }

  choice(): SentChoice {
    const { passages, calls, finishReason } = this;
    return { passages: passages.map((draft) => draft.passage()), calls: new Set(calls), finishReason };
  }

  private call(part: ToolCallDelta): number {
    const number = numberOf(part, this.calls);
    this.calls.add(number);
    return this.say(nameOf(number), part.function?.name) + this.say(argumentsOf(number), part.function?.arguments);
  }

  private say(channel: string, text: string | null | undefined): number {
    if (typeof text !== 'string' || text === '') return 0;
    const last = this.passages[this.passages.length - 1];
    if (last?.channel === channel) last.add(text);
    else this.passages.push(new PassageDraft(channel, text));
    return text.length;
  }
}

/** The channels of a tool call. */
export function nameOf(call: number): string {
  return `name ${call}`;
}

export function argumentsOf(call: number): string {
  return `arguments ${call}`;
}
