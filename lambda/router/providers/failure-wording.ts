/**
 * How hosts word what has no code of its own. Each list gathers the texts of several hosts and versions; a host that
 * changes its words falls back to `invalid-request`, never to a wrong cause.
 */

const CONTEXT_LENGTH = [
  /context[ _-](length|window|limit|size)/i, // OpenAI, vLLM, llama.cpp, Anthropic
  /exceeds? (the )?(maximum )?context/i,
  /prompt is too long/i, // Anthropic, Bedrock
  /input is too long/i, // Bedrock
  /input length and .?max_tokens.? exceed/i, // Anthropic on Bedrock
  /too many total text bytes/i, // Bedrock
  /input token(s| count)[^.]* exceed/i, // Nova, Gemini
  /(maximum|max) (input|prompt) (length|tokens)/i,
  /inputs.? (tokens )?.*must (be <=|have less than)/i, // TGI
];

/** vLLM names the part that is too long and words it anew in every second version. */
const CONTEXT_PARAMS = new Set(['input_tokens', 'input_text']);

const CONTENT_FILTER = [
  /content (management|filter(ing)?|policy)[^.]*(polic|filter|violat|block)/i, // Azure, Anthropic
  /content[ _]polic(y|ies)/i,
];

const UNKNOWN_MODEL = [
  /\bmodel\b.*\b(does not exist|not found|end of its life)\b/i, // OpenAI, vLLM, Bedrock
  /model identifier is invalid/i, // Bedrock
  /on-demand throughput isn.t supported/i, // Bedrock: only an inference profile serves the model
  /no such model|unknown model|model_not_found/i,
];

/** Of a 404: whose words name no other thing than what a policy names, the model and its address. */
const NOTHING_THERE = [
  /^\W*(404\W*)?((page|resource) )?(not found)?\W*$/i, // FastAPI, Go; nothing at all
  /\b(models?|deployments?|engines?|endpoints?|url|path|route)\b/i, // Azure, Anthropic, OpenRouter, proxies
];

/** Faults of the account or its key that some hosts report as a fault of the request. */
const CREDENTIALS = [/credit balance is too low/i, /api key (is )?(not valid|invalid|expired)/i, /invalid api key/i];

const THROTTLED = [/too many tokens, please wait/i, /too many requests/i];

const says = (patterns: readonly RegExp[]) => (message: string) => patterns.some((pattern) => pattern.test(message));

export const saysContentFilter = says(CONTENT_FILTER);
export const saysNothingThere = says(NOTHING_THERE);
export const saysUnknownModel = says(UNKNOWN_MODEL);
export const saysCredentials = says(CREDENTIALS);
export const saysThrottled = says(THROTTLED);

const wordsContextLength = says(CONTEXT_LENGTH);

export function saysContextLength(message: string, param = ''): boolean {
  return CONTEXT_PARAMS.has(param) || wordsContextLength(message);
}

/** Characters of a host's message that reach the caller. */
const MESSAGE_LIMIT = 500;

/** A host's message about the caller's own request without keys, addresses or quoted input. */
export function callerSafe(message: string): string {
  const safe = message
    // Validators of Python hosts repeat the offending input, the prompt included.
    .replace(/(['"]input['"]\s*:|\binput_value\s*=)[\s\S]*$/i, '[input]')
    .replace(/\bdata:[\w.+-]+\/[^\s"']*/gi, '[data]')
    .replace(/\bhttps?:\/\/[^\s"')]+/gi, '[address]')
    .replace(/\bBearer\s+\S+/gi, '[key]')
    .replace(/\bsk-[\w*.-]{4,}/gi, '[key]')
    .replace(/\b(AKIA|ASIA)\w{12,}/g, '[key]')
    .trim();
  return safe.length > MESSAGE_LIMIT ? `${safe.slice(0, MESSAGE_LIMIT - 3)}...` : safe;
}
