import { RouterError } from '../../../../lib/core/errors';
import type { FinishReason } from '../../../../lib/core/types-chat';

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

/** A pause asks for the turn to be sent again, which Chat Completions cannot say; nor what this version does not know. */
export function finishReasonOf(stopReason: string | null | undefined, tier: string): FinishReason {
  const finish = FINISH[stopReason ?? ''];
  if (finish === undefined) {
    throw RouterError.failure('malformed', `Tier ${tier} stopped for a reason its dialect does not know.`);
  }
  return finish;
}
