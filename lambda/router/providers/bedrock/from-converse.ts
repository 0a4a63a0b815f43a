import type { ContentBlock, ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import type { ProviderAnswer, ProviderCall } from '../../../../lib/core/execution/provider';
import type { ToolCall } from '../../../../lib/core/types-chat';
import { answerOf } from '../blocks/completion-of';
import { malformed } from '../failure-of';
import { finishReasonOf } from './stop-reason';
import { usageOfConverse } from './usage';

function toolCallsOf(content: readonly ContentBlock[]): ToolCall[] {
  return content.flatMap(({ toolUse }) =>
    toolUse === undefined
      ? []
      : [
          {
            id: toolUse.toolUseId ?? '',
            type: 'function',
            function: { name: toolUse.name ?? '', arguments: JSON.stringify(toolUse.input ?? {}) },
          } satisfies ToolCall,
        ],
  );
}

/** Converse names no answer; the id of its HTTP request stands for one. */
export function answerIdOf({ $metadata }: Pick<ConverseCommandOutput, '$metadata'>): string {
  return `chatcmpl-${$metadata.requestId ?? 'bedrock'}`;
}

export function fromConverse(output: ConverseCommandOutput, call: ProviderCall): ProviderAnswer {
  const { model, progress } = call;
  const tier = call.tier.id;
  const content = output.output?.message?.content;
  if (content === undefined) throw malformed(tier, 'answered without content');
  const usage = usageOfConverse(output.usage);
  if (usage !== undefined) progress?.tells(usage, 'all');
  return answerOf({
    id: answerIdOf(output),
    model,
    text: content.map((block) => block.text ?? '').join(''),
    reasoning: content.map((block) => block.reasoningContent?.reasoningText?.text ?? '').join(''),
    toolCalls: toolCallsOf(content),
    finishReason: finishReasonOf(output.stopReason, tier),
    ...(usage ? { usage } : {}),
  });
}
