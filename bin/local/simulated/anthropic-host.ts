import type { ServerResponse } from 'node:http';
import { type MessagesBody, questionOf } from './anthropic-question';
import {
  counted,
  type Exchange,
  type Models,
  parseObject,
  type SimulatedHost,
  type SimulatedHostOptions,
  sendJson,
  startHost,
  type Traffic,
  wholeMs,
} from './model-host';
import { createPromptCache, type InputUsage } from './prompt-cache';
import type { SimulatedAnswer } from './simulated-model';

const STATUS = { invalid_request_error: 400, authentication_error: 401, not_found_error: 404 } as const;

type ErrorType = keyof typeof STATUS;
type Refusal = readonly [type: ErrorType, message: string];

/** A simulated model server that speaks the Messages API: whole answers, event streams, token counts. */
export function startAnthropicHost(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const cache = createPromptCache();
  return startHost(options, '/v1', async (exchange, models, traffic) => {
    const { method, path, response, headers, body } = exchange;
    const requestId = `req_simulated_${traffic.calls + 1}`;
    const refuse = ([type, message]: Refusal) =>
      sendJson(
        response,
        STATUS[type],
        { type: 'error', error: { type, message }, request_id: requestId },
        { 'request-id': requestId },
      );
    const counting = path === '/v1/messages/count_tokens';
    if (method !== 'POST' || !(counting || path === '/v1/messages')) return refuse(['not_found_error', 'Not found']);
    await counted(traffic, async () => {
      const parsed = parseObject(body);
      const refusal = refusalOf(headers, parsed, models, counting);
      if (refusal !== undefined) return refuse(refusal);
      const asked = parsed as unknown as MessagesBody;
      const answer = models.ask(questionOf(asked));
      if (counting) return sendJson(response, 200, { input_tokens: answer.inputTokens });
      if (answer.inputTokens > models.contextWindow) {
        const limits = `${answer.inputTokens} tokens > ${models.contextWindow} maximum`;
        return refuse(['invalid_request_error', `prompt is too long: ${limits}`]);
      }
      await reply(exchange, asked, answer, cache(asked, answer.inputTokens), traffic);
    });
  });
}

function refusalOf(
  headers: Exchange['headers'],
  body: Record<string, unknown> | undefined,
  models: Models,
  counting: boolean,
): Refusal | undefined {
  if (!headers['x-api-key']) return ['authentication_error', 'x-api-key header is required'];
  if (!headers['anthropic-version']) return ['invalid_request_error', 'anthropic-version: header is required'];
  if (body === undefined) return ['invalid_request_error', 'The request body is not valid JSON'];
  if (typeof body.model !== 'string') return ['invalid_request_error', 'model: Field required'];
  if (!models.knows(body.model)) return ['not_found_error', `model: ${body.model}`];
  if (!counting && !(Number(body.max_tokens) >= 1)) return ['invalid_request_error', 'max_tokens: Field required'];
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    return ['invalid_request_error', 'messages: at least one message is required'];
  }
  return undefined;
}

async function reply(
  { response, pace }: Exchange,
  body: MessagesBody,
  answer: SimulatedAnswer,
  usage: InputUsage,
  traffic: Traffic,
): Promise<void> {
  const message = {
    id: `msg_simulated_${traffic.calls}`,
    type: 'message',
    role: 'assistant',
    // The API has no fingerprint, so the model's own name says what it is.
    model: `${body.model}-simulated`,
    stop_sequence: null,
  };
  if (body.stream === true) return stream(response, pace, message, answer, usage);
  await pace(wholeMs(answer));
  sendJson(response, 200, {
    ...message,
    content: [contentOf(answer, message.id)],
    stop_reason: stopReasonOf(answer),
    usage: { ...usage, output_tokens: answer.outputTokens, service_tier: 'standard' },
  });
}

function contentOf({ tokens, toolCall }: SimulatedAnswer, id: string): unknown {
  if (toolCall === undefined) return { type: 'text', text: tokens.join('') };
  return { type: 'tool_use', id: `toolu_${id}`, name: toolCall.name, input: toolCall.arguments };
}

function stopReasonOf({ finish }: SimulatedAnswer): string {
  return { stop: 'end_turn', length: 'max_tokens', 'tool-call': 'tool_use' }[finish];
}

async function stream(
  response: ServerResponse,
  pace: Exchange['pace'],
  message: { readonly id: string },
  answer: SimulatedAnswer,
  usage: InputUsage,
): Promise<void> {
  const send = (type: string, members: object = {}) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  await pace(answer.firstTokenMs);
  const opened = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  send('message_start', { message: opened });
  const { toolCall } = answer;
  const block =
    toolCall === undefined ? { type: 'text', text: '' } : { ...(contentOf(answer, message.id) as object), input: {} };
  send('content_block_start', { index: 0, content_block: block });
  send('ping');
  for (const delta of deltasOf(answer)) {
    await pace(answer.perTokenMs);
    send('content_block_delta', { index: 0, delta });
  }
  send('content_block_stop', { index: 0 });
  const delta = { stop_reason: stopReasonOf(answer), stop_sequence: null };
  send('message_delta', { delta, usage: { output_tokens: answer.outputTokens } });
  send('message_stop');
  response.end();
}

function deltasOf({ tokens, toolCall }: SimulatedAnswer): readonly object[] {
  if (toolCall === undefined) return tokens.map((text) => ({ type: 'text_delta', text }));
  const text = JSON.stringify(toolCall.arguments);
  const half = Math.ceil(text.length / 2);
  return ['', text.slice(0, half), text.slice(half)].map((part) => ({ type: 'input_json_delta', partial_json: part }));
}
