import { blocksOf, blockText, type MessagesBody } from './anthropic-question';
import { countTokens } from './tokens';

/** Input tokens as the Messages API splits them. */
export interface InputUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
}

/**
 * A prompt cache without end of life: what stands before the last marked block is written the first time it is seen and
 * read from then on.
 */
export function createPromptCache(): (body: MessagesBody, inputTokens: number) => InputUsage {
  const seen = new Set<string>();
  return (body, inputTokens) => {
    const blocks = [...blocksOf(body.system), ...body.messages.flatMap(({ content }) => blocksOf(content))];
    const marked = blocks.findLastIndex((block) => block.cache_control !== undefined);
    const prefix = [JSON.stringify(body.tools ?? []), ...blocks.slice(0, marked + 1).map(blockText)].join('\n');
    const cached = marked === -1 ? 0 : Math.min(inputTokens, countTokens(prefix.length));
    const key = `${body.model}\n${prefix}`;
    const read = seen.has(key) ? cached : 0;
    if (cached > 0) seen.add(key);
    const written = cached - read;
    const hourly = blocks[marked]?.cache_control?.ttl === '1h';
    return {
      input_tokens: inputTokens - cached,
      cache_creation_input_tokens: written,
      cache_read_input_tokens: read,
      cache_creation: {
        ephemeral_5m_input_tokens: hourly ? 0 : written,
        ephemeral_1h_input_tokens: hourly ? written : 0,
      },
    };
  };
}
