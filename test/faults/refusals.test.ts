import { describe, expect, it } from 'vitest';
import { answering, type HostReply } from '../fixtures/hosts/script';
import { type TierPlan, world } from './world';

const WHOLE = answering({ text: 'one two three' });
const LARGER: TierPlan = { script: [WHOLE], tier: { contextWindow: 200_000 } };
const JSON_TYPE = { 'content-type': 'application/json' };

type Provider = NonNullable<TierPlan['provider']>;

function refusing(status: number, body: object, headers: Readonly<Record<string, string>> = JSON_TYPE): HostReply {
  return { kind: 'raw', status, headers, body: [JSON.stringify(body)] };
}

const openAi = (message: string, more: object = {}): HostReply =>
  refusing(400, { error: { message, type: 'invalid_request_error', param: null, code: null, ...more } });
const vllm = (message: string, param: string | null = null): HostReply =>
  refusing(400, { error: { message, type: 'BadRequestError', param, code: 400 } });
const oldVllm = (message: string): HostReply =>
  refusing(400, { object: 'error', message, type: 'BadRequestError', param: null, code: 400 });
const claude = (message: string, status = 400, type = 'invalid_request_error'): HostReply =>
  refusing(status, { type: 'error', error: { type, message } });
const converse = (message: string): HostReply =>
  refusing(400, { message }, { ...JSON_TYPE, 'x-amzn-errortype': 'ValidationException' });

const OVERFLOWS: readonly (readonly [name: string, provider: Provider, reply: HostReply])[] = [
  [
    'OpenAI',
    'openai-compatible',
    openAi('Your input exceeds the context window of this model.', { code: 'context_length_exceeded' }),
  ],
  [
    'vLLM before 0.15',
    'openai-compatible',
    oldVllm(
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.",
    ),
  ],
  [
    'vLLM from 0.15',
    'openai-compatible',
    vllm(
      "You passed 9000 input tokens and requested 100 output tokens. However, the model's context length is only 8192 tokens, resulting in a maximum input length of 8092 tokens.",
      'input_tokens',
    ),
  ],
  ['vLLM, counting characters', 'openai-compatible', vllm('The input is larger than it may be.', 'input_text')],
  [
    'vLLM of today',
    'openai-compatible',
    vllm(
      "This model's maximum context length is 8192 tokens. However, you requested 10 output tokens and your prompt contains at least 9000 input tokens, for a total of at least 9010 tokens. (parameter=input_tokens, value=9000)",
      'input_tokens',
    ),
  ],
  ['llama.cpp', 'openai-compatible', openAi('the request exceeds the available context size, try increasing it')],
  ['TGI', 'openai-compatible', refusing(422, { error: '`inputs` must have less than 4096 tokens. Given: 5000' })],
  ['Anthropic', 'anthropic', claude('prompt is too long: 209761 tokens > 200000 maximum')],
  [
    'Anthropic, counting the answer in',
    'anthropic',
    claude('input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000'),
  ],
  ['Bedrock', 'bedrock', converse('Input is too long for requested model.')],
  ['Bedrock for Anthropic', 'bedrock', converse('prompt is too long: 209761 tokens > 200000 maximum')],
  [
    'Bedrock for Anthropic, counting the answer in',
    'bedrock',
    converse(
      'The model returned the following errors: input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000, decrease input length or `max_tokens` and try again',
    ),
  ],
  [
    'Bedrock, counting bytes',
    'bedrock',
    converse('The model returned the following errors: too many total text bytes: 9000000 > 4194304'),
  ],
  ['Bedrock for Nova', 'bedrock', converse('Input Tokens Exceeded: Number of input tokens exceeds maximum length.')],
  [
    'Bedrock Mantle',
    'openai-compatible',
    openAi("This model's maximum context length is 131072 tokens. However, your messages resulted in 140000 tokens."),
  ],
];

describe.concurrent.each(OVERFLOWS)('a prompt that is too long, as %s says it', (_name, provider, reply) => {
  it('goes up the ladder and is never sent to the same tier again', async (test) => {
    const small: TierPlan = { script: [reply], provider, tier: { retries: 3 } };
    const { ask, stream, hosts } = await world({ tiers: [small, LARGER] }, test);
    for (const heard of [await ask(), await stream()]) {
      expect(heard).toMatchObject({ status: 200, text: 'one two three' });
      expect(heard.attempts).toEqual(['first t0 context-length', 'fallback t1 answered']);
      expect(heard.record).toMatchObject({ retries: 0, fallbacks: 1, escalations: 0, tier: 't1' });
    }
    expect(hosts.map(({ seen }) => seen.length)).toEqual([2, 2]);
  });

  it('is the caller’s 400 where no tier is larger', async (test) => {
    const { ask, stream } = await world({ tiers: [{ script: [reply], provider, tier: { retries: 3 } }] }, test);
    for (const heard of [await ask(), await stream()]) {
      expect(heard).toMatchObject({ status: 400, error: { code: 'context_length_exceeded' } });
      expect(heard.attempts).toEqual(['first t0 context-length']);
    }
  });
});

