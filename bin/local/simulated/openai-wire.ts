import type { ChatBody } from '../../../lib/core/types-chat';
import type { SimulatedAnswer } from './simulated-model';

/** What vLLM writes for an answer, whole or in chunks. */

export interface Envelope {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
}

export function completionOf(envelope: Envelope, answers: readonly SimulatedAnswer[], body: ChatBody): unknown {
  return {
    ...envelope,
    object: 'chat.completion',
    choices: answers.map((answer, index) => ({
      index,
      message: messageOf(answer, `${envelope.id}-${index}`),
      logprobs: body.logprobs === true ? logprobsOf(answer.tokens, answer.confidence, body.top_logprobs ?? 0) : null,
      finish_reason: finishReasonOf(answer),
      stop_reason: null,
    })),
    usage: usageOf(answers),
    prompt_logprobs: null,
  };
}

function messageOf({ tokens, toolCall }: SimulatedAnswer, callId: string): unknown {
  const calls =
    toolCall === undefined
      ? []
      : [
          {
            id: callId,
            type: 'function',
            function: { name: toolCall.name, arguments: JSON.stringify(toolCall.arguments) },
          },
        ];
  return {
    role: 'assistant',
    content: toolCall === undefined ? tokens.join('') : null,
    refusal: null,
    tool_calls: calls,
  };
}

export function finishReasonOf({ finish }: SimulatedAnswer): string {
  return finish === 'tool-call' ? 'tool_calls' : finish;
}

export function usageOf(answers: readonly SimulatedAnswer[]): unknown {
  const promptTokens = answers[0]?.inputTokens ?? 0;
  const completionTokens = answers.reduce((sum, answer) => sum + answer.outputTokens, 0);
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
    prompt_tokens_details: null,
  };
}

/** Every token is as likely as the model is sure of itself; the alternatives share what is left. */
export function logprobsOf(tokens: readonly string[], confidence: number, top: number): unknown {
  const entry = (token: string, chance: number) => ({
    token,
    logprob: Math.log(chance),
    bytes: [...Buffer.from(token)],
  });
  return {
    content: tokens.map((token) => ({
      ...entry(token, confidence),
      top_logprobs: Array.from({ length: top }, (_, rank) =>
        rank === 0 ? entry(token, confidence) : entry(` alternative${rank}`, (1 - confidence) / top),
      ),
    })),
  };
}

interface ChunkChoice {
  readonly index: number;
  readonly delta: unknown;
  readonly logprobs: unknown;
  readonly finish_reason: string | null;
}

/** The chunks of one choice and how long each takes to come. */
export function* chunksOf(
  answer: SimulatedAnswer,
  index: number,
  id: string,
  body: ChatBody,
): Generator<[ChunkChoice, number]> {
  const chunk = (delta: unknown, finish: string | null = null, token?: string): ChunkChoice => {
    const logprobs =
      token !== undefined && body.logprobs === true
        ? logprobsOf([token], answer.confidence, body.top_logprobs ?? 0)
        : null;
    return { index, delta, logprobs, finish_reason: finish };
  };
  yield [chunk({ role: 'assistant', content: '' }), answer.firstTokenMs];
  for (const token of answer.tokens) yield [chunk({ content: token }, null, token), answer.perTokenMs];
  if (answer.toolCall !== undefined) yield* toolChunks(answer, `${id}-${index}`, chunk);
  yield [chunk({}, finishReasonOf(answer)), 0];
}

function* toolChunks(
  { toolCall, perTokenMs }: SimulatedAnswer,
  callId: string,
  chunk: (delta: unknown) => ChunkChoice,
): Generator<[ChunkChoice, number]> {
  const text = JSON.stringify(toolCall?.arguments);
  const half = Math.ceil(text.length / 2);
  const head = { index: 0, id: callId, type: 'function', function: { name: toolCall?.name, arguments: '' } };
  yield [chunk({ tool_calls: [head] }), perTokenMs];
  for (const part of [text.slice(0, half), text.slice(half)]) {
    yield [chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] }), perTokenMs];
  }
}
