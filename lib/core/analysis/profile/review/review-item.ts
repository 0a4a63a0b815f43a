import type { ChatMessage } from '../../../types-chat';
import type { CorpusRow } from '../profile-document';
import type { RecordedAnswer } from '../run/recorded-answer';
import type { ReviewItem } from './review-sheet';

/** What a person reads to judge an answer; undefined where there is none. */
export function reviewItem(row: CorpusRow, { tier, choice }: RecordedAnswer): ReviewItem | undefined {
  if (choice === undefined) return undefined;
  const calls = choice.toolCalls.map(({ name, arguments: given }) => `calls ${name}(${given})`);
  const parts = [choice.text, choice.refusal, ...calls].filter((part) => part !== '');
  const { id, task, messages, expect } = row;
  return {
    row: id,
    task,
    tier,
    prompt: conversation(messages),
    ...(expect !== undefined && { expect }),
    answer: parts.join('\n'),
  };
}

/** A lone question as it is; of several messages who said each. */
function conversation(messages: readonly ChatMessage[]): string {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) return textOf(only);
  return messages.map((message) => `[${message.role}]\n${textOf(message)}`).join('\n\n');
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : `(${part.type})`)).join('\n');
}
