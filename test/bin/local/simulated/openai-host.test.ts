import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimulatedHost } from '../../../../bin/local/simulated/model-host';
import { startOpenAIHost } from '../../../../bin/local/simulated/openai-host';
import { CORPUS, ROWS } from './sample-corpus';

const MODEL = 'llama-3.1-8b-instruct';
const WEATHER = {
  type: 'function' as const,
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

let host: SimulatedHost;
let client: OpenAI;

beforeAll(async () => {
  host = await startOpenAIHost({
    profile: 'frontier',
    corpus: CORPUS,
    models: [MODEL],
    speed: 1000,
    contextWindow: 8000,
  });
  client = new OpenAI({ baseURL: host.baseUrl, apiKey: 'unused', maxRetries: 0 });
});
afterAll(() => host.close());

function hello(content = 'Hello there.') {
  return { model: MODEL, messages: [{ role: 'user' as const, content }] };
}

describe('the simulated vLLM host', () => {
  it('answers a row of the corpus and says that it is simulated', async () => {
    const row = ROWS.find(({ task, tags }) => task === 'ticket-triage' && tags.includes('easy'));
    const completion = await client.chat.completions.create({ model: MODEL, messages: [...(row?.messages ?? [])] });
    expect(completion.choices[0]?.message.content).toBe(row?.expect);
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.system_fingerprint).toBe('simulated-frontier');
    const { prompt_tokens, completion_tokens, total_tokens } = completion.usage ?? {};
    expect(total_tokens).toBe(Number(prompt_tokens) + Number(completion_tokens));
  });

  it('streams the same text: a role, pieces, a finish reason, and usage only on request', async () => {
    const whole = await client.chat.completions.create(hello());
    const collect = async (include_usage: boolean) => {
      const stream = await client.chat.completions.create({
        ...hello(),
        stream: true,
        stream_options: { include_usage },
      });
      const chunks: OpenAI.ChatCompletionChunk[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      return chunks;
    };
    const [plain, counted] = [await collect(false), await collect(true)];
    expect(plain[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(plain.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
      whole.choices[0]?.message.content,
    );
    expect(plain.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(plain.every((chunk) => !chunk.usage)).toBe(true);
    expect(counted.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
  });

  it('ends a stream with the mark of its end', async () => {
    const response = await fetch(`${host.baseUrl}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...hello(), stream: true }),
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect((await response.text()).endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('calls a tool, whole and streamed', async () => {
    const body = { ...hello(), tools: [WEATHER], tool_choice: 'required' as const };
    const whole = await client.chat.completions.create(body);
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls');
    const streamed = await client.chat.completions.stream(body).finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      const call = choices[0]?.message.tool_calls?.[0];
      expect(call).toMatchObject({
        type: 'function',
        function: { name: 'get_weather', arguments: '{"city":"simulated"}' },
      });
    }
  });

  it('honours a JSON schema', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 4 } }, required: ['n'] };
    const completion = await client.chat.completions.create({
      ...hello(),
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
    });
    expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toEqual({ n: 4 });
  });

  it('gives logprobs, several answers and a cut answer when asked', async () => {
    const completion = await client.chat.completions.create({
      ...hello(),
      logprobs: true,
      top_logprobs: 2,
      n: 2,
      max_tokens: 4,
    });
    expect(completion.choices).toHaveLength(2);
    const [first] = completion.choices;
    expect(first?.finish_reason).toBe('length');
    expect(first?.logprobs?.content?.map(({ token }) => token).join('')).toBe(first?.message.content);
    expect(first?.logprobs?.content?.[0]?.top_logprobs).toHaveLength(2);
    expect(first?.logprobs?.content?.[0]?.logprob).toBeLessThan(0);
    expect(completion.usage?.completion_tokens).toBe(8);
  });

  it('lists its models and tells health, load and queue', async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual([MODEL]);
    expect((await fetch(`${host.url}/health`)).status).toBe(200);
    expect(await (await fetch(`${host.url}/load`)).json()).toEqual({ server_load: 0 });
    const metrics = await (await fetch(`${host.url}/metrics`)).text();
    expect(metrics).toMatch(/^vllm:num_requests_running\{.*\} 0\.0$/m);
    expect(metrics).toMatch(/^vllm:num_requests_waiting\{.*\} 0\.0$/m);
  });

  it.each([
    ['an unknown model', { ...hello(), model: 'nobody' }, 404, 'NotFoundError', 'model'],
    ['no messages', { ...hello(), messages: [] }, 400, 'BadRequestError', 'messages'],
    ['a limit of nothing', { ...hello(), max_tokens: 0 }, 400, 'BadRequestError', 'max_tokens'],
    ['a prompt beyond its window', hello('word '.repeat(8000)), 400, 'BadRequestError', 'input_tokens'],
  ])('refuses %s as vLLM does', async (_, body, status, type, param) => {
    const error = await client.chat.completions.create(body).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ status, error: { type, param, code: status } });
  });

  it.each(['{', '[]', '{"model":"llama-3.1-8b-instruct","messages":[null]}'])(
    'answers nonsense with an error: %s',
    async (body) => {
      const response = await fetch(`${host.baseUrl}/chat/completions`, { method: 'POST', body });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.json()).toHaveProperty('error.message');
    },
  );
});
