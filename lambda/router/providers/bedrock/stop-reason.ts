import type { FinishReason } from '../../../../lib/core/types-chat';
import { malformed } from '../failure-of';

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
};

/** `malformed_model_output` and `malformed_tool_use` are failures of the model, and so is what this version does not know. */
export function finishReasonOf(stopReason: string | undefined, tier: string): FinishReason {
  const finish = FINISH[stopReason ?? ''];
  if (finish === undefined) throw malformed(tier, 'ended its answer malformed');
  return finish;
}