describe('a host that is only busy in the same words', () => {
  it('is busy: too many tokens a minute are no prompt that is too long', async (test) => {
    const busy = refusing(
      429,
      { message: 'Too many tokens, please wait before trying again.' },
      { ...JSON_TYPE, 'x-amzn-errortype': 'ThrottlingException' },
    );
    const { ask } = await world({ tiers: [{ script: [busy], provider: 'bedrock' }] }, test);
    expect((await ask()).attempts).toEqual(['first t0 rate-limited']);
  });
});

const FILTERS: readonly (readonly [name: string, provider: Provider, reply: HostReply])[] = [
  ['Azure', 'openai-compatible', { kind: 'error', error: 'content-filter' }],
  ['OpenAI', 'openai-compatible', openAi('Rejected by our safety system.', { code: 'content_policy_violation' })],
  ['Anthropic', 'anthropic', claude('Output blocked by content filtering policy')],
  ['Bedrock', 'bedrock', { kind: 'error', error: 'content-filter' }],
  ['a finish reason and no word', 'openai-compatible', answering({ text: '', finish: 'content_filter' })],
];

describe.concurrent.each(FILTERS)('content that is refused, by %s', (_name, provider, reply) => {
  it('is neither asked for again nor routed around, and the caller hears why', async (test) => {
    const plan: TierPlan = { script: [reply], provider, tier: { retries: 3 } };
    const { ask, stream, hosts } = await world({ tiers: [plan, LARGER] }, test);
    for (const heard of [await ask(), await stream()]) {
      expect(heard).toMatchObject({ status: 400, error: { code: 'content_filter' } });
      expect(heard.error?.message).toContain('refused the content');
      expect(heard.attempts).toEqual(['first t0 content-filter']);
    }
    expect(hosts.map(({ seen }) => seen.length)).toEqual([2, 0]);
  });
});

const SILENT: readonly (readonly [name: string, provider: Provider, reply: HostReply])[] = [
  ['Anthropic', 'anthropic', answering({ text: '', stopReason: 'refusal' })],
  ['Bedrock', 'bedrock', answering({ text: '', stopReason: 'content_filtered' })],
  ['a guardrail of Bedrock', 'bedrock', answering({ text: '', stopReason: 'guardrail_intervened' })],
];

describe.concurrent.each(SILENT)('a model that refuses without a word, by %s', (_name, provider, reply) => {
  it('has answered: its finish reason reaches the caller, and nobody else is asked', async (test) => {
    const plan: TierPlan = { script: [reply], provider, tier: { retries: 3 } };
    const { ask, stream, hosts } = await world({ tiers: [plan, LARGER] }, test);
    for (const heard of [await ask(), await stream()]) {
      expect(heard).toMatchObject({ status: 200, text: '', finishReason: 'content_filter' });
      expect(heard.attempts).toEqual(['first t0 answered']);
    }
    expect(hosts.map(({ seen }) => seen.length)).toEqual([2, 0]);
  });
});

describe.concurrent('an answer that a filter cuts short', () => {
  const short = answering({ text: 'one two', finish: 'content_filter' });

  it('leaves as it is, with its finish reason', async (test) => {
    const { ask, stream, hosts } = await world({ tiers: [{ script: [short], tier: { retries: 3 } }, LARGER] }, test);
    for (const heard of [await ask(), await stream()]) {
      expect(heard).toMatchObject({ status: 200, text: 'one two', finishReason: 'content_filter' });
    }
    expect(hosts.map(({ seen }) => seen.length)).toEqual([2, 0]);
  });

  it('is not mended by climbing where a check fails it', async (test) => {
    const task = { route: 'direct', oracle: [{ kind: 'length', min: 20 }] };
    const { ask, stream, hosts } = await world({ tiers: [{ script: [short] }, LARGER], task }, test);
    for (const heard of [await ask(), await stream()]) {
      expect(heard).toMatchObject({ status: 400, error: { code: 'content_filter' } });
    }
    expect(hosts.map(({ seen }) => seen.length)).toEqual([2, 0]);
  });
});

