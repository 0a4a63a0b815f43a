import type { ChatCompletion } from '../types-chat';

/**
 * Token probabilities as Chat Completions words them: of a choice `{ content: [{ token, logprob, top_logprobs }] }`. What
 * a host sends is a stranger's, so nothing of it is taken for granted.
 */
type Fields = Readonly<Record<string, unknown>>;

interface Candidate {
  readonly token: unknown;
  readonly p: number;
}

/** The margins of a choice's tokens, in order; a token that no probability is told of has none. */
export function marginsIn(logprobs: unknown): number[] {
  return entriesIn(logprobs).flatMap((entry) => marginOf(entry) ?? []);
}

/**
 * The same of an answer's text alone: hosts list the tokens of the reasoning before it too, and what a model was unsure
 * of while it was thinking says little of what it said.
 */
export function marginsOfText({ message, logprobs }: ChatCompletion['choices'][number]): number[] {
  const entries = entriesIn(logprobs);
  const { content } = message;
  if (typeof content !== 'string' || !hasReasoning(message)) return entries.flatMap((entry) => marginOf(entry) ?? []);
  let from = entries.length;
  for (let characters = 0; from > 0 && characters < content.length; ) {
    from -= 1;
    characters += String(entries[from]?.token ?? '').length;
  }
  return entries.slice(from).flatMap((entry) => marginOf(entry) ?? []);
}

function hasReasoning(message: object): boolean {
  const { reasoning_content: older, reasoning } = message as Fields;
  return Boolean(older || reasoning);
}

/** With no more alternatives than were asked for; null, as hosts say it, where none of it was. */
export function trimmedLogprobs(logprobs: unknown, top: number | undefined): unknown {
  if (top === undefined || !isFields(logprobs)) return null;
  const trimmed = Object.entries(logprobs).map(([name, entries]) => [name, trimmedEntries(entries, top)]);
  return Object.fromEntries(trimmed);
}

function trimmedEntries(entries: unknown, top: number): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.map((entry: unknown) => {
    if (!isFields(entry) || !Array.isArray(entry.top_logprobs)) return entry;
    return Object.assign({}, entry, { top_logprobs: entry.top_logprobs.slice(0, top) });
  });
}

/**
 * What the likeliest token had over the next. Where only one is told, the next is taken to have all that is left, so that
 * the margin is never larger than it was.
 */
function marginOf(entry: Fields): number | undefined {
  const candidates = candidatesOf(entry).sort((one, other) => other.p - one.p);
  const [first, second] = candidates;
  if (first === undefined) return undefined;
  return Math.max(0, first.p - (second?.p ?? 1 - first.p));
}

/** The token itself and its alternatives, each once: hosts list the token among them, unless it was an unlikely one. */
function candidatesOf(entry: Fields): Candidate[] {
  const told = [entry, ...(Array.isArray(entry.top_logprobs) ? entry.top_logprobs : [])];
  const candidates: Candidate[] = [];
  for (const one of told) {
    if (!isFields(one) || typeof one.logprob !== 'number' || Number.isNaN(one.logprob)) continue;
    const { token, logprob } = one;
    if (!candidates.some((known) => known.token === token))
      candidates.push({ token, p: Math.min(1, Math.exp(logprob)) });
  }
  return candidates;
}

function entriesIn(logprobs: unknown): readonly Fields[] {
  const content = isFields(logprobs) ? logprobs.content : undefined;
  return Array.isArray(content) ? content.filter(isFields) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
