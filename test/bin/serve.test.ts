import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDynamoDbStore } from '../../lambda/shared/store/dynamodb';
import { type DeployedTables, startDynamoDb } from '../fixtures/dynamodb';
import type { Host } from '../fixtures/hosts/host';
import { startOpenAiHost } from '../fixtures/hosts/openai-host';
import { answering, type HostReply, type SeenRequest } from '../fixtures/hosts/script';
import { aPolicy, SET } from './a-policy';
import { type Serving, scratch, serve, tierwise } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());

const A_FILE = folder.file('no-folder', '');
const WHOLE = folder.file('whole.yaml', aPolicy());
const NO_SCHEMA = '[{ kind: json-schema, schema: { type: objekt } }]';
const HELLO = [{ role: 'user' as const, content: 'Which label?' }];

function tier(host: Host, location: string): string {
  return `{ provider: openai-compatible, baseUrl: "${host.url}/v1", model: ${location}-model, location: ${location}, contextWindow: 32768, capabilities: [tools, json_schema, logprobs], price: { input: 1, output: 2 }, retries: 0 }`;
}

function policyOf(inside: Host, outside: Host, owner = 'desk'): string {
  return `
schema: 1
control: { share: 0 }
policy: desk
owner: ${owner}
tiers:
  inside: ${tier(inside, 'vpc')}
  outside: ${tier(outside, 'anywhere')}
tasks:
  triage:
    owner: desk
    audit: { inputs: a mail, acceptable: a label, consequence: low }
    route: direct
    ladder: [inside, outside]
    oracle: [{ kind: labels, labels: [billing, bug] }]
  open:
    owner: desk
    audit: { inputs: anything, acceptable: anything, consequence: low }
    route: static
    ladder: [inside, outside]
    oracle: [{ kind: length, min: 1 }]
  secret:
    owner: desk
    audit: { inputs: secrets, acceptable: anything, consequence: low }
    route: direct
    ladder: [inside, outside]
    residency: vpc
    oracle: [{ kind: length, min: 1 }]
default: { task: open }
`;
}

/** Answers by what was asked, so that one host serves every test. */
function reply({ body }: SeenRequest): HostReply {
  const text = JSON.stringify(body.messages);
  if (text.includes('be down')) return { kind: 'error', error: 'server-error' };
  if (text.includes('use the tool')) {
    return answering({ toolCalls: [{ id: 'call_1', name: 'lookup', arguments: '{"id":7}' }] });
  }
  if (body.response_format) return answering({ text: '{"label":"bug"}' });
  return answering({ text: body.model === 'vpc-model' ? 'I think it is about billing' : 'billing' });
}