describe.concurrent('a fault of the request that only the host finds', () => {
  it.each(['openai-compatible', 'anthropic', 'bedrock'] as const)('%s: reaches the caller', async (provider) => {
    const closing: (() => Promise<void>)[] = [];
    const plan: TierPlan = { script: [{ kind: 'error', error: 'invalid-request' }], provider, tier: { retries: 3 } };
    const { ask, hosts } = await world(
      { tiers: [plan, LARGER] },
      { onTestFinished: (close) => void closing.push(close) },
    );
    expect(await ask()).toMatchObject({ status: 400, error: { code: 'invalid_request' } });
    expect(hosts.map(({ seen }) => seen.length)).toEqual([1, 0]);
    for (const close of closing.reverse()) await close();
  });
});

describe.concurrent('a prompt that may not leave, when the tier inside is down', () => {
  const inside = (reply: HostReply): TierPlan => ({ script: [reply], tier: { location: 'vpc', retries: 1 } });
  const outside: TierPlan = { script: [WHOLE], tier: { location: 'anywhere' } };

  it.each([
    ['says 500', { kind: 'error', error: 'server-error' }],
    ['says 503', { kind: 'error', error: 'overloaded' }],
    ['resets', { kind: 'reset' }],
    ['never answers', { kind: 'silence' }],
    ['answers nothing', answering({ text: '' })],
  ] as const)('and %s, stays: 503, and nobody outside is asked', async (_name, reply) => {
    const closing: (() => Promise<void>)[] = [];
    const { ask, stream, hosts } = await world(
      { tiers: [inside(reply), outside], task: { residency: 'vpc' } },
      { onTestFinished: (close) => void closing.push(close) },
    );
    for (const heard of [await ask(), await stream()]) {
      expect(heard).toMatchObject({ status: 503, error: { code: 'residency_unavailable' } });
      expect(heard.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(heard.record?.decision.excluded).toMatchObject([{ tier: 't1', reason: 'residency' }]);
    }
    expect(hosts[1]?.seen).toHaveLength(0);
    for (const close of closing.reverse()) await close();
  });

  it('or once its stream breaks off: nobody outside takes it up', async (test) => {
    const cut: HostReply = { kind: 'cut', answer: { text: 'one two three four five six' }, after: 3 };
    const { stream, hosts } = await world({ tiers: [inside(cut), outside], task: { residency: 'vpc' } }, test);
    expect(await stream()).toMatchObject({ status: 200, isDone: false, error: { code: 'upstream_error' } });
    expect(hosts.map(({ seen }) => seen.length)).toEqual([2, 0]);
  });

  it('or once its answer fails a check: nobody outside is climbed to', async (test) => {
    const wrong = answering({ text: 'no' });
    const task = { route: 'direct', residency: 'vpc', oracle: [{ kind: 'length', min: 20 }] };
    const { ask, hosts } = await world({ tiers: [inside(wrong), outside], task }, test);
    expect(await ask()).toMatchObject({ status: 200, text: 'no', record: { reason: 'oracle-unmet' } });
    expect(hosts[1]?.seen).toHaveLength(0);
  });
});

describe.concurrent('what falls back', () => {
  it('does not go to a tier that cannot honour its schema, nor to one too small for it', async (test) => {
    const down: TierPlan = { script: [{ kind: 'error', error: 'server-error' }], tier: { contextWindow: 100_000 } };
    const { ask, hosts } = await world(
      {
        tiers: [
          down,
          { script: [WHOLE], tier: { capabilities: [] } },
          { script: [WHOLE], tier: { contextWindow: 256 } },
          LARGER,
        ],
      },
      test,
    );
    const schema = { type: 'object', properties: { n: { type: 'number' } } };
    const response_format = { type: 'json_schema', json_schema: { name: 'n', schema } };
    const messages = [{ role: 'user', content: 'Count to one. '.repeat(200) }];
    const heard = await ask({ body: { response_format, messages } });
    expect(heard.attempts).toEqual(['first t0 server-error', 'fallback t3 answered']);
    expect(heard.record?.decision.excluded).toMatchObject([
      { tier: 't1', reason: 'capability' },
      { tier: 't2', reason: 'context-window' },
    ]);
    expect(hosts.map(({ seen }) => seen.length)).toEqual([1, 0, 0, 1]);
    expect(hosts[3]?.seen[0]?.body.response_format).toEqual(response_format);
  });
});
