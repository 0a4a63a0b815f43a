import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  type Tool,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBedrockHost } from '../../../../bin/local/simulated/bedrock-host';
import type { SimulatedHost } from '../../../../bin/local/simulated/model-host';
import { promptOf } from '../../../../examples/corpus/corpus-row';
import { CORPUS, ROWS } from './sample-corpus';

const MODEL = 'eu.amazon.nova-2-lite-v1:0';
const WEATHER: Tool = {
  toolSpec: {
    name: 'get_weather',
    inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } },
  },
};

let host: SimulatedHost;
let client: BedrockRuntimeClient;

beforeAll(async () => {
  host = await startBedrockHost({
    profile: 'frontier',
    corpus: CORPUS,
    models: [MODEL],
    speed: 1000,
    contextWindow: 8000,
  });
  client = new BedrockRuntimeClient({
    endpoint: host.baseUrl,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await host.close();
});

function hello(rest: Partial<ConverseCommandInput> = {}): ConverseCommandInput {
  return { modelId: MODEL, messages: [{ role: 'user', content: [{ text: 'Hello there.' }] }], ...rest };
}

async function events(input: ConverseCommandInput): Promise<ConverseStreamOutput[]> {
  const { stream } = await client.send(new ConverseStreamCommand(input));
  const all: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) all.push(event);
  return all;
}

describe('the simulated Bedrock host', () => {
  it('answers a row of the corpus and says that it is simulated', async () => {
    const row = ROWS.find(({ task, tags }) => task === 'multi-step-reasoning' && tags.includes('easy'));
    const messages = [{ role: 'user' as const, content: [{ text: promptOf(row ?? {}) }] }];
    const answer = await client.send(new ConverseCommand(hello({ messages })));
    expect(answer.output?.message?.content?.[0]?.text).toMatch(new RegExp(`Answer: ${row?.expect}$`));
    expect(answer.stopReason).toBe('end_turn');
    expect(answer.additionalModelResponseFields).toEqual({ simulated: 'frontier' });
    expect(answer.usage?.totalTokens).toBe(Number(answer.usage?.inputTokens) + Number(answer.usage?.outputTokens));
    expect(answer.metrics?.latencyMs).toBeGreaterThan(0);
  });

  it('streams the same text in real frames, usage last', async () => {
    const whole = await client.send(new ConverseCommand(hello()));
    const streamed = await events(hello());
    const text = streamed.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('');
    expect(text).toBe(whole.output?.message?.content?.[0]?.text);
    expect(Object.keys(streamed[0] ?? {})).toEqual(['messageStart']);
    expect(streamed.at(-2)?.messageStop).toMatchObject({ stopReason: 'end_turn' });
    expect(streamed.at(-1)?.metadata?.usage).toEqual(whole.usage);
  });

  it('calls a tool, whole and streamed', async () => {
    const input = hello({ toolConfig: { tools: [WEATHER], toolChoice: { any: {} } } });
    const whole = await client.send(new ConverseCommand(input));
    expect(whole.stopReason).toBe('tool_use');
    expect(whole.output?.message?.content?.[0]?.toolUse).toMatchObject({
      name: 'get_weather',
      input: { city: 'simulated' },
    });
    const streamed = await events(input);
    expect(streamed[1]?.contentBlockStart?.start?.toolUse?.name).toBe('get_weather');
    const json = streamed.map((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? '').join('');
    expect(JSON.parse(json)).toEqual({ city: 'simulated' });
  });

  it('honours a JSON schema and the limit of tokens', async () => {
    const schema = JSON.stringify({ type: 'object', properties: { n: { type: 'integer', minimum: 4 } } });
    const bound = await client.send(
      new ConverseCommand(
        hello({ outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema } } } } }),
      ),
    );
    expect(JSON.parse(bound.output?.message?.content?.[0]?.text ?? '')).toEqual({ n: 4 });
    const cut = await client.send(new ConverseCommand(hello({ inferenceConfig: { maxTokens: 2 } })));
    expect(cut).toMatchObject({ stopReason: 'max_tokens', usage: { outputTokens: 2 } });
  });

  it.each([
    ['an unknown model', hello({ modelId: 'nobody' })],
    ['a prompt beyond its window', hello({ system: [{ text: 'word '.repeat(8000) }] })],
  ])('refuses %s with a validation error', async (_, input) => {
    await expect(client.send(new ConverseCommand(input))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('refuses what is not signed', async () => {
    const response = await fetch(`${host.url}/model/${encodeURIComponent(MODEL)}/converse`, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
  });

  it('knows no other operation', async () => {
    expect((await fetch(`${host.url}/model/x/invoke`, { method: 'POST' })).status).toBe(404);
  });
});