describe('tierwise serve', () => {
  let inside: Host;
  let outside: Host;
  let server: Serving;
  let client: OpenAI;

  beforeAll(async () => {
    inside = await startOpenAiHost(reply);
    outside = await startOpenAiHost(reply);
    server = await serve(['--policy', folder.file('policy.yaml', policyOf(inside, outside))]);
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'unused', maxRetries: 0 });
  });
  afterAll(async () => {
    await server.stop();
    await inside.close();
    await outside.close();
  });

  it('answers the OpenAI client and tells the way in the headers', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'auto:triage', messages: HELLO })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe('billing');
    expect(data.model).toBe('anywhere-model');
    const headers = Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('x-')));
    expect(headers).toMatchObject({
      'x-tierwise-tier': 'outside',
      'x-tierwise-model': 'anywhere-model',
      'x-tierwise-task': 'triage',
      'x-tierwise-route': 'direct',
      'x-tierwise-reason': 'escalated',
      'x-tierwise-attempts': '2',
      'x-tierwise-escalations': '1',
    });
    expect(headers['x-request-id']).toMatch(/^req-/);
    expect(headers['x-tierwise-policy']).toMatch(/^file-[0-9a-f]{12}$/);
    expect(Number(headers['x-tierwise-cost-usd'])).toBeCloseTo(((12 + 7 * 2) * 2) / 1e6, 12);
    expect(Number(headers['x-tierwise-overhead-ms'])).toBeGreaterThanOrEqual(0);
    expect(headers['x-tierwise-score']).toMatch(/^\d+(\.\d)?$/);
  });

  it('streams, with usage and cost where they were asked for', async () => {
    const stream = await client.chat.completions.create({
      model: 'auto',
      messages: HELLO,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe('I think it is about billing');
    expect(usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 7, cost_usd: (12 + 14) / 1e6 });
  });

  it('keeps usage from a caller who did not ask, though the tier was asked', async () => {
    const { response } = await client.chat.completions
      .create({ model: 'auto', messages: HELLO, stream: true })
      .withResponse();
    const text = await response.text();
    expect(text).not.toContain('prompt_tokens');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(inside.seen.at(-1)?.body.stream_options).toEqual({ include_usage: true });
  });

  it('carries tool calls both ways, whole and streamed', async () => {
    const tools: OpenAI.ChatCompletionTool[] = [
      {
        type: 'function',
        function: { name: 'lookup', parameters: { type: 'object', properties: { id: { type: 'number' } } } },
      },
    ];
    const messages = [{ role: 'user' as const, content: 'use the tool' }];
    const whole = await client.chat.completions.create({ model: 'auto:triage', messages, tools });
    expect(whole.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'lookup', arguments: '{"id":7}' },
    });
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls');
    const streamed = client.chat.completions.stream({ model: 'auto:triage', messages, tools });
    expect((await streamed.finalMessage()).tool_calls?.[0]).toMatchObject({
      function: { name: 'lookup', arguments: '{"id":7}' },
    });
    expect(inside.seen.at(-1)?.body.tools).toEqual(tools);
  });

  it('carries a JSON schema to the tier unchanged', async () => {
    const response_format = {
      type: 'json_schema' as const,
      json_schema: {
        name: 'label',
        strict: true,
        schema: { type: 'object', properties: { label: { type: 'string' } } },
      },
    };
    const answer = await client.chat.completions.create({ model: 'auto', messages: HELLO, response_format });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ label: 'bug' });
    expect(inside.seen.at(-1)?.body.response_format).toEqual(response_format);
  });

  it('hands hints to nobody and unknown fields to the tier', async () => {
    const body = { model: 'auto', messages: HELLO, metadata: { task: 'open', theirs: 'x' }, top_k: 5 };
    await client.chat.completions.create(body as OpenAI.ChatCompletionCreateParamsNonStreaming);
    expect(inside.seen.at(-1)?.body).toMatchObject({ metadata: { theirs: 'x' }, top_k: 5, model: 'vpc-model' });
  });

  it('refuses with 503 when the only inside tier is down, and no outside server sees a byte', async () => {
    const before = outside.connections;
    const asked = client.chat.completions.create({
      model: 'auto:secret',
      messages: [{ role: 'user', content: 'be down' }],
    });
    await expect(asked).rejects.toMatchObject({ status: 503, code: 'residency_unavailable' });
    expect(outside.connections).toBe(before);
    expect(JSON.stringify(outside.seen)).not.toContain('be down');
  });

  it('lists what the model field may say', async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id);
    expect(ids).toEqual([
      'auto',
      'auto:triage',
      'auto:open',
      'auto:secret',
      'tier:inside',
      'tier:outside',
      'vpc-model',
      'anywhere-model',
    ]);
  });

  it('decides without calling anybody on POST /v1/route', async () => {
    const before = inside.seen.length;
    const response = await fetch(`${server.url}/v1/route`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto:secret', messages: HELLO }),
    });
    expect(await response.json()).toMatchObject({
      task: 'secret',
      tier: 'inside',
      ladder: ['inside'],
      excluded: [{ tier: 'outside', reason: 'residency' }],
    });
    expect(inside.seen.length).toBe(before);
  });

  it('says which policy is in force, and how old its word is, on GET /health whatever the query', async () => {
    const health = (await (await fetch(`${server.url}/health?probe=1`)).json()) as {
      status: string;
      policy: Record<string, unknown>;
    };
    expect(health).toMatchObject({ status: 'ok', policy: { id: 'desk', source: 'fallback' } });
    expect(health.policy.ageSeconds).toEqual(expect.any(Number));
  });

  it.each([
    ['a body that is not JSON', '{"model":', 400, 'invalid_request'],
    ['a body of the wrong type', '[1]', 400, 'invalid_request'],
    ['messages of the wrong type', JSON.stringify({ model: 'auto', messages: 'hello' }), 400, 'invalid_request'],
    ['an empty message list', JSON.stringify({ model: 'auto', messages: [] }), 400, 'invalid_request'],
    ['an unknown model', JSON.stringify({ model: 'gpt-99', messages: HELLO }), 404, 'model_not_found'],
    ['an unknown task', JSON.stringify({ model: 'auto:nothing', messages: HELLO }), 404, 'model_not_found'],
    [
      'an image that no tier can see',
      JSON.stringify({
        model: 'auto',
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }] },
        ],
      }),
      400,
      'unsupported',
    ],
    [
      'a 10 MB prompt',
      JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'x'.repeat(10_000_000) }] }),
      413,
      'request_too_large',
    ],
    [
      'a prompt too long for every tier',
      JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'word '.repeat(100_000) }] }),
      400,
      'context_length_exceeded',
    ],
  ])('tells what is wrong with %s', async (_name, body, status, code) => {
    const response = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body });
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code]).toEqual([status, code]);
    expect(error.message.length).toBeGreaterThan(20);
    expect(error.message).not.toMatch(/ at .*:\d+:\d+/);
  });

  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/v1/chat/completions', 404],
    ['POST', '/__proto__', 404],
  ])('answers %s %s with %d', async (method, path, status) => {
    expect((await fetch(`${server.url}${path}`, { method })).status).toBe(status);
  });

  it('finishes what is under way when told to stop', async () => {
    const slow = await startOpenAiHost([{ kind: 'answer', answer: { text: 'late' }, delayMs: 400 }]);
    const other = await serve(['--policy', folder.file('slow.yaml', policyOf(slow, slow))]);
    const answer = fetch(`${other.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', messages: HELLO }),
    });
    await vi.waitUntil(() => slow.seen.length === 1, { timeout: 20_000 });
    const code = other.stop('SIGINT');
    expect((await answer).status).toBe(200);
    expect(await code).toBe(0);
    await slow.close();
  });

  it.each([
    [['--policy', 'missing.yaml'], 'no such file'],
    [[], 'Name a policy'],
    [['--policy', 'x.yaml', '--host', '0.0.0.0'], 'loopback'],
    [['--policy', 'x.yaml', '--port', 'http'], 'whole number'],
    [['--policy', 'x.yaml', '--workers', '0'], 'whole number'],
    [['--policy', WHOLE, '--store', A_FILE], `${A_FILE} is a file; name a folder.`],
    [['--policy', WHOLE, '--store', `${A_FILE}/below`, '--workers', '2'], 'is a file; name a folder.'],
    [['--policy', '-', '--workers', '2'], 'name a file'],
    [['--policy', folder.file('unset.yaml', aPolicy())], 'the variable SMALL_URL is not set'],
    [['--policy', folder.file('broken.yaml', aPolicy({ oracle: NO_SCHEMA }))], 'oracle does not compile'],
  ])('refuses %j with a word on what to change', async (args, word) => {
    const { code, err } = await tierwise(['serve', '--port', '0', ...args], args[1]?.endsWith('unset.yaml') ? {} : SET);
    expect(code).toBe(1);
    expect(err).toContain(word);
  });
});

describe('a policy published while requests flow', () => {
  let db: DeployedTables;
  let host: Host;
  let server: Serving;
  let variables: Record<string, string>;

  beforeAll(async () => {
    db = await startDynamoDb();
    host = await startOpenAiHost(reply);
    variables = {
      AWS_ENDPOINT_URL_DYNAMODB: db.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    server = await serve(
      ['--policy', folder.file('first.yaml', policyOf(host, host)), '--store', 'dynamodb', '--refresh', '0.1'],
      variables,
    );
  });
  afterAll(async () => {
    await server.stop();
    await host.close();
    await db.stop();
  });

  interface Answered {
    readonly status: number;
    readonly policy: string | null;
    readonly id: string;
  }

  async function ask(): Promise<Answered> {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'auto', messages: HELLO }),
    });
    await response.text();
    return {
      status: response.status,
      policy: response.headers.get('x-tierwise-policy'),
      id: response.headers.get('x-request-id') ?? '',
    };
  }

  /** Keeps asking until the answer carries the wanted version; every answer on the way must be a good one. */
  async function until(version: string): Promise<Answered[]> {
    const answers: Answered[] = [];
    const deadline = Date.now() + 10_000;
    do {
      answers.push(await ask());
      expect(answers.at(-1)?.status).toBe(200);
    } while (answers.at(-1)?.policy !== version && Date.now() < deadline);
    expect(answers.at(-1)?.policy).toBe(version);
    return answers;
  }

  it('takes effect without a restart and without a failed request, and so does going back', async () => {
    await until((await ask()).policy ?? '');
    const publish = async (owner: string) => {
      const { code, out, err } = await tierwise(
        ['publish', folder.file(`${owner}.yaml`, policyOf(host, host, owner)), '--store', 'dynamodb', '--json'],
        variables,
      );
      expect(err).toBe('');
      expect(code).toBe(0);
      return JSON.parse(out) as { version: number };
    };
    expect((await publish('second')).version).toBe(1);
    await until('1');
    expect((await publish('third')).version).toBe(2);
    await until('2');
    expect((await tierwise(['rollback', '--store', 'dynamodb', '--json'], variables)).out).toContain('"version":1');
    await until('1');
    const { out } = await tierwise(['history', '--store', 'dynamodb', '--json'], variables);
    expect(
      JSON.parse(out).versions.map(({ version, active }: { version: number; active: boolean }) => [version, active]),
    ).toEqual([
      [2, false],
      [1, true],
    ]);
  });

  it('is refused when it is corrupt, written straight into the table, and the last good one goes on', async () => {
    const item = {
      pk: { S: 'policy' },
      sk: { S: 'active' },
      version: { N: '9' },
      hash: { S: 'beef' },
      since: { S: '2026-01-01T00:00:00Z' },
    };
    await db.client.send(new PutItemCommand({ TableName: db.tables.policyTable, Item: item }));
    const bad = {
      pk: { S: 'policy' },
      sk: { S: 'version#0000000009' },
      version: { N: '9' },
      hash: { S: 'beef' },
      author: { S: 'x' },
      message: { S: '' },
      createdAt: { S: '' },
      document: { S: '{"schema":1}' },
    };
    await db.client.send(new PutItemCommand({ TableName: db.tables.policyTable, Item: bad }));
    await expect.poll(() => server.stderr(), { timeout: 20_000 }).toContain('version 9 is refused');
    expect((await ask()).policy).toBe('1');
    const health = (await (await fetch(`${server.url}/health`)).json()) as { policy: unknown };
    expect(health.policy).toMatchObject({ version: '1', refused: { version: '9' } });
  });

  it('leaves a record of every request in the table', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    const store = openDynamoDbStore({ ...db.tables, client: db.client });
    for (const { id } of answers) {
      await expect
        .poll(() => store.attributions.get(id), { timeout: 20_000 })
        .toMatchObject({ requestId: id, task: 'open', status: 200 });
    }
  });
});
