import fc from 'fast-check';
import { CUSTOMER_HEADER, HINT_HEADERS, REQUEST_ID_HEADER } from '../../lib/core/contract';
import { junk, mutated } from './mutate';

/** A request as it comes to the app. */
export interface AnyRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The client leaves after so many slices of its stream; absent: it stays. */
  readonly leavesAfter?: number | undefined;
}

const words = fc.oneof(
  fc.constantFrom('Say hello.', 'Refund order 7, please.', 'step by step', 'Summarise this.', '', 'ü🦊'),
  fc.string({ maxLength: 60 }),
);

const part = fc.oneof(
  fc.record({ type: fc.constant('text'), text: words }),
  fc.record({
    type: fc.constant('image_url'),
    image_url: fc.record({ url: fc.constantFrom('data:image/png;base64,iVBORw0KGgo=', 'https://example.com/a.png') }),
  }),
);

const call = fc.record({
  id: fc.constantFrom('call_1', 'call_2'),
  type: fc.constant('function'),
  function: fc.record({
    name: fc.constantFrom('look', 'see'),
    arguments: fc.constantFrom('{"at":1}', '{}', 'not json'),
  }),
});

const message = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer', 'user', 'assistant'), content: words }),
  fc.record({ role: fc.constant('user'), content: fc.array(part, { minLength: 1, maxLength: 3 }) }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.constant(null),
    tool_calls: fc.array(call, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ role: fc.constant('tool'), tool_call_id: fc.constantFrom('call_1', 'call_9'), content: words }),
);

const schema = fc.constantFrom<object>(
  { type: 'object', properties: { n: { type: 'number' } }, required: ['n'], additionalProperties: false },
  { type: 'object' },
  { $ref: '#' },
  { type: 'nonsense' },
  {},
);

const tool = fc.record({
  type: fc.constant('function'),
  function: fc.record({ name: fc.constantFrom('look', 'see'), description: words, parameters: schema }),
});

/** Tools, none twice, and which of them is to be called. */
const tools = fc
  .uniqueArray(tool, { minLength: 1, maxLength: 2, selector: (one) => one.function.name })
  .chain((all) => {
    const named = { type: 'function', function: { name: all[0]?.function.name } };
    const choice = fc.constantFrom<unknown>(undefined, 'auto', 'none', 'required', named);
    return fc.record({ tools: fc.constant(all), tool_choice: choice });
  });

const metadata = fc.record(
  {
    task: fc.constantFrom('open', 'triage', 'careful'),
    feature: fc.constantFrom('checkout', 'search'),
    latency_budget_ms: fc.constantFrom(800, 5000),
    residency: fc.constantFrom('vpc', 'region', 'any'),
    blast_radius: fc.constantFrom('low', 'low', 'low', 'high'),
    session: fc.constantFrom('s-1', 's-2'),
    ticket: fc.integer(),
  },
  { requiredKeys: [] },
);

const plainBody = fc.record(
  {
    model: fc.constantFrom(
      'auto',
      'auto',
      'auto',
      'auto',
      'auto:triage',
      'auto:open',
      'tier:small',
      'tier:large',
      'small-model',
      'auto:careful',
    ),
    messages: fc.array(message, { minLength: 1, maxLength: 4 }),
    stream: fc.boolean(),
    stream_options: fc.record({ include_usage: fc.boolean() }),
    n: fc.constantFrom(1, 1, 1, 2, 4),
    temperature: fc.constantFrom(0, 0.7, 2),
    max_tokens: fc.constantFrom(1, 100, 4096, 4096, 1_000_000),
    stop: fc.constantFrom<unknown>('end', ['a', 'b']),
    seed: fc.integer(),
    response_format: fc.oneof(
      fc.constant({ type: 'json_object' }),
      fc.record({ type: fc.constant('json_schema'), json_schema: fc.record({ name: fc.constant('n'), schema }) }),
    ),
    logprobs: fc.boolean(),
    top_logprobs: fc.integer({ min: 0, max: 20 }),
    metadata,
    user: words,
  },
  { requiredKeys: ['model', 'messages'] },
);

const chatBody = fc
  .tuple(plainBody, fc.option(tools, { nil: undefined, freq: 3 }))
  .map(([plain, more]) => Object.assign({}, plain, more));

/** As JSON; what JSON cannot hold stands as null there. */
const mutatedBody = mutated(chatBody, 4).map((body) => JSON.stringify(body) ?? '');

const garbage = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.tuple(mutatedBody, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
  fc.tuple(mutatedBody, fc.nat(), fc.string({ maxLength: 3 })).map(([text, at, piece]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + piece + text.slice(place);
  }),
  fc.constantFrom(
    '',
    '[]',
    'null',
    '"auto"',
    '7',
    '\ufeff{}',
    `${'['.repeat(5000)}`,
    `{"a":${'['.repeat(900)}${']'.repeat(900)}}`,
  ),
);

const body = fc.oneof({ weight: 9, arbitrary: mutatedBody }, { weight: 1, arbitrary: garbage });

const headerValue = fc.oneof(
  fc.constantFrom('triage', 'open', 'vpc', 'anywhere', 'high', 'low', '800', '0', '-1', 'gold', 'acme', 's-1', ''),
  fc.string({ maxLength: 30 }),
  junk.map(String),
);

const headerName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Object.values(HINT_HEADERS), CUSTOMER_HEADER, REQUEST_ID_HEADER) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('authorization', 'x-api-key', 'content-type', 'x-tierwise-nothing', '__proto__'),
  },
);

const headers = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.dictionary(headerName, headerValue, { maxKeys: 4 }) },
);

const target = fc.oneof(
  { weight: 40, arbitrary: fc.constant(['POST', '/v1/chat/completions'] as const) },
  { weight: 4, arbitrary: fc.constant(['POST', '/v1/route'] as const) },
  { weight: 1, arbitrary: fc.constantFrom(['GET', '/health'] as const, ['GET', '/v1/models'] as const) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('GET', 'POST', 'PUT', 'BREW', 'constructor'),
      fc.oneof(fc.constantFrom('/', '/v1/chat/completions', '__proto__', ''), fc.string()),
    ),
  },
);

export const anyRequest: fc.Arbitrary<AnyRequest> = fc
  .record({ target, headers, body, leavesAfter: fc.option(fc.nat({ max: 3 }), { nil: undefined, freq: 8 }) })
  .map(({ target: [method, path], ...rest }) => ({ method, path, ...rest }));
