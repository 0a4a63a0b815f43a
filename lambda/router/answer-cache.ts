import { createHash } from 'node:crypto';
import type { AnswerCache, KeptAnswer } from '../../lib/core/types-live';

export interface AnswerCacheOptions {
  /** Memory that all answers together may take. Default 32 MiB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 32 * 1024 * 1024;
/** No one answer may take more than this part of the memory. */
const SHARE = 1 / 16;
/** A character takes up to two bytes; key, names and the entry itself take about this much more. */
const BYTES_PER_CHARACTER = 2;
const ENTRY_BYTES = 512;

/** Answers in the memory of this process, those longest unused going first. Of a question only its hash is kept. */
export function createAnswerCache({ maxBytes = MAX_BYTES }: AnswerCacheOptions = {}): AnswerCache {
  /** From the longest unused to the last used. */
  const answers = new Map<string, KeptAnswer>();
  let bytes = 0;

  function drop(id: string): void {
    const answer = answers.get(id);
    if (answer === undefined) return;
    answers.delete(id);
    bytes -= bytesOf(answer);
  }

  return {
    find(key, nowMs) {
      const id = idOf(key);
      const answer = answers.get(id);
      if (answer === undefined) return undefined;
      if (answer.untilMs <= nowMs) {
        drop(id);
        return undefined;
      }
      answers.delete(id);
      answers.set(id, answer);
      return answer;
    },

    keep(key, answer, maxEntries) {
      const id = idOf(key);
      drop(id);
      if (bytesOf(answer) > maxBytes * SHARE) return;
      answers.set(id, answer);
      bytes += bytesOf(answer);
      for (const oldest of answers.keys()) {
        if (answers.size <= maxEntries && bytes <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}

function bytesOf({ text }: KeptAnswer): number {
  return ENTRY_BYTES + BYTES_PER_CHARACTER * text.length;
}

function idOf(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}
