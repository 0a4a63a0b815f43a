import type { StreamEnd } from '../types';
import type { ChatChunk, ChatCompletion, ChatMessage } from '../types-chat';
import { chatUsageOf } from './chat-usage';

/** Longer answers are not worth the memory. */
const MOST_CHARACTERS = 256 * 1024;

/** What a delta may say for the answer to be put together again without loss. */
const TEXTS = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const;

type Texts = Partial<Record<(typeof TEXTS)[number], string>>;
type Choice = ChatChunk['choices'][number];

/**
 * Puts the one choice of a streamed answer together while its bytes pass. Where it holds more than text, or is very long, it
 * is let go: an answer that is kept must be the one that was given.
 */
export class GatheredAnswer {
  private texts: Texts = {};
  private readonly decoder = new TextDecoder();
  private first: ChatChunk | undefined;
  private finish: Choice['finish_reason'];
  private characters = 0;
  private lost = false;

  /** Bytes of whole events. */
  add(bytes: Uint8Array): void {
    if (this.lost) return;
    for (const line of this.decoder.decode(bytes).split(/\r?\n/)) {
      if (!line.startsWith('data:')) continue;
      try {
        this.addChunk(JSON.parse(line.slice('data:'.length)));
      } catch {
        this.letGo();
      }
    }
  }

  /** Undefined where the answer is not whole text. */
  completion({ usage, wireUsage }: StreamEnd): ChatCompletion | undefined {
    const { first, finish, texts } = this;
    if (this.lost || first === undefined || !finish) return undefined;
    const message: ChatMessage = Object.assign({ role: 'assistant', content: null }, texts);
    const told = wireUsage ?? (usage && chatUsageOf(usage));
    return {
      id: first.id,
      object: 'chat.completion',
      created: first.created,
      model: first.model,
      choices: [{ index: 0, message, finish_reason: finish }],
      ...(told !== undefined && { usage: told }),
    };
  }

  private addChunk(chunk: ChatChunk): void {
    this.first ??= chunk;
    for (const choice of chunk.choices) this.addChoice(choice);
  }

  private addChoice({ index, delta, finish_reason, logprobs }: Choice): void {
    if (index !== 0 || logprobs) this.letGo();
    if (finish_reason) this.finish = finish_reason;
    for (const [field, value] of Object.entries(delta)) {
      if (field === 'role' || saysNothing(value)) continue;
      const name = TEXTS.find((one) => one === field);
      if (name === undefined || typeof value !== 'string') this.letGo();
      else this.addText(name, value);
    }
  }

  private addText(name: (typeof TEXTS)[number], text: string): void {
    this.characters += text.length;
    if (this.characters > MOST_CHARACTERS) this.letGo();
    if (!this.lost) this.texts[name] = (this.texts[name] ?? '') + text;
  }

  private letGo(): void {
    this.lost = true;
    this.texts = {};
  }
}

/** Hosts fill members they have no use for with null or an empty list. */
function saysNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
