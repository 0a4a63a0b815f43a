import { ROUTING_HEADERS } from '../contract';
import { plainDecimal } from '../plain-decimal';
import type { Decision, Execution, Request, Response, StreamEnd, Trail } from '../types';
import { formatError } from './format-error';
import { formatStream } from './format-stream';
import { routingHeaders } from './routing-headers';

/** What an answer is told about beside itself. */
export interface FormatContext {
  readonly request: Request;
  readonly decision: Decision;
  /** Everything the request caused, in USD. */
  readonly costUsd: (trail: Trail) => number;
  /** What the router itself added so far. */
  readonly overheadMs: number;
}

/** An execution in the caller's dialect, with the routing headers. */
export function format(execution: Execution, context: FormatContext): Response {
  const { request, decision, costUsd } = context;
  const headers = routingHeaders(request, decision, execution.trail);
  if (execution.kind === 'stream') {
    headers['content-type'] = 'text/event-stream; charset=utf-8';
    headers['cache-control'] = 'no-cache';
    const cost = (end: StreamEnd): number => costUsd(end.trail);
    return { status: 200, headers, body: formatStream(execution, request.includeUsage, cost) };
  }
  headers[ROUTING_HEADERS.costUsd] = plainDecimal(costUsd(execution.trail));
  headers[ROUTING_HEADERS.overheadMs] = context.overheadMs.toFixed(2);
  if (execution.kind === 'failed') return formatError(execution.error, request.id, headers);
  headers['content-type'] = 'application/json';
  return { status: 200, headers, body: execution.text };
}
