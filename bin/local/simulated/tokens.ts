/** A simulated token is up to five letters with the space before them: near enough to what tokenizers make of English. */
export function splitTokens(text: string): string[] {
  return text.match(/\s*\S{1,5}|\s+$/gu) ?? [];
}

/** Prompts are only counted, and by length, as they may be megabytes. */
export function countTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
