import type { ServerResponse } from 'node:http';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import { type ConverseBody, questionOf } from './bedrock-question';
import {
  counted,
  type Exchange,
  type Models,
  parseObject,
  type SimulatedHost,
  type SimulatedHostOptions,
  sendJson,
  startHost,
  wholeMs,
} from './model-host';
import type { SimulatedAnswer } from './simulated-model';

const ROUTE = /^\/model\/([^/]+)\/(converse|converse-stream)$/;
const codec = new EventStreamCodec(toUtf8, fromUtf8);

/**
 * A simulated model server that speaks Bedrock's Converse and ConverseStream over HTTP/1.1. It looks whether a request is
 * signed or bears a key, and checks neither.
 */
export function startBedrockHost(options: SimulatedHostOptions): Promise<SimulatedHost> {
  return startHost(options, '', async (exchange, models, traffic) => {
    const [, encoded, operation] = ROUTE.exec(exchange.path) ?? [];
    if (exchange.method !== 'POST' || encoded === undefined) {
      return refuse(exchange.response, 404, 'UnknownOperationException', 'no such operation');
    }
    await counted(traffic, () =>
      converse(exchange, models, decodeURIComponent(encoded), operation === 'converse-stream'),
    );
  });
}

async function converse(
  { headers, body, response, pace }: Exchange,
  models: Models,
  model: string,
  streamed: boolean,
): Promise<void> {
  const parsed = parseObject(body);
  if (!headers.authorization)
    return refuse(response, 403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  if (parsed === undefined) return refuse(response, 400, 'SerializationException', 'the body is not a JSON object');
  if (!models.knows(model))
    return refuse(response, 400, 'ValidationException', 'The provided model identifier is invalid.');
  const asked = parsed as ConverseBody;
  if (!asked.messages?.length)
    return refuse(response, 400, 'ValidationException', 'A conversation must hold a message.');
  const answer = models.ask(questionOf(model, asked));
  if (answer.inputTokens > models.contextWindow) {
    return refuse(response, 400, 'ValidationException', 'Input is too long for requested model.');
  }
  // Converse names no model in its answers, so the fields a model may add say what answered.
  const origin = { simulated: models.profileOf(model) };
  if (streamed) return stream(response, pace, answer, origin);
  await pace(wholeMs(answer));
  sendJson(response, 200, {
    output: { message: { role: 'assistant', content: [contentOf(answer)] } },
    stopReason: stopReasonOf(answer),
    usage: usageOf(answer),
    metrics: { latencyMs: wholeMs(answer) },
    additionalModelResponseFields: origin,
  });
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  sendJson(response, status, { message }, { 'x-amzn-errortype': type });
}

function contentOf({ tokens, toolCall }: SimulatedAnswer): unknown {
  if (toolCall === undefined) return { text: tokens.join('') };
  return { toolUse: { toolUseId: 'tooluse_simulated', name: toolCall.name, input: toolCall.arguments } };
}

function stopReasonOf({ finish }: SimulatedAnswer): string {
  return { stop: 'end_turn', length: 'max_tokens', 'tool-call': 'tool_use' }[finish];
}

function usageOf({ inputTokens, outputTokens }: SimulatedAnswer): unknown {
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
  };
}

async function stream(
  response: ServerResponse,
  pace: Exchange['pace'],
  answer: SimulatedAnswer,
  origin: object,
): Promise<void> {
  const send = (type: string, body: object) => response.write(frameOf(type, body));
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  await pace(answer.firstTokenMs);
  send('messageStart', { role: 'assistant' });
  const { toolCall } = answer;
  if (toolCall !== undefined) {
    const start = { toolUse: { toolUseId: 'tooluse_simulated', name: toolCall.name } };
    send('contentBlockStart', { contentBlockIndex: 0, start });
  }
  for (const delta of deltasOf(answer)) {
    await pace(answer.perTokenMs);
    send('contentBlockDelta', { contentBlockIndex: 0, delta });
  }
  send('contentBlockStop', { contentBlockIndex: 0 });
  send('messageStop', { stopReason: stopReasonOf(answer), additionalModelResponseFields: origin });
  send('metadata', { usage: usageOf(answer), metrics: { latencyMs: wholeMs(answer) } });
  response.end();
}

function deltasOf({ tokens, toolCall }: SimulatedAnswer): readonly object[] {
  if (toolCall === undefined) return tokens.map((text) => ({ text }));
  const text = JSON.stringify(toolCall.arguments);
  const half = Math.ceil(text.length / 2);
  return [text.slice(0, half), text.slice(half)].map((input) => ({ toolUse: { input } }));
}

/** An event as AWS frames it: headers, JSON body, checksums. */
function frameOf(type: string, body: object): Uint8Array {
  const header = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      ':event-type': header(type),
      ':content-type': header('application/json'),
      ':message-type': header('event'),
    },
    body: fromUtf8(JSON.stringify(body)),
  });
}
