import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import type { CallProgress, StreamTail } from '../../../../lib/core/execution/provider';
import type { StreamSlice, Usage } from '../../../../lib/core/types';
import { ChunkWriter } from '../blocks/chunk-writer';
import { tailOf } from '../blocks/completion-of';
import { finishReasonOf } from './stop-reason';
import { usageOfConverse } from './usage';

export interface StreamParts {
  readonly events: AsyncIterable<ConverseStreamOutput>;
  readonly id: string;
  readonly model: string;
  readonly tier: string;
  readonly progress: CallProgress | undefined;
  /** Any error of the AWS client or of the mapping as what befell the tier. */
  failure(error: unknown): Error;
  /** Told once the iteration is over, however it ended. */
  ended(): void;
}

function write(writer: ChunkWriter, event: ConverseStreamOutput, tier: string): void {
  if (event.messageStart) writer.begin();
  else if (event.contentBlockStart) {
    const { contentBlockIndex = 0, start } = event.contentBlockStart;
    if (start?.toolUse) writer.tool(contentBlockIndex, start.toolUse.toolUseId ?? '', start.toolUse.name ?? '');
  } else if (event.contentBlockDelta) {
    const { contentBlockIndex = 0, delta } = event.contentBlockDelta;
    writer.text(delta?.text ?? '');
    writer.reasoning(delta?.reasoningContent?.text ?? '');
    writer.toolArguments(contentBlockIndex, delta?.toolUse?.input ?? '');
  } else if (event.contentBlockStop) writer.endBlock(event.contentBlockStop.contentBlockIndex ?? 0);
  else if (event.messageStop) writer.finish(finishReasonOf(event.messageStop.stopReason, tier));
}

/** The slices of a ConverseStream answer. Usage comes after `messageStop`; without that event there is no finish reason. */
export async function* fromStream(parts: StreamParts): AsyncGenerator<StreamSlice, StreamTail> {
  const writer = new ChunkWriter(parts.id, parts.model);
  let usage: Usage | undefined;
  try {
    for await (const event of parts.events) {
      if (event.metadata) {
        usage = usageOfConverse(event.metadata.usage);
        if (usage !== undefined) parts.progress?.tells(usage, 'all');
      } else write(writer, event, parts.tier);
      const slice = writer.slice();
      if (slice) yield slice;
    }
    return tailOf(usage);
  } catch (error) {
    throw parts.failure(error);
  } finally {
    parts.ended();
  }
}
