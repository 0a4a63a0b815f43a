import type { ChatChunk, ChatDelta, FinishReason, ToolCallDelta } from '../types-chat';
import { argumentsOf, COMPARED, holdsOther, nameOf, numberOf, type SentChoice } from './sent';

type ChunkChoice = ChatChunk['choices'][number];

const UNSENT: SentChoice = { passages: [], calls: new Set(), finishReason: null };

/** One choice of a second answer, held against what was sent of it. */
export class Comparison {
  differs = false;
  repeatedCharacters = 0;
  private readonly sent: SentChoice;
  private readonly wasBegun: boolean;
  private readonly calls = new Set<number>();
  private passage = 0;
  private position: number;
  private finishReason: FinishReason | null = null;

  /** `given`: characters of the first passage that are not to be repeated. */
  constructor(sent: SentChoice | undefined, given: number) {
    this.sent = sent ?? UNSENT;
    this.wasBegun = sent !== undefined;
    this.position = given;
    this.leavePassage();
  }

  /** Whether nothing of what was sent is still to come. */
  get isRepeated(): boolean {
    return this.isThrough && (this.sent.finishReason === null || this.finishReason !== null);
  }

  /** What goes beyond what was sent; undefined where nothing does, or where `differs`. */
  take(choice: ChunkChoice): ChunkChoice | undefined {
    const { index, delta, finish_reason } = choice;
    if (!this.isThrough && holdsOther(delta)) this.differs = true;
    const before = this.repeatedCharacters;
    const rest = this.restOf(delta);
    const repeated = this.repeatedCharacters - before;
    const finish = finish_reason ? this.finish(finish_reason) : null;
    if (this.differs || (finish === null && isEmpty(rest))) return undefined;
    return { index, delta: rest, finish_reason: finish, ...logprobsBeyond(choice, repeated) };
  }

  private get isThrough(): boolean {
    return this.passage >= this.sent.passages.length;
  }

  private finish(reason: FinishReason): FinishReason | null {
    const sent = this.sent.finishReason;
    this.finishReason = reason;
    if (!this.isThrough || (sent !== null && sent !== reason)) this.differs = true;
    return sent === null ? reason : null;
  }

  /** In the order in which `Sent` remembers a delta. */
  private restOf(delta: ChatDelta): ChatDelta {
    const rest: Record<string, unknown> = {};
    if (holdsOther(delta)) copyOther(delta, rest);
    if (delta.role !== undefined && !this.wasBegun) rest.role = delta.role;
    const reasoning = this.beyond('reasoning', delta.reasoning_content ?? delta.reasoning);
    if (reasoning !== '' && delta.reasoning_content != null) rest.reasoning_content = reasoning;
    if (reasoning !== '' && delta.reasoning != null) rest.reasoning = reasoning;
    const content = this.beyond('content', delta.content);
    if (content !== '') rest.content = content;
    const refusal = this.beyond('refusal', delta.refusal);
    if (refusal !== '') rest.refusal = refusal;
    const calls: ToolCallDelta[] = [];
    for (const part of delta.tool_calls ?? []) this.call(part, calls);
    if (calls.length > 0) rest.tool_calls = calls;
    return rest;
  }

  /** A call that had begun keeps the id that the caller knows: hosts make a new one each time. */
  private call(part: ToolCallDelta, beyond: ToolCallDelta[]): void {
    const index = numberOf(part, this.calls);
    this.calls.add(index);
    const name = this.beyond(nameOf(index), part.function?.name);
    const text = this.beyond(argumentsOf(index), part.function?.arguments);
    if (!this.sent.calls.has(index)) beyond.push(Object.assign({}, part, { index }));
    else if (name !== '') beyond.push({ index, function: { name, arguments: text } });
    else if (text !== '') beyond.push({ index, function: { arguments: text } });
  }

  /** What of the text goes beyond what was sent. */
  private beyond(channel: string, text: string | null | undefined): string {
    if (typeof text !== 'string') return '';
    let at = 0;
    while (at < text.length && !this.isThrough) {
      const sent = this.sent.passages[this.passage] as SentChoice['passages'][number];
      const length = Math.min(text.length - at, sent.text.length - this.position);
      if (sent.channel !== channel || !sent.text.startsWith(text.slice(at, at + length), this.position)) {
        this.differs = true;
        return '';
      }
      at += length;
      this.position += length;
      this.repeatedCharacters += length;
      this.leavePassage();
    }
    if (at < text.length && this.sent.finishReason !== null) this.differs = true;
    return text.slice(at);
  }

  private leavePassage(): void {
    const sent = this.sent.passages[this.passage];
    if (sent === undefined || this.position < sent.text.length) return;
    this.passage += 1;
    this.position = 0;
  }
}

function copyOther(delta: ChatDelta, rest: Record<string, unknown>): void {
  for (const name in delta) if (!COMPARED.has(name)) rest[name] = delta[name as keyof ChatDelta];
}

function isEmpty(delta: ChatDelta): boolean {
  for (const _name in delta) return false;
  return true;
}

/** Log probabilities of the tokens that were not sent before. */
function logprobsBeyond({ logprobs, delta }: ChunkChoice, repeated: number): Pick<ChunkChoice, 'logprobs'> | undefined {
  if (logprobs === undefined || logprobs === null) return undefined;
  if (repeated === 0) return { logprobs };
  const { content } = logprobs as { readonly content?: unknown };
  if (!Array.isArray(content) || typeof delta.content !== 'string') return undefined;
  const beyond: unknown[] = [];
  let at = 0;
  for (const one of content as readonly { readonly token?: unknown }[]) {
    if (at >= repeated) beyond.push(one);
    at += typeof one?.token === 'string' ? one.token.length : 0;
  }
  return beyond.length === 0 ? undefined : { logprobs: Object.assign({}, logprobs, { content: beyond }) };
}
