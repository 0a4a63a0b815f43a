import type { Attribution } from '../types';
import { isAkin, isAlike, type Likeness, readLikeness } from './likeness';

/** What of a record tells a question that is asked again. */
export type Question = Pick<
  Attribution,
  | 'requestId'
  | 'time'
  | 'customer'
  | 'keyId'
  | 'task'
  | 'feature'
  | 'session'
  | 'userTier'
  | 'tier'
  | 'model'
  | 'reason'
  | 'latencyMs'
  | 'likeness'
>;

/** A question, and the last one before it that it asks again. */
export interface Repeat<Asked extends Question> {
  readonly again: Asked;
  readonly first: Asked;
}

/** Later than this nobody is asking the same thing again: it is asked anew. */
export const ASKED_AGAIN_MS = 10 * 60_000;

/** What is asked twice sooner than this, and before it is answered, was sent twice on purpose. */
const AT_ONCE_MS = 1000;

/** More than so many that are akin are no repeats of one another but a form that is filled in. */
const MOST_AKIN = 3;

/** Prompts compared with one, newest first: enough to find a form, and few enough for a task of nothing else. */
const MOST_COMPARED = 1000;

/**
 * Which of `records` ask again what was asked in the ten minutes before, by the same caller of the same task, in nearly the
 * same words. `earlier` are records that came before, which are looked at but not counted: each record is to be among
 * `records` once, in the stretch of time in which it came, and then no repeat is counted twice. A conversation that goes on
 * is longer than it was, and so is no repeat; nor is what a kept answer served, or what nobody was asked for.
 */
export function askedAgain<Asked extends Question>(
  records: readonly Asked[],
  earlier: readonly Asked[] = [],
): readonly Repeat<Asked>[] {
  const index = new QuestionIndex<Asked>();
  const all = [...new Map([...earlier, ...records].map((record) => [record.requestId, record])).values()];
  const asked = all.flatMap(entryOf).sort((one, other) => one.atMs - other.atMs);
  const counted = new Set(records.map(({ requestId }) => requestId));
  const repeats: Repeat<Asked>[] = [];
  for (const entry of asked) {
    const first = counted.has(entry.record.requestId) && !isKept(entry.record) ? index.find(entry) : undefined;
    if (first !== undefined) repeats.push({ again: entry.record, first: first.record });
    index.add(entry);
  }
  return repeats;
}

/** A hit of the cache costs nothing, however often it is asked for. */
function isKept({ reason }: Question): boolean {
  return reason === 'cached';
}

interface Entry<Asked extends Question> {
  readonly record: Asked;
  readonly likeness: Likeness;
  readonly atMs: number;
  /** From when on asking again is a repeat. */
  readonly openMs: number;
  readonly scope: string;
}

function entryOf<Asked extends Question>(record: Asked): Entry<Asked>[] {
  const { likeness, time, customer, keyId, task, feature, latencyMs, reason } = record;
  if (likeness === undefined || reason === 'refused') return [];
  const atMs = Date.parse(time);
  const who = customer === undefined ? ['key', keyId] : ['customer', customer];
  const scope = JSON.stringify([...who, task, feature]);
  const openMs = atMs + Math.min(latencyMs, AT_ONCE_MS);
  return [{ record, likeness: readLikeness(likeness), atMs, openMs, scope }];
}

/** Questions by the words of their sketch: of two that are alike one word at least is the same. */
class QuestionIndex<Asked extends Question> {
  private readonly entries = new Map<string, Entry<Asked>[]>();

  add(entry: Entry<Asked>): void {
    for (const key of [wholeOf(entry), ...wordsOf(entry)]) {
      const known = this.entries.get(key);
      if (known === undefined) this.entries.set(key, [entry]);
      else known.push(entry);
    }
  }

  /** The last that was the same to the word, or else nearly so. */
  find(entry: Entry<Asked>): Entry<Asked> | undefined {
    const same = this.before(entry, wholeOf(entry)).at(-1);
    if (same !== undefined) return same;
    const akin = new Set<Entry<Asked>>();
    for (const key of wordsOf(entry)) {
      for (const before of this.before(entry, key)) if (isAkin(before.likeness, entry.likeness)) akin.add(before);
      if (akin.size > MOST_AKIN) return undefined;
    }
    const alike = [...akin].filter((before) => isAlike(before.likeness, entry.likeness));
    return alike.sort((one, other) => one.atMs - other.atMs).at(-1);
  }

  /** Ascending by time. */
  private before(entry: Entry<Asked>, key: string): readonly Entry<Asked>[] {
    const known = this.entries.get(key)?.slice(-MOST_COMPARED) ?? [];
    return known.filter(
      (one) => one.openMs <= entry.atMs && one.atMs >= entry.atMs - ASKED_AGAIN_MS && isSameSession(one, entry),
    );
  }
}

function wholeOf<Asked extends Question>({ scope, record }: Entry<Asked>): string {
  return `${scope}=${record.likeness}`;
}

function wordsOf<Asked extends Question>({ scope, likeness }: Entry<Asked>): string[] {
  return likeness.question.words.flatMap((word, at) => (word === 0 ? [] : [`${scope}${at}:${word}`]));
}

/** Two people may ask the same thing; where both name their session, it is told. */
function isSameSession<Asked extends Question>(before: Entry<Asked>, entry: Entry<Asked>): boolean {
  const [one, other] = [before.record.session, entry.record.session];
  return one === undefined || other === undefined || one === other;
}
