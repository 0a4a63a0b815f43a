import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { createProviders } from '../../lambda/router/providers/registry';
import { prepare } from '../../lib/core/route';
import { aPolicy, aTask, aTier } from '../builders';
import { wire } from '../fixtures/hosts/wire';
import { answerOf, appOver } from './answer-all';
import type { FuzzOptions, Statuses } from './fuzz';
import { junk, mutated } from './mutate';

/** What a host sends for one call. */
interface Reply {
  readonly status: number;
  readonly type: string;
  readonly bytes: string;
}

const usage = {
  prompt_tokens: 12,
  completion_tokens: 7,
  total_tokens: 19,
  prompt_tokens_details: { cached_tokens: 1 },
};
const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };

const completion = fc.constantFrom<object>(
  {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop', logprobs: null }],
    usage,
  },
  {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      { index: 0, message: { role: 'assistant', content: null, tool_calls: [call] }, finish_reason: 'tool_calls' },
    ],
    usage,
  },
  { error: { message: 'no', type: 'server_error', param: null, code: null } },
  { object: 'error', message: 'no', type: 'BadRequestError', param: null, code: 400 },
);

const claude = fc.constantFrom<object>(JSON.parse(wire('anthropic-message.json')) as object, {
  type: 'error',
  error: { type: 'overloaded_error', message: 'Overloaded' },
});

/** The events of a recorded stream, each with its data changed or not. */
function mutatedStream(file: string): fc.Arbitrary<string> {
  const events = wire(file)
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => event.split('\n'));
  return fc.tuple(...events.map((lines) => fc.tuple(...lines.map(mutatedLine)))).map((all) => {
    return all.map((lines) => `${lines.filter((line) => line !== undefined).join('\n')}\n\n`).join('');
  });
}

function mutatedLine(line: string): fc.Arbitrary<string | undefined> {
  const data = line.startsWith('data: {') ? (JSON.parse(line.slice('data: '.length)) as object) : undefined;
  const changed =
    data === undefined
      ? fc.constantFrom(undefined, `${line}x`, ': comment')
      : mutated(fc.constant(data), 2).map((value) => `data: ${JSON.stringify(value)}`);
  return fc.oneof({ weight: 12, arbitrary: fc.constant(line) }, { weight: 1, arbitrary: changed });
}

const asText = (value: unknown): string => JSON.stringify(value) ?? '';

function replyOf(whole: fc.Arbitrary<object>, streams: readonly string[], stream: boolean): fc.Arbitrary<Reply> {
  const body = mutated(whole, 3).map(asText);
  const events = fc.oneof(...streams.map(mutatedStream));
  const cut = fc.tuple(events, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
  const bytes = stream ? fc.oneof({ weight: 3, arbitrary: events }, cut, body) : body;
  return fc.record({
    status: fc.oneof(
      { weight: 10, arbitrary: fc.constant(200) },
      fc.constantFrom(400, 404, 413, 422, 429, 500, 503, 599),
    ),
    type: fc.constantFrom(
      ...(stream ? ['text/event-stream', 'text/event-stream', 'application/json'] : ['application/json', 'text/html']),
    ),
    bytes: fc.oneof({ weight: 9, arbitrary: bytes }, fc.string({ maxLength: 50 }), junk.map(asText)),
  });
}

const DIALECTS = [
  ['open', completion, ['openai-stream.txt', 'vllm-stream.txt']],
  ['claude', claude, ['anthropic-tool-stream.txt']],
] as const;

const anyCall = fc.oneof(
  ...DIALECTS.flatMap(([tier, whole, streams]) =>
    [true, false].map((stream) =>
      fc.record({ tier: fc.constant(tier), stream: fc.constant(stream), reply: replyOf(whole, streams, stream) }),
    ),
  ),
);

/** Hosts on real sockets that send anything: what comes of it is an answer or a failure of the tier, never a fault of the router. */
export async function fuzzHosts({ runs, seed }: FuzzOptions): Promise<Statuses> {
  let reply: Reply = { status: 200, type: '', bytes: '' };
  const server = http.createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(reply.status, { 'content-type': reply.type }).end(reply.bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const tiers = [
    aTier({ id: 'open', baseUrl }),
    aTier({ id: 'claude', baseUrl, provider: 'anthropic', apiKey: 'key' }),
  ];
  const tasks = DIALECTS.map(([tier]) => aTask({ id: tier, ladder: [tier], oracle: [{ kind: 'length', min: 1 }] }));
  const prepared = await prepare(aPolicy({ tiers, tasks }));
  const providers = createProviders({ secrets: () => Promise.reject(new Error('no secrets')) });
  const { app, faults } = appOver(prepared, providers);
  const statuses: Statuses = {};
  const check = fc.asyncProperty(anyCall, async ({ tier, stream, reply: next }) => {
    reply = next;
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
    const messages = [{ role: 'user', content: 'Say hello.' }];
    const request = {
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'x-tierwise-task': tier },
      body: JSON.stringify({ model: 'auto', stream, messages, tools }),
    };
    try {
      const { status } = await answerOf(app, request, faults);
      statuses[status] = (statuses[status] ?? 0) + 1;
    } finally {
      faults.length = 0;
    }
  });
  try {
    await fc.assert(check, { numRuns: runs, seed });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return statuses;
}
