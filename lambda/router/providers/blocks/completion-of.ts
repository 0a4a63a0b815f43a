import type { ProviderAnswer, StreamTail } from '../../../../lib/core/execution/provider';
import { chatUsageOf } from '../../../../lib/core/response/chat-usage';
import type { Usage } from '../../../../lib/core/types';
import type { ChatCompletion, FinishReason, ToolCall } from '../../../../lib/core/types-chat';

/** What the answering side of a dialect of blocks comes to. */
export interface BlockAnswer {
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  readonly usage?: Usage;
}

/** Stands for the words of a model that refuses without any: a refusal is an answer, an empty message is none. */
export const REFUSED = 'The model refused to answer.';

export function tailOf(usage: Usage | undefined): StreamTail {
  return usage === undefined ? {} : { usage };
}

/** Seconds since 1970, which neither dialect tells. */
export function createdNow(): number {
  return Math.floor(Date.now() / 1000);
}

export function answerOf(answer: BlockAnswer): ProviderAnswer {
  const { id, model, text, reasoning, toolCalls, finishReason, usage } = answer;
  const silent = finishReason === 'content_filter' && text === '' && toolCalls.length === 0;
  const completion: ChatCompletion = {
    id,
    object: 'chat.completion',
    created: createdNow(),
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' ? null : text,
          refusal: silent ? REFUSED : null,
          ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
          ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
        },
        finish_reason: finishReason,
        logprobs: null,
      },
    ],
    ...(usage ? { usage: chatUsageOf(usage) } : {}),
  };
  return { completion, text: JSON.stringify(completion), ...(usage ? { usage } : {}) };
}
