import type { ServerResponse } from 'node:http';
import type { ChatBody } from '../../../lib/core/types-chat';
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
import { questionOf } from './openai-question';
import { chunksOf, completionOf, type Envelope, usageOf } from './openai-wire';
import type { SimulatedAnswer } from './simulated-model';

/** A simulated model server that speaks as vLLM does: Chat Completions, model list, health, load and queue metrics. */
export function startOpenAIHost(options: SimulatedHostOptions): Promise<SimulatedHost> {
  return startHost(options, '/v1', async (exchange, models, traffic) => {
    const { method, path, response } = exchange;
    if (method === 'POST' && path === '/v1/chat/completions') {
      await counted(traffic, () => complete(exchange, models, traffic));
    } else if (method === 'GET' && path === '/v1/models') {
      sendJson(response, 200, {
        object: 'list',
        data: models.names().map((id) => modelCard(id, models.contextWindow)),
      });
    } else if (method === 'GET' && path === '/health') {
      response.writeHead(200).end();
    } else if (method === 'GET' && path === '/load') {
      sendJson(response, 200, { server_load: traffic.running });
    } else if (method === 'GET' && path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(metricsOf(models.names()[0] ?? 'simulated', traffic));
    } else {
      sendJson(response, 404, { detail: 'Not Found' });
    }
  });
}

function modelCard(id: string, contextWindow: number): unknown {
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: 'simulated',
    root: id,
    parent: null,
    max_model_len: contextWindow,
  };
}

/** Nothing ever waits: a simulated model has no queue. */
function metricsOf(model: string, { running }: Traffic): string {
  const gauge = (name: string, help: string, value: number) =>
    `# HELP vllm:${name} ${help}\n# TYPE vllm:${name} gauge\nvllm:${name}{engine="0",model_name="${model}"} ${value.toFixed(1)}\n`;
  return (
    gauge('num_requests_running', 'Number of requests in model execution batches.', running) +
    gauge('num_requests_waiting', 'Number of requests waiting to be processed.', 0)
  );
}

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly param?: string;
}

async function complete({ body: text, response, pace }: Exchange, models: Models, traffic: Traffic): Promise<void> {
  const parsed = parseObject(text);
  const refusal = parsed === undefined ? badRequest('the body is not a JSON object') : refusalOf(parsed, models);
  if (refusal !== undefined) return sendError(response, refusal);
  const body = parsed as unknown as ChatBody;
  const answer = models.ask(questionOf(body));
  const overflow = overflowOf(answer, body, models.contextWindow);
  if (overflow !== undefined) return sendError(response, overflow);
  const answers = Array.from({ length: body.n ?? 1 }, () => answer);
  const envelope: Envelope = {
    id: `chatcmpl-simulated-${traffic.calls}`,
    created: Math.floor(Date.now() / 1000),
    model: body.model,
    system_fingerprint: `simulated-${models.profileOf(body.model)}`,
  };
  if (body.stream === true) return stream(envelope, answers, body, response, pace);
  await pace(wholeMs(answer));
  sendJson(response, 200, completionOf(envelope, answers, body));
}

function badRequest(message: string, param?: string): Refusal {
  return { status: 400, type: 'BadRequestError', message, ...(param === undefined ? {} : { param }) };
}

function refusalOf(body: Record<string, unknown>, models: Models): Refusal | undefined {
  const { model, messages } = body;
  if (typeof model !== 'string') return badRequest('Field required', 'model');
  if (!models.knows(model)) {
    return { status: 404, type: 'NotFoundError', message: `The model \`${model}\` does not exist.`, param: 'model' };
  }
  if (!Array.isArray(messages) || messages.length === 0) return badRequest('messages must not be empty', 'messages');
  for (const name of ['max_tokens', 'max_completion_tokens', 'n']) {
    const value = body[name] ?? undefined;
    if (value !== undefined && !(Number.isInteger(value) && Number(value) >= 1))
      return badRequest(`${name} must be at least 1`, name);
  }
  return undefined;
}

function overflowOf({ inputTokens }: SimulatedAnswer, body: ChatBody, window: number): Refusal | undefined {
  const asked = body.max_completion_tokens ?? body.max_tokens ?? 0;
  if (inputTokens + asked <= window) return undefined;
  return badRequest(
    `You passed ${inputTokens} input tokens and requested ${asked} output tokens. However, the model's context length is only ${window} tokens.`,
    'input_tokens',
  );
}

function sendError(response: ServerResponse, { status, type, message, param }: Refusal): void {
  sendJson(response, status, { error: { message, type, param: param ?? null, code: status } });
}

async function stream(
  envelope: Envelope,
  answers: readonly SimulatedAnswer[],
  body: ChatBody,
  response: ServerResponse,
  pace: Exchange['pace'],
): Promise<void> {
  const send = (members: object) =>
    response.write(`data: ${JSON.stringify({ ...envelope, object: 'chat.completion.chunk', ...members })}\n\n`);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const [index, answer] of answers.entries()) {
    for (const [choice, realMs] of chunksOf(answer, index, envelope.id, body)) {
      await pace(realMs);
      send({ choices: [choice] });
    }
  }
  if (body.stream_options?.include_usage === true) send({ choices: [], usage: usageOf(answers) });
  response.end('data: [DONE]\n\n');
}
