import { describe, expect, it } from 'vitest';
import { failureInBand, failureOf, retryAfterOf } from '../../../../lambda/router/providers/failure-of';
import type { FailureCause } from '../../../../lib/core/errors';

function refused(status: number, body: unknown, headers: Record<string, string> = {}) {
  return failureOf({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, 'small');
}

const openAi = (error: object) => ({ error: { message: '', type: null, param: null, code: null, ...error } });

describe('what befell a tier', () => {
  const BY_STATUS: [number, FailureCause][] = [
    [400, 'invalid-request'],
    [401, 'auth'],
    [402, 'auth'],
    [403, 'auth'],
    [404, 'unknown-model'],
    [405, 'malformed'],
    [408, 'server-error'],
    [413, 'invalid-request'],
    [422, 'invalid-request'],
    [429, 'rate-limited'],
    [500, 'server-error'],
    [502, 'server-error'],
    [503, 'overloaded'],
    [504, 'server-error'],
    [529, 'overloaded'],
  ];

  it.each(BY_STATUS)('goes by the status where the body says nothing: %i is %s', (status, cause) => {
    for (const body of ['', '<html>', 'null', '{}']) expect(refused(status, body).failure).toBe(cause);
  });

  const OVERFLOWS = [
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion).",
    "You passed 9000 input tokens and requested 100 output tokens. However, the model's context length is only 8192 tokens.",
    "This model's maximum context length is 8192 tokens. However, you requested 10 output tokens and your prompt contains at least 9000 input tokens, for a total of at least 9010 tokens. (parameter=input_tokens, value=9000)",
    'Input is too long for requested model.',
    'prompt is too long: 209761 tokens > 200000 maximum',
    'The model returned the following errors: input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000',
    'The model returned the following errors: too many total text bytes: 9000000 > 4194304',
    'the request exceeds the available context size, try increasing it',
    'Input Tokens Exceeded: Number of input tokens exceeds maximum length.',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  ];

  it.each(OVERFLOWS)('knows a prompt that is too long: %s', (message) => {
    expect(refused(400, openAi({ message })).failure).toBe('context-length');
    expect(refused(400, { object: 'error', message, type: 'BadRequestError', code: 400 }).failure).toBe(
      'context-length',
    );
    expect(refused(400, { type: 'error', error: { type: 'invalid_request_error', message } }).failure).toBe(
      'context-length',
    );
  });

  const BY_BODY: [string, unknown, FailureCause][] = [
    ['an overflow by its code', openAi({ code: 'context_length_exceeded' }), 'context-length'],
    ['an overflow by its parameter', openAi({ message: 'Too large.', param: 'input_tokens' }), 'context-length'],
    [
      'a limit on output, which is none',
      openAi({ message: 'max_tokens is too large: it must be at most 4096', param: 'max_tokens' }),
      'invalid-request',
    ],
    [
      'throttling in the words of an overflow',
      { message: 'Too many tokens, please wait before trying again.' },
      'rate-limited',
    ],
    ['a content filter by its code', openAi({ code: 'content_filter' }), 'content-filter'],
    ['a content filter by its type', openAi({ type: 'content_policy_violation' }), 'content-filter'],
    [
      "Azure's inner error",
      openAi({ code: 'BadRequest', innererror: { code: 'ResponsibleAIPolicyViolation' } }),
      'content-filter',
    ],
    [
      "Anthropic's content filter",
      { type: 'error', error: { message: 'Output blocked by content filtering policy' } },
      'content-filter',
    ],
    ['an unknown model by its code', openAi({ code: 'model_not_found' }), 'unknown-model'],
    ['an unknown model by its words', openAi({ message: 'The model `x` does not exist.' }), 'unknown-model'],
    [
      'a model without on-demand throughput',
      { message: "Invocation of model ID x with on-demand throughput isn't supported." },
      'unknown-model',
    ],
    [
      'an account without credit',
      { type: 'error', error: { message: 'Your credit balance is too low to access the API.' } },
      'auth',
    ],
    ['anything else', openAi({ message: 'Unrecognized request argument: foo' }), 'invalid-request'],
  ];

  it.each(BY_BODY)('reads a refusal of the request: %s', (_, body, cause) => {
    expect(refused(400, body).failure).toBe(cause);
  });

  const NOT_FOUND: [string, unknown, FailureCause][] = [
    ['OpenAI’s model', openAi({ message: 'The model `x` does not exist.', code: 'model_not_found' }), 'unknown-model'],
    ['Anthropic’s model', { error: { type: 'not_found_error', message: 'model: claude-x' } }, 'unknown-model'],
    ['Ollama’s model', { error: "model 'x' not found, try pulling it first" }, 'unknown-model'],
    [
      'Azure’s deployment',
      openAi({ code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' }),
      'unknown-model',
    ],
    ['OpenRouter’s endpoint', openAi({ message: 'No endpoints found for x.', code: 404 }), 'unknown-model'],
    ['an address where nothing is', { detail: 'Not Found' }, 'unknown-model'],
    ['a page of a proxy', '404 page not found', 'unknown-model'],
    ['a file of the caller’s', openAi({ message: 'No such File object: file-abc', param: 'file' }), 'invalid-request'],
    ['a response of the caller’s', openAi({ message: "Response with id 'resp_1' not found." }), 'invalid-request'],
  ];

  it.each(NOT_FOUND)('tells what was not found: %s', (_, body, cause) => {
    expect(refused(404, body).failure).toBe(cause);
  });

  const IN_BAND: [string, unknown, FailureCause][] = [
    ['OpenAI', openAi({ type: 'server_error', message: 'The server had an error.' }), 'server-error'],
    ['vLLM, new', { error: { message: 'busy', type: 'Service Unavailable', code: 503 } }, 'overloaded'],
    ['vLLM, old', { object: 'error', message: 'bad', type: 'BadRequestError', code: 400 }, 'invalid-request'],
    [
      'Anthropic, overloaded',
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'overloaded',
    ],
    ['Anthropic, rate limit', { type: 'error', error: { type: 'rate_limit_error', message: '' } }, 'rate-limited'],
    ['OpenRouter', { error: { code: 429, message: 'Rate limited' }, choices: [] }, 'rate-limited'],
    ['Ollama', { error: 'model runner has stopped' }, 'server-error'],
    ['an overflow without a status', { error: 'prompt is too long' }, 'context-length'],
    ['nothing known', { error: {} }, 'server-error'],
  ];

  it.each(IN_BAND)('reads an error that came with status 200: %s', (_, body, cause) => {
    expect(failureInBand(body, 'small').failure).toBe(cause);
  });
});

describe('how long a host asks to wait', () => {
  const NOW = Date.parse('2026-11-22T10:00:00Z');
  const TABLE: [Record<string, string>, number | undefined][] = [
    [{ 'retry-after': '20' }, 20_000],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'x-ms-retry-after-ms': '125' }, 125],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '9'.repeat(12) }, undefined],
    [{ 'retry-after-ms': '9'.repeat(15), 'retry-after': '9' }, 9000],
    [{}, undefined],
  ];

  it.each(TABLE)('reads %j as %s ms', (headers, expected) => {
    expect(retryAfterOf(headers, NOW)).toBe(expected);
  });

  it('is nothing when a quota is spent, which no waiting mends', () => {
    const error = refused(429, openAi({ code: 'insufficient_quota' }), { 'retry-after': '1' });
    expect(error.failure).toBe('rate-limited');
    expect(error.retryAfterMs).toBeUndefined();
  });
});

