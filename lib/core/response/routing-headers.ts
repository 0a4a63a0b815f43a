import { REQUEST_ID_HEADER, ROUTING_HEADERS } from '../contract';
import type { Decision, Request, Trail } from '../types';

/** What every routed answer tells of its way. Header names are lower case. */
export function routingHeaders(request: Request, decision: Decision, trail?: Trail): Record<string, string> {
  const headers: Record<string, string> = {
    [REQUEST_ID_HEADER]: request.id,
    [ROUTING_HEADERS.task]: decision.task,
    [ROUTING_HEADERS.route]: decision.route,
    [ROUTING_HEADERS.reason]: trail?.reason ?? decision.reason,
    [ROUTING_HEADERS.score]: String(Math.round(decision.score * 10) / 10),
    [ROUTING_HEADERS.attempts]: String(trail?.attempts.length ?? 0),
    [ROUTING_HEADERS.escalations]: String(trail?.escalations ?? 0),
    [ROUTING_HEADERS.policy]: decision.policy,
  };
  if (trail?.tier) headers[ROUTING_HEADERS.tier] = trail.tier;
  if (trail?.model) headers[ROUTING_HEADERS.model] = headerValue(trail.model);
  return headers;
}

/** Room for any name that is one: a client takes some kilobytes of headers in all. */
const LONGEST_NAME = 256;

/** A host chooses its model's name; a header takes only visible ASCII. */
function headerValue(text: string): string {
  return text.slice(0, LONGEST_NAME).replace(/[^\x20-\x7e]/g, '?');
}
