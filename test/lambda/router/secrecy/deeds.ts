import { answering, type HostReply, type SeenRequest } from '../../../fixtures/hosts/script';
import { MARKERS } from './planted';

/** All that the host was sent, the way hosts repeat it. */
function echo(seen: SeenRequest): string {
  return `${keysOf(seen)} ${JSON.stringify(seen.body)} ${MARKERS.answer}`;
}

function keysOf({ headers }: SeenRequest): string {
  return `${headers.authorization ?? headers['x-api-key']} ${headers['x-tier']}`;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS = { 'content-type': 'text/event-stream' };

type Reply = (said: string, seen: SeenRequest) => HostReply;

const refusing =
  (status: number, body: (said: string) => unknown): Reply =>
  (said) => ({ kind: 'raw', status, headers: JSON_TYPE, body: [JSON.stringify(body(said))] });

const error = (said: string): object => ({ error: { message: said, type: said, param: said, code: said } });
const plainly = (type: string) => (said: string) => ({ error: { message: said, type, param: said, code: null } });

const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'open-model', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const begun = chunk({ role: 'assistant', content: MARKERS.answer });
const streaming = (...body: string[]): HostReply => ({ kind: 'raw', status: 200, headers: EVENTS, body });

/** What hosts do with what they were sent. Named in the prompt. */
export const DEEDS: Readonly<Record<string, Reply>> = {
  answers: () => answering({ text: MARKERS.answer }),
  'says-400': refusing(400, error),
  'says-400-plainly': refusing(400, plainly('invalid_request_error')),
  'says-422': refusing(422, (said) => ({ detail: [{ type: 'missing', loc: ['body'], msg: said, input: said }] })),
  'says-422-in-words': refusing(422, (said) => ({ detail: said })),
  'says-422-of-its-key': (_said, seen) => refusing(422, plainly('invalid_request_error'))(keysOf(seen), seen),
  'answers-an-error-of-its-key': (_said, seen) => refusing(200, plainly('invalid_request_error'))(keysOf(seen), seen),
  'says-401': refusing(401, error),
  'says-403': refusing(403, (said) => ({ message: said })),
  'says-404': refusing(404, plainly('NotFoundError')),
  'says-429': refusing(429, error),
  'says-500': refusing(500, (said) => ({ object: 'error', message: said, type: said, code: 500 })),
  'says-503': refusing(503, error),
  'says-500-in-words': (said) => ({
    kind: 'raw',
    status: 500,
    headers: { 'content-type': 'text/plain' },
    body: [said],
  }),
  'answers-an-error': refusing(200, plainly('invalid_request_error')),
  'answers-nonsense': refusing(200, (said) => ({ said })),
  'answers-a-page': (said) => ({
    kind: 'raw',
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: [`<p>${said}`],
  }),
  'sends-away': (said) => ({
    kind: 'raw',
    status: 302,
    headers: { location: `http://127.0.0.1:9/?q=${encodeURIComponent(said)}` },
    body: [],
  }),
  'streams-an-error': (said) => streaming(`data: ${JSON.stringify(plainly('invalid_request_error')(said))}\n\n`),
  'streams-an-error-late': (said) => streaming(begun, `data: ${JSON.stringify(plainly('BadRequestError')(said))}\n\n`),
  'streams-nonsense': (said) => streaming(begun, `data: ${said}\n\n`),
  'streams-half': (said) => streaming(begun, `data: {"id":"${said}`),
  cuts: () => ({ kind: 'cut', answer: { text: MARKERS.answer }, after: 3 }),
  resets: () => ({ kind: 'reset' }),
  stalls: () => ({ kind: 'stall', answer: { text: MARKERS.answer }, after: 3 }),
  'is-silent': () => ({ kind: 'silence' }),
  'calls-a-tool-wrongly': () =>
    answering({
      toolCalls: [{ id: 'call_9', name: 'look', arguments: JSON.stringify({ [MARKERS.answer]: MARKERS.answer }) }],
    }),
  'calls-no-tool': () => answering({ toolCalls: [{ id: 'call_9', name: MARKERS.answer, arguments: '{' }] }),
};

/** Does what the prompt names. */
export function reply(seen: SeenRequest): HostReply {
  const deed = /does: ([\w-]+)/.exec(JSON.stringify(seen.body))?.[1] ?? 'answers';
  return (DEEDS[deed] as Reply)(echo(seen), seen);
}
