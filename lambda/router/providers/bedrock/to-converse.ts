import type {
  ContentBlock,
  ConverseCommandInput,
  ImageFormat,
  InferenceConfiguration,
  Message,
  OutputConfig,
  Tool,
  ToolChoice,
  ToolConfiguration,
  ToolResultContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import type { ProviderCall } from '../../../../lib/core/execution/provider';
import type { ChatBody, ToolDefinition } from '../../../../lib/core/types-chat';
import type { Guardrail } from '../../../../lib/core/types-policy';
import { type Block, toDialogue } from '../blocks/dialogue';
import { outputLimitOf, stopSequencesOf } from '../blocks/limits';
import { malformed } from '../failure-of';

/** JSON as the AWS client types it. */
type Json = NonNullable<ConverseCommandInput['additionalModelRequestFields']>;

/** What a tool's result may hold; such blocks may stand anywhere else too. */
function plainBlockOf(
  block: Block,
  tier: string,
): ToolResultContentBlock.TextMember | ToolResultContentBlock.ImageMember {
  if (block.kind === 'text') return { text: block.text };
  if (block.kind !== 'image') throw malformed(tier, 'takes no such content'); // `unsupported` names it beforehand.
  const format = block.mediaType.slice('image/'.length) as ImageFormat;
  return { image: { format, source: { bytes: Buffer.from(block.base64, 'base64') } } };
}

function blockOf(block: Block, tier: string): ContentBlock {
  if (block.kind === 'tool-use') {
    return { toolUse: { toolUseId: block.id, name: block.name, input: block.input as Json } };
  }
  if (block.kind === 'tool-result') {
    const content = block.content.map((part) => plainBlockOf(part, tier));
    return { toolResult: { toolUseId: block.id, content } };
  }
  return plainBlockOf(block, tier);
}

function toolOf({ function: tool }: ToolDefinition): Tool {
  return {
    toolSpec: {
      name: tool.name,
      ...(tool.description ? { description: tool.description } : {}),
      inputSchema: { json: (tool.parameters ?? { type: 'object' }) as Json },
      ...(tool.strict === true ? { strict: true } : {}),
    },
  };
}

function toolChoiceOf({ tool_choice: choice }: ChatBody): ToolChoice | undefined {
  if (choice === 'required') return { any: {} };
  if (typeof choice === 'object' && choice !== null) return { tool: { name: choice.function.name } };
  return choice === 'auto' ? { auto: {} } : undefined;
}

function toolConfigOf(body: ChatBody): ToolConfiguration | undefined {
  if (!body.tools?.length) return undefined;
  const toolChoice = toolChoiceOf(body);
  return { tools: body.tools.map(toolOf), ...(toolChoice ? { toolChoice } : {}) };
}

function outputConfigOf({ response_format: format }: ChatBody): OutputConfig | undefined {
  if (format?.type !== 'json_schema') return undefined;
  const { name, description, schema } = format.json_schema;
  const jsonSchema = { schema: JSON.stringify(schema), name, ...(description ? { description } : {}) };
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

function inferenceConfigOf(call: ProviderCall): InferenceConfiguration {
  const { temperature, top_p: topP } = call.body;
  const maxTokens = outputLimitOf(call);
  const stopSequences = stopSequencesOf(call);
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(typeof temperature === 'number' ? { temperature } : {}),
    ...(typeof topP === 'number' ? { topP } : {}),
    ...(stopSequences ? { stopSequences } : {}),
  };
}

function guardrailOf({ id, version, trace }: Guardrail) {
  return {
    guardrailIdentifier: id,
    guardrailVersion: version,
    trace: trace ? ('enabled' as const) : ('disabled' as const),
  };
}

/** The profile serves the tier's own model; a fine-tune asked for instead has an id of its own. */
function modelIdOf({ tier, model }: ProviderCall): string {
  return model === tier.model ? (tier.profile ?? model) : model;
}

/** A call as the input of Converse and ConverseStream alike. */
export function toConverse(call: ProviderCall): ConverseCommandInput {
  const { body, tier } = call;
  const { system, turns } = toDialogue(body.messages);
  const toolConfig = toolConfigOf(body);
  const outputConfig = outputConfigOf(body);
  const messages = turns.map(
    ({ role, blocks }): Message => ({ role, content: blocks.map((block) => blockOf(block, tier.id)) }),
  );
  return {
    modelId: modelIdOf(call),
    messages,
    ...(system === '' ? {} : { system: [{ text: system }] }),
    inferenceConfig: inferenceConfigOf(call),
    ...(toolConfig ? { toolConfig } : {}),
    ...(outputConfig ? { outputConfig } : {}),
    ...(tier.guardrail ? { guardrailConfig: guardrailOf(tier.guardrail) } : {}),
  };
}
