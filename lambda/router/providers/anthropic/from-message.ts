import type { ProviderAnswer, ProviderCall } from '../../../../lib/core/execution/provider';
import type { ToolCall } from '../../../../lib/core/types-chat';
import { answerOf } from '../blocks/completion-of';
import { failureInBand, malformed } from '../failure-of';
import { parseJson, saysError } from '../host-error';
import { isMessage } from './dialect';
import { finishReasonOf } from './stop-reason';
import { usageOfMessage } from './usage';
import type { Message, MessageBlock } from './wire';

type BlockOf<Type extends MessageBlock['type']> = Extract<MessageBlock, { type: Type }>;

function blocksOf<Type extends MessageBlock['type']>({ content }: Message, type: Type): BlockOf<Type>[] {
  return content.filter((block): block is BlockOf<Type> => block.type === type);
}

function toolCallOf(block: BlockOf<'tool_use'>): ToolCall {
  const { id, name, input } = block;
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } };
}

/** The whole message in a body of status 200; a body that is an error or no message is thrown. */
export function fromMessage(text: string, { tier: { id: tier }, progress }: ProviderCall): ProviderAnswer {
  const body = parseJson(text);
  if (saysError(body)) throw failureInBand(body, tier);
  if (!isMessage(body)) throw malformed(tier, 'answered without content that its dialect knows');
  const message = body as Message;
  const usage = usageOfMessage(message.usage);
  if (usage !== undefined) progress?.tells(usage, 'all');
  return answerOf({
    id: message.id,
    model: message.model,
    text: blocksOf(message, 'text')
      .map((block) => block.text)
      .join(''),
    reasoning: blocksOf(message, 'thinking')
      .map((block) => block.thinking)
      .join(''),
    toolCalls: blocksOf(message, 'tool_use').map(toolCallOf),
    finishReason: finishReasonOf(message.stop_reason, tier),
    ...(usage ? { usage } : {}),
  });
}
