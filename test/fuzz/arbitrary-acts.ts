import fc from 'fast-check';
import { FAILURES, type FailureCause } from '../../lib/core/errors';
import type { ChatChunk } from '../../lib/core/types-chat';
import type { Act } from '../fixtures/scripted-provider';

/** `aborted` befalls no tier by itself: somebody has to leave. */
const causes = (Object.keys(FAILURES) as FailureCause[]).filter((one) => one !== 'aborted');
const cause = fc.constantFrom(...causes);
const text = fc.oneof(
  fc.constantFrom('', ' ', 'bug', 'hello', '{"n":1}', '{"n":"x"}', "I don't know", 'one two three'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const finish = fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', null);
const toolCall = fc.record({
  id: fc.constant('call_1'),
  type: fc.constant('function' as const),
  function: fc.record({ name: fc.constantFrom('look', 'none', ''), arguments: fc.constantFrom('{"n":1}', '{', '') }),
});

const delta = fc.oneof(
  fc.constant({}),
  fc.record({ content: text }),
  fc.record({ reasoning_content: text }),
  fc.record({ refusal: text }),
  fc.record({
    tool_calls: fc.array(
      toolCall.map((call) => ({ index: 0, ...call })),
      { maxLength: 2 },
    ),
  }),
);
const choice = fc.record({ index: fc.nat({ max: 4 }), delta, finish_reason: finish });
const chunk = fc.array(choice, { maxLength: 2 }).map((choices) => {
  return { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices } as ChatChunk;
});

const fail = fc.record({ fail: cause, retryAfterMs: fc.constantFrom(0, 20, 5000) });
const say = fc.record({ say: text, finish });

/** What a tier may do with a call that wants its answer whole. */
export const anyAct: fc.Arbitrary<Act> = fc.oneof(fail, say, fc.constant({ say: 'bug' } as Act));

/** What a tier may do with a stream. */
export const anyStreamedAct: fc.Arbitrary<Act> = fc.oneof(
  anyAct,
  fc.record({ cutAfter: fc.constantFrom('one ', 'one two '), fail: cause }),
  fc.record({ chunks: fc.array(chunk, { maxLength: 4 }), fail: cause }),
  fc.record({ chunks: fc.array(chunk, { maxLength: 4 }) }),
);
