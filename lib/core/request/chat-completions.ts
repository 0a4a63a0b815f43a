import { REQUEST_ID_HEADER } from '../contract';
import { RouterError } from '../errors';
import type { Caller, Hints, Incoming, Request } from '../types';
import type { ChatBody } from '../types-chat';
import type { Policy } from '../types-policy';
import { checkBody } from './check-body';
import { decodeBody } from './decode-body';
import { PRINTABLE, parseHints, withoutHints } from './hints';
import { parseModelField } from './model-field';
import { needsOf } from './needs';

/** What the router says of a request: its own id for it, who asks, and when (UTC milliseconds). */
export interface Identity {
  readonly id: string;
  readonly caller: Caller;
  readonly receivedAtMs: number;
}

/** Chat Completions at the door. Throws a RouterError of status 4xx for everything that is not one. */
export function parseChatCompletions(incoming: Incoming, policy: Policy, identity: Identity): Request {
  const body = checkBody(decodeBody(incoming.body, policy.maxBodyBytes));
  const { task, pinned } = parseModelField(body.model, policy, identity.caller);
  const hints = withTask(parseHints(incoming.headers, body.metadata, { policy, caller: identity.caller }), task);
  const limit = limitOf(body);
  return {
    dialect: 'chat-completions',
    ...identity,
    ...withClientId(incoming.headers[REQUEST_ID_HEADER]),
    hints,
    ...(pinned !== undefined && { pinned }),
    body: withoutHints<ChatBody>(body),
    needs: needsOf(body),
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    ...(limit !== undefined && { maxOutputTokens: limit }),
    choices: body.n ?? 1,
  };
}

/** Of two that differ the larger: which of them binds, hosts do not agree on. */
function limitOf({ max_completion_tokens: limit, max_tokens: older }: ChatBody): number | undefined {
  return limit != null && older != null ? Math.max(limit, older) : (limit ?? older ?? undefined);
}

/** A client's own id is for its logs only, so one that cannot be kept is no fault. */
function withClientId(clientRequestId: string | undefined): Pick<Request, 'clientRequestId'> {
  return clientRequestId !== undefined && PRINTABLE.test(clientRequestId) ? { clientRequestId } : {};
}

/** `auto:<task>` is a task hint too; two that differ have no right answer. */
function withTask(hints: Hints, task: string | undefined): Hints {
  if (task === undefined) return hints;
  if (hints.task !== undefined && hints.task !== task) {
    throw new RouterError(
      'invalid_request',
      `The model field asks for task ${task} and the task hint for ${hints.task}; leave one out or make them agree.`,
      { param: 'model' },
    );
  }
  return { task, ...hints };
}
