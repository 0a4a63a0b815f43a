import { Readable } from 'node:stream';
import { REQUEST_ID_HEADER } from '../../lib/core/contract';
import { asRouterError, RouterError } from '../../lib/core/errors';
import { formatError } from '../../lib/core/response/format-error';
import { dryRun, type Prepared, type RoutePorts, route } from '../../lib/core/route';
import type { Caller, Response } from '../../lib/core/types';
import { allowedMethods } from './allowed-methods';
import type { CallerOf } from './caller';
import { feedbackShown } from './feedback/feedback-shown';
import type { TakeFeedback } from './feedback/take-feedback';
import type { App, HttpRequest, Served } from './http';
import { listModels } from './models';
import type { PromptLog } from './prompt-log/prompt-log';

/** The policy in force and how fresh it is. */
export interface PolicyInForce {
  readonly prepared: Prepared;
  /** Seconds since the router last saw that it is the one to use. */
  readonly ageSeconds: number;
  readonly source: 'store' | 'fallback';
  /** A newer version that the router would not take, and why. */
  readonly refused?: { readonly version: string; readonly why: string };
}

export interface AppPorts extends RoutePorts {
  readonly callerOf: CallerOf;
  /** Undefined until a policy is loaded. Never waits. */
  readonly policy: () => PolicyInForce | undefined;
  /** Absent where no records are kept that it could be about. */
  readonly takeFeedback?: TakeFeedback;
  /** Absent where no prompt is ever kept. */
  readonly promptLog?: Pick<PromptLog, 'standing'>;
  /** Absent where nobody operates the router by a page. */
  readonly operatorPage?: App;
}

/** A request from somebody who may ask. */
interface Asked {
  readonly request: HttpRequest;
  readonly caller: Caller;
}

type Handler = (asked: Asked, policy: PolicyInForce, ports: AppPorts) => Served | Promise<Served>;

/** Path to handlers by method. Paths match whatever the query string, which the platform adapters cut off. */
const ROUTES: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/v1/chat/completions': { POST: complete },
  '/v1/models': { GET: models },
  '/v1/route': { POST: decideOnly },
  '/v1/feedback': { POST: hearFeedback },
  '/health': { GET: (_asked, policy, ports) => ({ response: json(health(policy, ports), ports) }) },
};

/** Answered to everybody. All else, paths that do not exist included, is for callers that may ask. */
const OPEN = '/health';
const NOBODY: Caller = {};

/** The operator's page, and what it asks for. */
function isOperatorPath(path: string): boolean {
  return path === '/' || path.startsWith('/operator/');
}

/** The router's HTTP face: plain requests in, plain responses out. */
export function createApp(ports: AppPorts): App {
  const answer = answerBy(ports);
  return (request) => (request.method === 'HEAD' ? answerHead(request, answer) : answer(request));
}

/**
 * As GET is answered, by RFC 9110, 9.3.2. The server tells the length of a text and leaves the text out; a stream, which has
 * no length, is never begun.
 */
async function answerHead(request: HttpRequest, answer: App): Promise<Served> {
  const { response } = await answer(Object.assign({}, request, { method: 'GET' }));
  const { status, headers, body } = response;
  return { response: { status, headers, body: typeof body === 'string' ? body : Readable.from([]) } };
}

function answerBy(ports: AppPorts): App {
  return async (request) => {
    try {
      if (ports.operatorPage !== undefined && isOperatorPath(request.path)) return await ports.operatorPage(request);
      const caller = request.path === OPEN ? NOBODY : await ports.callerOf(request);
      const methods = Object.hasOwn(ROUTES, request.path) ? ROUTES[request.path] : undefined;
      if (methods === undefined)
        throw new RouterError('not_found', `There is nothing at ${pathShown(request.path)}. ${whatThereIs()}`);
      const handler = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
      if (handler === undefined) return { response: wrongMethod(methods, ports) };
      const policy = ports.policy();
      if (policy === undefined) {
        throw new RouterError(
          'tiers_unavailable',
          'The router has no policy yet. Publish one, or deploy one beside the router.',
        );
      }
      return await handler({ request, caller }, policy, ports);
    } catch (error) {
      const requestId = ports.newRequestId();
      if (!RouterError.is(error)) ports.onFault?.(error, requestId);
      return { response: refusal(asRouterError(error), requestId) };
    }
  };
}

function refusal(error: RouterError, requestId: string): Response {
  return formatError(error, requestId, error.code === 'invalid_key' ? { 'www-authenticate': 'Bearer' } : {});
}

function complete({ request, caller }: Asked, { prepared }: PolicyInForce, ports: AppPorts): Promise<Served> {
  return route({ incoming: request, caller, ...platform(request) }, prepared, ports);
}

async function decideOnly({ request, caller }: Asked, { prepared }: PolicyInForce, ports: AppPorts): Promise<Served> {
  return { response: json(await dryRun({ incoming: request, caller }, prepared, ports), ports) };
}

async function hearFeedback({ request, caller }: Asked, _policy: PolicyInForce, ports: AppPorts): Promise<Served> {
  if (ports.takeFeedback === undefined)
    throw new RouterError('not_found', 'This router keeps no records that feedback could be about.');
  return { response: json(feedbackShown(await ports.takeFeedback(request.body, caller)), ports) };
}

function models({ caller }: Asked, { prepared }: PolicyInForce, ports: AppPorts): Served {
  return { response: json(listModels(prepared.policy, caller), ports) };
}

function platform({ left, endsAtMs }: HttpRequest): Pick<HttpRequest, 'left' | 'endsAtMs'> {
  return endsAtMs === undefined ? { left } : { left, endsAtMs };
}

function health({ prepared, ageSeconds, source, refused }: PolicyInForce, { promptLog }: AppPorts): unknown {
  const { id, version } = prepared.policy;
  const prompts = promptLog?.standing(prepared.policy);
  return {
    status: 'ok',
    policy: { id, version, source, ageSeconds: Math.round(ageSeconds * 10) / 10, ...(refused && { refused }) },
    // Everybody may ask: who answers for it stands in the policy, and on the operator's page.
    ...(prompts && { prompts: { state: prompts.state, expires: prompts.expires } }),
  };
}

function json(value: unknown, { newRequestId }: AppPorts): Response {
  const headers = { [REQUEST_ID_HEADER]: newRequestId(), 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(value) };
}

function wrongMethod(methods: Readonly<Record<string, Handler>>, ports: AppPorts): Response {
  const allow = allowedMethods(methods);
  const error = new RouterError('not_found', `This path takes ${allow} only.`);
  return formatError(error, ports.newRequestId(), { allow });
}

function whatThereIs(): string {
  const rows = Object.entries(ROUTES).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  return `There is ${[...rows, 'GET /'].join(', ')}.`;
}

/** A path is the caller's text: shown short and printable. */
function pathShown(path: string): string {
  return JSON.stringify(path.slice(0, 100));
}
