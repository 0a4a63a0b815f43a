/**
 * A model server for the soak: it speaks Chat Completions on the paths of two tiers, fails as often as it is told to, in all
 * the ways there are, and knows what it bills. Its answer depends on the request alone, so one that is asked for again is
 * the same.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inputTokens } from '../../../lib/core/features/tokens';
import type { ChatBody } from '../../../lib/core/types-chat';
import { readBytes } from '../speed/read-bytes';
import type { ServedCall } from './ledger';
import { seeded } from './random';

const CHARACTERS_PER_TOKEN = 4;
/** Milliseconds to the first word, and between words. */
const FIRST_MS = 15;
const EVERY_MS = 6;
const WORDS = ['heron ', 'plum ', 'seven ', 'river ', 'stone ', 'amber ', 'quiet ', 'north '];

const FAULTS = [
  'says-500',
  'says-429',
  'resets',
  'cuts',
  'stalls',
  'errs',
  'garbles',
  'is-empty',
  'is-silent',
] as const;
const REFUSALS: ReadonlySet<string> = new Set(['says-500', 'says-429', 'resets']);
type Deed = 'answers' | (typeof FAULTS)[number];

const faultShare = Number(process.argv[2] ?? 0.05);
const random = seeded(20_261_122);
const calls: ServedCall[] = [];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function textOf(request: string): string[] {
  const number = Number(request.slice(1));
  return Array.from({ length: 5 + (number % 6) }, (_, at) => WORDS[(number * 7 + at * 3) % WORDS.length] as string);
}

interface Call {
  readonly request: string;
  readonly inputTokens: number;
  readonly words: readonly string[];
  /** What has been written, and what that comes to on the bill. */
  written: string;
  extent: ServedCall['extent'];
}

/** Puts the call on the bill once it is over, however it ends: a host that has read a prompt bills it. */
function keepAccount(call: Call, streamed: boolean, response: ServerResponse): void {
  const note = (): void => {
    const { request, inputTokens: input, written, extent } = call;
    const outputTokens = Math.ceil(written.length / CHARACTERS_PER_TOKEN);
    // Usage that did not reach anybody was not told.
    const told = extent === 'whole' && !response.writableFinished ? (streamed ? 'partial' : 'prompt') : extent;
    calls.push({ request, streamed, inputTokens: input, outputTokens, extent: told });
  };
  if (response.closed) note();
  else response.once('close', note);
}

function usageOf({ inputTokens: input }: Call, text: string): object {
  const output = Math.ceil(text.length / CHARACTERS_PER_TOKEN);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

const head = ({ request }: Call, object: string): object => {
  return { id: `chatcmpl-${request}`, object, created: 1_790_000_000, model: 'soaked' };
};

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  const body = JSON.stringify({ error: { message: 'ordered to fail', type: 'server_error', param: null, code: null } });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, ...headers });
  response.end(body);
}

async function whole(call: Call, deed: Deed, response: ServerResponse): Promise<void> {
  const text = deed === 'is-empty' ? '' : call.words.join('');
  await wait(FIRST_MS + call.words.length * EVERY_MS);
  if (response.destroyed) return;
  if (deed === 'errs') {
    call.extent = 'nothing';
    reply(response, JSON.stringify({ error: { message: 'ordered to err', type: 'server_error' } }));
    return;
  }
  const message = { role: 'assistant', content: deed === 'garbles' ? { not: 'text' } : text };
  const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }];
  const body = JSON.stringify({ ...head(call, 'chat.completion'), choices, usage: usageOf(call, text) });
  if (deed === 'cuts' || deed === 'stalls') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, body.length / 2));
    if (deed === 'cuts') response.socket?.end();
    return;
  }
  call.written = text;
  call.extent = 'whole';
  reply(response, body);
}

function reply(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function stream(call: Call, deed: Deed, response: ServerResponse): Promise<void> {
  const event = (fields: object): string =>
    `data: ${JSON.stringify({ ...head(call, 'chat.completion.chunk'), ...fields })}\n\n`;
  const choice = (delta: object, finish_reason: string | null = null): string =>
    event({ choices: [{ index: 0, delta, finish_reason }] });
  await wait(FIRST_MS);
  if (response.destroyed) return;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(choice({ role: 'assistant', content: '' }));
  const words = deed === 'is-empty' ? [] : deed === 'answers' ? call.words : call.words.slice(0, call.words.length / 2);
  for (const word of words) {
    if (response.destroyed) return;
    response.write(choice({ content: word }));
    call.written += word;
    call.extent = 'partial';
    await wait(EVERY_MS);
  }
  if (deed === 'stalls' || response.destroyed) return;
  if (deed === 'cuts') response.socket?.end();
  else if (deed === 'errs') response.end('data: {"error":{"message":"ordered to err","type":"server_error"}}\n\n');
  else if (deed === 'garbles') response.end('data: <html>\n\n');
  else {
    call.extent = 'whole';
    response.write(choice({}, 'stop'));
    response.end(`${event({ choices: [], usage: usageOf(call, call.written) })}data: [DONE]\n\n`);
  }
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = JSON.parse((await readBytes(request)).toString('utf8')) as ChatBody;
  const name = /#(r\d+)#/.exec(JSON.stringify(body.messages))?.[1] ?? 'r0';
  const call: Call = {
    request: name,
    inputTokens: inputTokens(body).total,
    words: textOf(name),
    written: '',
    extent: 'prompt',
  };
  const streamed = body.stream === true;
  const deed: Deed = random() < faultShare ? (FAULTS[Math.floor(random() * FAULTS.length)] as Deed) : 'answers';
  if (REFUSALS.has(deed)) call.extent = 'nothing';
  keepAccount(call, streamed, response);
  if (deed === 'is-silent') return;
  if (deed === 'resets') response.socket?.resetAndDestroy();
  else if (deed === 'says-500') refuse(response, 500);
  else if (deed === 'says-429') refuse(response, 429, { 'retry-after-ms': '30' });
  else await (streamed ? stream : whole)(call, deed, response);
}

const server = createServer((request, response) => {
  if (request.url === '/ledger') response.end(JSON.stringify(calls));
  else serve(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
