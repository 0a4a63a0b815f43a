import { REQUEST_ID_HEADER } from '../../../lib/core/contract';
import { RouterError } from '../../../lib/core/errors';
import { isRequestId } from '../../../lib/core/request-id';
import { formatError } from '../../../lib/core/response/format-error';
import type { Response } from '../../../lib/core/types';
import { allowedMethods } from '../allowed-methods';
import type { CallerOf } from '../caller';
import type { HttpRequest, Served } from '../http';
import { pageDocument } from './document';
import { checkKey, checkOperator } from './door';
import { stateEvents } from './events';
import { endedSession, sessionCookie } from './session-cookie';
import { createSharedState, type ReadState, type StatePorts } from './shared-state';

export interface OperatorPagePorts extends StatePorts {
  readonly callerOf: CallerOf;
  readonly newRequestId: () => string;
}

type Handler = (request: HttpRequest) => Response | Promise<Response>;
type Methods = Readonly<Record<string, Handler>>;

/** Paths below it are requests' ids. */
const REQUESTS = '/operator/requests/';
const PRIVATE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** Answers for the operator's page. Rejects with a RouterError for who may not look and for what is not there. */
export function createOperatorPage(ports: OperatorPagePorts): (request: HttpRequest) => Promise<Served> {
  const { callerOf, newRequestId } = ports;
  const routes = routesOf(ports);
  return async (request) => {
    const path = request.path.startsWith(REQUESTS) ? REQUESTS : request.path;
    const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
    const handler = methods && Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
    const requestId = newRequestId();
    if (handler === undefined) {
      // Who may not ask does not learn what there is.
      await callerOf(request);
      return { response: notThere(methods, requestId) };
    }
    const { status, headers, body } = await handler(request);
    return { response: { status, headers: { [REQUEST_ID_HEADER]: requestId, ...headers }, body } };
  };
}

function routesOf(ports: OperatorPagePorts): Readonly<Record<string, Methods>> {
  const { callerOf, store, nowMs } = ports;
  const state = createSharedState(ports);
  const behindDoor =
    (handler: Handler): Handler =>
    async (request) => {
      await checkOperator(request.headers, callerOf);
      return handler(request);
    };
  return {
    '/': { GET: page },
    '/operator/session': { POST: (request) => signIn(request, callerOf), DELETE: signOut },
    '/operator/state': { GET: behindDoor(() => wholeState(state)) },
    '/operator/events': { GET: behindDoor((request) => events(request, state, nowMs)) },
    [REQUESTS]: { GET: behindDoor((request) => oneRecord(request, store)) },
  };
}

/** Given to everybody: it holds nothing of the router's. What it then asks for does. */
async function page(): Promise<Response> {
  const { html, contentSecurityPolicy } = await pageDocument();
  const headers = {
    ...PRIVATE,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  };
  return { status: 200, headers, body: html };
}

async function signIn({ headers, body }: HttpRequest, callerOf: CallerOf): Promise<Response> {
  const key = keyIn(body);
  const cookie = key === undefined ? undefined : sessionCookie(key, headers);
  if (key === undefined || cookie === undefined || !headers['content-type']?.startsWith('application/json')) {
    throw new RouterError('invalid_request', 'Send {"key": "..."} as application/json.');
  }
  await checkKey(key, headers, callerOf);
  return { status: 200, headers: { ...PRIVATE, 'content-type': 'application/json', 'set-cookie': cookie }, body: '{}' };
}

function keyIn(body: string): string | undefined {
  try {
    const { key } = JSON.parse(body) as { key?: unknown };
    return typeof key === 'string' ? key.trim() : undefined;
  } catch {
    return undefined;
  }
}

function signOut({ headers }: HttpRequest): Response {
  return {
    status: 200,
    headers: { ...PRIVATE, 'content-type': 'application/json', 'set-cookie': endedSession(headers) },
    body: '{}',
  };
}

async function wholeState(state: () => Promise<ReadState>): Promise<Response> {
  const { text } = await state().catch((cause: unknown) => {
    throw new RouterError('tiers_unavailable', 'The store cannot be read at the moment.', { cause });
  });
  return json(text);
}

function events(
  { left, closing, endsAtMs }: HttpRequest,
  state: () => Promise<ReadState>,
  nowMs: () => number,
): Response {
  const gone = closing === undefined ? left : AbortSignal.any([left, closing]);
  const headers = { ...PRIVATE, 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
  return { status: 200, headers, body: stateEvents({ state, gone, endsAtMs, nowMs }) };
}

async function oneRecord({ path }: HttpRequest, { attributions }: StatePorts['store']): Promise<Response> {
  const requestId = requestIdIn(path);
  const record = isRequestId(requestId) ? await attributions.get(requestId) : undefined;
  if (record !== undefined) return json(JSON.stringify(record));
  throw new RouterError(
    'not_found',
    'There is no record of this request: one is written within seconds of the answer and kept as long as ' +
      'attribution.retentionDays of the policy says.',
  );
}

function requestIdIn(path: string): string {
  try {
    return decodeURIComponent(path.slice(REQUESTS.length));
  } catch {
    return '';
  }
}

function json(body: string): Response {
  return { status: 200, headers: { ...PRIVATE, 'content-type': 'application/json' }, body };
}

function notThere(methods: Methods | undefined, requestId: string): Response {
  if (methods === undefined) {
    return formatError(new RouterError('not_found', 'The operator’s page has nothing at this path.'), requestId);
  }
  const allow = allowedMethods(methods);
  return formatError(new RouterError('not_found', `This path takes ${allow} only.`), requestId, { allow });
}
