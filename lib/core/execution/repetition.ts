import { RouterError } from '../errors';
import type { ChatChunk } from '../types-chat';
import { Comparison } from './comparison';
import { MOST_CHARACTERS, type Sent } from './sent';
import { charactersOfDelta } from './wholeness';

/** Under which the caller knows the answer. */
export interface Identity {
  readonly id: string;
  readonly created: number;
}

type ChunkChoice = ChatChunk['choices'][number];

/**
 * An answer that repeats one that broke off, or goes on from it: what the caller has been sent is compared character by
 * character and skipped, choice by choice, and the rest let through under the identity of the first. Nothing passes
 * before every choice has been repeated, so that what the caller holds is never the beginning of two answers.
 */
export class Repetition {
  private readonly choices = new Map<number, Comparison>();
  private held: ChatChunk[] = [];
  private heldCharacters = 0;
  private verified = false;

  /** `given`: characters of the text that the tier was given to go on from, so that it does not repeat them. */
  constructor(
    sent: Sent,
    private readonly identity: Identity,
    given: number,
  ) {
    for (const [index, choice] of sent.choices()) this.choices.set(index, new Comparison(choice, given));
  }

  /** Whether all that was sent has been repeated. */
  get isVerified(): boolean {
    return this.verified;
  }

  get repeatedCharacters(): number {
    let characters = 0;
    for (const choice of this.choices.values()) characters += choice.repeatedCharacters;
    return characters;
  }

  /** What of the chunks the caller has not been sent yet. Throws `diverged` at the first difference. */
  take(chunks: readonly ChatChunk[], tier: string): readonly ChatChunk[] {
    for (const chunk of chunks) this.compare(chunk, tier);
    if (!this.verified || this.held.length === 0) return [];
    const rest = this.held;
    this.held = [];
    return rest;
  }

  private compare(chunk: ChatChunk, tier: string): void {
    const beyond: ChunkChoice[] = [];
    for (const choice of chunk.choices) {
      const comparison = this.comparisonOf(choice.index);
      const rest = comparison.take(choice);
      if (comparison.differs) throw diverged(tier);
      if (rest !== undefined) beyond.push(rest);
    }
    if (beyond.length > 0) this.hold(chunk, beyond, tier);
    this.verified ||= this.isRepeated();
  }

  private comparisonOf(index: number): Comparison {
    let comparison = this.choices.get(index);
    if (comparison === undefined) {
      comparison = new Comparison(undefined, 0);
      this.choices.set(index, comparison);
    }
    return comparison;
  }

  private hold(chunk: ChatChunk, choices: readonly ChunkChoice[], tier: string): void {
    const { id, created } = this.identity;
    this.held.push(Object.assign({}, chunk, { id: id || chunk.id, created: created || chunk.created, choices }));
    if (this.verified) return;
    for (const { delta } of choices) this.heldCharacters += charactersOfDelta(delta);
    if (this.heldCharacters > MOST_CHARACTERS) throw diverged(tier);
  }

  private isRepeated(): boolean {
    for (const choice of this.choices.values()) if (!choice.isRepeated) return false;
    return true;
  }
}

export function diverged(tier: string): RouterError {
  return RouterError.failure('diverged', `Tier "${tier}" did not repeat what had been sent of the answer.`);
}