describe('what the caller is told', () => {
  it('is what the host says where the request is at fault, with the field', () => {
    const error = refused(400, openAi({ message: 'temperature must be at most 2', param: 'temperature' }));
    expect(error.message).toBe('temperature must be at most 2');
    expect(error.param).toBe('temperature');
    expect(error.status).toBe(400);
  });

  it('is never what the host says otherwise', () => {
    for (const status of [401, 403, 429, 500, 503]) {
      const { message } = refused(status, openAi({ message: 'at http://10.0.0.7:8000 with sk-abcdef' }));
      expect(message).toContain('Tier small');
      expect(message).not.toMatch(/10\.0\.0\.7|sk-/);
    }
  });

  const SECRETS: [string, string][] = [
    ['key sk-proj-abc123 is bad', 'sk-proj'],
    ['header Authorization: Bearer abc.def.ghi refused', 'abc.def'],
    ['AKIAIOSFODNN7EXAMPLE has no access', 'AKIA'],
    ['could not load http://10.0.0.7:8000/v1', '10.0.0.7'],
    ['bad image data:image/png;base64,iVBORw0KGgo', 'iVBOR'],
    ["1 validation error: [type=string_type, input_value='My secret prompt', input_type=str]", 'secret prompt'],
    ["[{'type': 'missing', 'loc': ('body', 'x'), 'input': {'messages': 'My secret prompt'}}]", 'secret prompt'],
  ];

  it.each(SECRETS)('holds back keys, addresses and quoted input: %s', (message, secret) => {
    const told = refused(400, openAi({ message })).message;
    expect(told).not.toContain(secret);
    expect(told.length).toBeGreaterThan(5);
  });

  it('is cut to 500 characters', () => {
    expect(refused(400, openAi({ message: 'x'.repeat(5000) })).message.length).toBe(500);
  });
});
