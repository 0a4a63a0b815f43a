import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAnthropicHost } from '../../../../bin/local/simulated/anthropic-host';
import type { SimulatedHost } from '../../../../bin/local/simulated/model-host';
import { promptOf } from '../../../../examples/corpus/corpus-row';
import { CORPUS, ROWS } from './sample-corpus';

const HEADERS = { 'x-api-key': 'any', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };
const WEATHER = { name: 'get_weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } };

let host: SimulatedHost;

beforeAll(async () => {
  host = await startAnthropicHost({
    profile: 'frontier',
    profiles: { 'claude-haiku-5-5': 'small' },
    corpus: CORPUS,
    models: ['claude-opus-5-5', 'claude-haiku-5-5'],
    speed: 1000,
    contextWindow: 8000,
  });
});
afterAll(() => host.close());

function post(body: object, headers: Record<string, string> = HEADERS, path = '/messages'): Promise<Response> {
  return fetch(`${host.baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

function hello(rest: object = {}) {
  return { model: 'claude-opus-5-5', max_tokens: 500, messages: [{ role: 'user', content: 'Hello there.' }], ...rest };
}

interface Event {
  readonly type: string;
  readonly delta?: { readonly text?: string; readonly partial_json?: string; readonly stop_reason?: string };
  readonly usage?: unknown;
  readonly message?: { readonly model: string; readonly usage: { readonly input_tokens: number } };
}

async function events(body: object): Promise<Event[]> {
  const text = await (await post({ ...body, stream: true })).text();
  const blocks = text.split('\n\n').filter((block) => block !== '');
  return blocks.map((block) => {
    const [name, data] = block.split('\n') as [string, string];
    const event = JSON.parse(data.slice('data: '.length)) as Event;
    expect(name).toBe(`event: ${event.type}`);
    return event;
  });
}

describe('the simulated Anthropic host', () => {
  it('answers a row of the corpus and says that it is simulated', async () => {
    const row = ROWS.find(({ task, tags }) => task === 'faq-answering' && tags.includes('easy'));
    const content = [
      { type: 'text', text: 'A note.' },
      { type: 'text', text: promptOf(row ?? {}) },
    ];
    const message = await (await post(hello({ messages: [{ role: 'user', content }] }))).json();
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5-5-simulated',
      stop_reason: 'end_turn',
    });
    expect(message.content[0].text).toContain([row?.expect].flat()[0]);
    expect(message.usage).toMatchObject({ cache_read_input_tokens: 0, cache_creation_input_tokens: 0 });
    expect(message.usage.output_tokens).toBeGreaterThan(0);
  });

  it('streams the same text in the order of the API', async () => {
    const whole = await (await post(hello())).json();
    const streamed = await events(hello());
    const order = streamed.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
    expect(order).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(streamed.map(({ delta }) => delta?.text ?? '').join('')).toBe(whole.content[0].text);
    expect(streamed[0]?.message?.usage.input_tokens).toBe(whole.usage.input_tokens);
    expect(streamed.at(-2)).toMatchObject({
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: whole.usage.output_tokens },
    });
  });

  it('calls a tool, whole and streamed', async () => {
    const body = hello({ tools: [WEATHER], tool_choice: { type: 'tool', name: 'get_weather' } });
    const whole = await (await post(body)).json();
    expect(whole).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', input: { city: 'simulated' } }],
    });
    const json = (await events(body)).map(({ delta }) => delta?.partial_json ?? '').join('');
    expect(JSON.parse(json)).toEqual({ city: 'simulated' });
  });

  it('reads the result of a tool', async () => {
    const messages = [
      { role: 'user', content: 'get_weather for Graz' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'get_weather', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'sunny' }] },
    ];
    const message = await (await post(hello({ messages, tools: [WEATHER] }))).json();
    expect(message.content[0].text).toContain('sunny');
  });

  it('honours a JSON schema', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 4 } } };
    const message = await (await post(hello({ output_config: { format: { type: 'json_schema', schema } } }))).json();
    expect(JSON.parse(message.content[0].text)).toEqual({ n: 4 });
  });

  it('writes a marked prefix to its cache once and reads it afterwards', async () => {
    const system = [{ type: 'text', text: 'A long introduction. '.repeat(50), cache_control: { type: 'ephemeral' } }];
    const first = (await (await post(hello({ system }))).json()).usage;
    const second = (await (await post(hello({ system }))).json()).usage;
    expect(first.cache_creation_input_tokens).toBeGreaterThan(200);
    expect(first.cache_creation.ephemeral_5m_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second.cache_creation_input_tokens).toBe(0);
    expect(second.input_tokens).toBe(first.input_tokens);
  });

  it('serves each model with its own profile', async () => {
    const message = await (await post(hello({ model: 'claude-haiku-5-5' }))).json();
    expect(message.content[0].text).toContain('profile small');
  });

  it('counts tokens without answering', async () => {
    const { max_tokens: _, ...body } = hello();
    expect(await (await post(body, HEADERS, '/messages/count_tokens')).json()).toEqual({ input_tokens: 3 });
  });

  it.each([
    ['a missing key', hello(), { 'anthropic-version': '2023-06-01' }, 401, 'authentication_error'],
    ['a missing version', hello(), { 'x-api-key': 'any' }, 400, 'invalid_request_error'],
    ['an unknown model', hello({ model: 'nobody' }), HEADERS, 404, 'not_found_error'],
    ['a missing limit', hello({ max_tokens: undefined }), HEADERS, 400, 'invalid_request_error'],
    ['no messages', hello({ messages: [] }), HEADERS, 400, 'invalid_request_error'],
    ['a prompt beyond its window', hello({ system: 'word '.repeat(8000) }), HEADERS, 400, 'invalid_request_error'],
  ])('refuses %s in the shape of the API', async (_, body, headers: Record<string, string>, status, type) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type, message: expect.any(String) } });
  });
});
