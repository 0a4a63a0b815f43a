import type { Execution, StreamEnd, StreamOutcome, Trail } from '../types';
import type { ChatChunk, ChatCompletion } from '../types-chat';
import type { KeptAnswer } from '../types-live';
import { GatheredAnswer } from './gather-answer';
import { uncalled } from './uncalled';

const encoder = new TextEncoder();

/** A kept answer as if it had just been given, in one piece or as a stream, after no call at all. */
export function recall({ text, tier, model }: KeptAnswer, stream: boolean): Execution {
  const completion: ChatCompletion = JSON.parse(text);
  const trail = uncalled('cached', tier, model);
  if (!stream) return { kind: 'whole', trail, completion, text };
  const { id, created, usage } = completion;
  const end: StreamEnd = {
    trail,
    id,
    created,
    model: completion.model,
    ...(usage && { wireUsage: usage }),
  };
  return { kind: 'stream', trail, slices: slicesOf(completion), ended: Promise.resolve(end) };
}

/** The whole message as one delta, so that whatever stands in it arrives; then why it ended. */
async function* slicesOf({ id, created, model, choices }: ChatCompletion): AsyncGenerator<Uint8Array> {
  for (const { index, message, logprobs, finish_reason } of choices) {
    const said = { index, delta: message, logprobs: logprobs ?? null, finish_reason: null };
    const ended = { index, delta: {}, logprobs: null, finish_reason };
    for (const choice of [said, ended]) {
      const chunk = { id, object: 'chat.completion.chunk' satisfies ChatChunk['object'], created, model };
      yield encoder.encode(`data: ${JSON.stringify(Object.assign(chunk, { choices: [choice] }))}\n\n`);
    }
  }
}

/** What is told of an answer that may be kept: the completion as JSON, and how it came about. */
export type Keep = (text: string, trail: Trail) => void;

/**
 * Hands an answer that may be given again to `keep`: at once, or once the last of its stream has passed. Nothing is kept
 * that broke off, that a check did not pass, or that ended otherwise than by itself.
 */
export function keeping(execution: Execution, keep: Keep): Execution {
  if (execution.kind === 'failed') return execution;
  if (execution.kind === 'whole') {
    if (isGood(execution.trail) && isPlain(execution.completion)) keep(execution.text, execution.trail);
    return execution;
  }
  return { kind: 'stream', trail: execution.trail, slices: passing(execution, keep), ended: execution.ended };
}

async function* passing({ slices, ended }: StreamOutcome, keep: Keep): AsyncGenerator<Uint8Array> {
  const gathered = new GatheredAnswer();
  for await (const bytes of slices) {
    gathered.add(bytes);
    yield bytes;
  }
  const end = await ended;
  const completion = end.error === undefined && isGood(end.trail) ? gathered.completion(end) : undefined;
  if (completion !== undefined && isPlain(completion)) keep(JSON.stringify(completion), end.trail);
}

/** One tier gave all of it, and every check that judged it passed it. */
function isGood({ reason, tier, attempts }: Trail): boolean {
  const answering = attempts[attempts.length - 1];
  const takenUp = attempts.some(
    ({ outcome, timeToFirstTokenMs }) => outcome === 'failed' && timeToFirstTokenMs !== undefined,
  );
  return reason !== 'oracle-unmet' && !takenUp && answering?.tier === tier && answering?.outcome === 'answered';
}

/** One choice that came to its end, in text: no call of a tool, and no refusal. */
function isPlain({ choices }: ChatCompletion): boolean {
  const [choice] = choices;
  if (choice === undefined || choices.length > 1 || choice.finish_reason !== 'stop') return false;
  return (choice.message.tool_calls?.length ?? 0) === 0 && !choice.message.refusal;
}
