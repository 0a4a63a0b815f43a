import type { AnswerChoice, StreamSlice } from '../types';
import type { ChatBody, ChatChunk, ChatCompletion, ChatDelta } from '../types-chat';
import type { Tier } from '../types-policy';
import { marginsIn, marginsOfText, trimmedLogprobs } from './logprobs';
import type { ExecutionPlan } from './plan';
import type { ProviderAnswer, ProviderCall, StreamTail, TierProvider } from './provider';

/** A margin needs the likeliest token and the next. */
const NEEDED = 2;

/** Reads the token margins of one call's answer. */
export interface Measure {
  /** Asks the tier for token probabilities; what it passes on holds those that the caller asked for, and no others. */
  readonly provider: TierProvider;
  /** The choices with the margins read so far. */
  of(choices: readonly AnswerChoice[]): AnswerChoice[];
  /** Tokens of text read so far of a choice, where the tier tells of its tokens. */
  tokens(index: number): number;
}

/** Undefined where no check asks how sure the tier was, or the tier does not tell. */
export function measureOf(
  { gate, task, request }: ExecutionPlan,
  tier: Tier,
  provider: TierProvider,
): Measure | undefined {
  const { body } = request;
  const wanted = gate !== undefined && task.oracle.some(({ kind }) => kind === 'confidence');
  if (!wanted || !tier.capabilities.includes('logprobs')) return undefined;
  // Alternatives without probabilities are a fault of the request, which the tier is to tell its caller.
  if (body.logprobs !== true && body.top_logprobs) return undefined;
  return createMeasure(body, provider);
}

function createMeasure(body: ChatBody, inner: TierProvider): Measure {
  const margins = new Map<number, number[]>();
  const asked = body.logprobs === true ? (body.top_logprobs ?? 0) : undefined;
  const enough = asked !== undefined && asked >= NEEDED;
  const read = (index: number, found: readonly number[]): void => {
    const known = margins.get(index);
    if (known === undefined) margins.set(index, [...found]);
    else known.push(...found);
  };

  const provider: TierProvider = {
    unsupported: (sent, tier) => inner.unsupported(sent, tier),
    async complete(call) {
      const answer = await inner.complete(enough ? call : asking(call));
      for (const [position, choice] of answer.completion.choices.entries()) read(position, marginsOfText(choice));
      return enough ? answer : trimmedAnswer(answer, asked);
    },
    async stream(call) {
      const slices = await inner.stream(enough ? call : asking(call));
      return readAlong(slices, (slice) => {
        for (const chunk of slice.chunks) readChunk(chunk, read);
        return enough ? slice : trimmedSlice(slice, asked);
      });
    },
  };
  return {
    provider,
    tokens: (index) => margins.get(index)?.length ?? 0,
    of(choices) {
      const found = [...margins].sort(([one], [other]) => one - other).map(([, list]) => list);
      return choices.map((choice, position) => {
        const list = found[position];
        return list === undefined || list.length === 0 ? choice : Object.assign({}, choice, { margins: list });
      });
    },
  };
}

function asking(call: ProviderCall): ProviderCall {
  const body = Object.assign({}, call.body, { logprobs: true, top_logprobs: NEEDED });
  return Object.assign({}, call, { body });
}

/** Every choice is known by its first chunk, so that those without probabilities keep their place. */
function readChunk({ choices }: ChatChunk, read: (index: number, margins: readonly number[]) => void): void {
  for (const { index, delta, logprobs } of choices) read(index, isThinking(delta) ? [] : marginsIn(logprobs));
}

function isThinking({ content, reasoning_content: older, reasoning }: ChatDelta): boolean {
  return !content && Boolean(older || reasoning);
}

function trimmedAnswer({ completion, usage }: ProviderAnswer, top: number | undefined): ProviderAnswer {
  const trimmed: ChatCompletion = Object.assign({}, completion, { choices: trimmedChoices(completion.choices, top) });
  const answer: ProviderAnswer = { completion: trimmed, text: JSON.stringify(trimmed) };
  return usage === undefined ? answer : Object.assign(answer, { usage });
}

const encoder = new TextEncoder();

function trimmedSlice(slice: StreamSlice, top: number | undefined): StreamSlice {
  if (slice.chunks.every(({ choices }) => choices.every(({ logprobs }) => !logprobs))) return slice;
  const chunks = slice.chunks.map(
    (chunk): ChatChunk => Object.assign({}, chunk, { choices: trimmedChoices(chunk.choices, top) }),
  );
  const bytes = encoder.encode(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''));
  return { bytes, chunks };
}

function trimmedChoices<Choice extends { readonly logprobs?: unknown }>(
  choices: readonly Choice[],
  top: number | undefined,
): Choice[] {
  return choices.map((choice) =>
    choice.logprobs ? Object.assign({}, choice, { logprobs: trimmedLogprobs(choice.logprobs, top) }) : choice,
  );
}

/** Not a generator of its own: one that is left early would wait for the read under way before it closed its source. */
function readAlong(
  source: AsyncGenerator<StreamSlice, StreamTail>,
  change: (slice: StreamSlice) => StreamSlice,
): AsyncGenerator<StreamSlice, StreamTail> {
  const changed = (next: IteratorResult<StreamSlice, StreamTail>): IteratorResult<StreamSlice, StreamTail> =>
    next.done ? next : { done: false, value: change(next.value) };
  const reading: Omit<AsyncGenerator<StreamSlice, StreamTail>, typeof Symbol.asyncDispose> = {
    next: async () => changed(await source.next()),
    return: async (tail) => changed(await source.return(tail)),
    throw: async (error) => changed(await source.throw(error)),
    [Symbol.asyncIterator]() {
      return this as AsyncGenerator<StreamSlice, StreamTail>;
    },
  };
  return reading as AsyncGenerator<StreamSlice, StreamTail>;
}
