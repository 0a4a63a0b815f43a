/** Longer words are no typing errors, and their distance is not worth its time. */
const LONGEST = 48;

/** More names than a person can confuse. */
const MOST_CANDIDATES = 200;

/** The allowed word that was probably meant: few edits away, upper and lower case alike; undefined when none is near. */
export function nearest(word: string, allowed: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  const limit = Math.max(1, Math.floor((word.length + 1) / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  let tried = 0;
  for (const candidate of allowed) {
    tried += 1;
    if (tried > MOST_CANDIDATES) break;
    if (candidate.length > LONGEST || Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions and replacements of one letter, and swaps of two neighbours (optimal string alignment). */
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const least = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
      next.push(swapped ? Math.min(least, (before[j - 2] as number) + 1) : least);
    }
    before = row;
    row = next;
  }
  return row[other.length] as number;
}

/** `; did you mean "mid"?`, or nothing. */
export function suggestion(word: string, allowed: Iterable<string>): string {
  const meant = nearest(word, allowed);
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}
