import type { ProviderCall } from '../../../../lib/core/execution/provider';
import type { ChatBody, ToolDefinition } from '../../../../lib/core/types-chat';
import { type Block, toDialogue } from '../blocks/dialogue';
import { outputLimitOf, stopSequencesOf } from '../blocks/limits';

/** The API requires a limit; this one stands where neither caller nor tier sets any. */
const DEFAULT_MAX_TOKENS = 4096;

function blockOf(block: Block): unknown {
  switch (block.kind) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'image':
      return { type: 'image', source: { type: 'base64', media_type: block.mediaType, data: block.base64 } };
    case 'image-address':
      return { type: 'image', source: { type: 'url', url: block.url } };
    case 'tool-use':
      return { type: 'tool_use', id: block.id, name: block.name, input: block.input };
    case 'tool-result':
      return { type: 'tool_result', tool_use_id: block.id, content: block.content.map(blockOf) };
  }
}

function toolOf({ function: tool }: ToolDefinition): unknown {
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: tool.parameters ?? { type: 'object' },
    ...(tool.strict === true ? { strict: true } : {}),
  };
}

function toolChoiceOf({ tool_choice: choice, parallel_tool_calls: parallel }: ChatBody): unknown {
  if (choice === 'none') return { type: 'none' };
  const single = parallel === false ? { disable_parallel_tool_use: true } : undefined;
  if (choice === 'required') return { type: 'any', ...single };
  if (typeof choice === 'object' && choice !== null) return { type: 'tool', name: choice.function.name, ...single };
  return choice === 'auto' || single ? { type: 'auto', ...single } : undefined;
}

function toolsOf(body: ChatBody): object {
  if (!body.tools?.length) return {};
  const choice = toolChoiceOf(body);
  return { tools: body.tools.map(toolOf), ...(choice === undefined ? {} : { tool_choice: choice }) };
}

function outputConfigOf({ response_format: format }: ChatBody): object {
  if (format?.type !== 'json_schema') return {};
  const { description, schema } = format.json_schema;
  // The format itself takes no description; a schema does.
  const described = description ? { description, ...schema } : schema;
  return { output_config: { format: { type: 'json_schema', schema: described } } };
}

/** A call as the body of a Messages request. */
export function toMessages(call: ProviderCall, stream: boolean): object {
  const { body, model } = call;
  const { system, turns } = toDialogue(body.messages);
  const stops = stopSequencesOf(call);
  return {
    model,
    max_tokens: outputLimitOf(call) ?? DEFAULT_MAX_TOKENS,
    ...(system === '' ? {} : { system }),
    messages: turns.map(({ role, blocks }) => ({ role, content: blocks.map(blockOf) })),
    ...(typeof body.temperature === 'number' ? { temperature: body.temperature } : {}),
    ...(typeof body.top_p === 'number' ? { top_p: body.top_p } : {}),
    ...(stops ? { stop_sequences: stops } : {}),
    ...toolsOf(body),
    ...outputConfigOf(body),
    ...(stream ? { stream: true } : {}),
  };
}
