import { describe, expect, it } from 'vitest';
import { RouterError } from '../../../lib/core/errors';
import { withholdPrompt } from '../../../lib/core/execution/withhold';
import type { ChatMessage } from '../../../lib/core/types-chat';
import { aBody } from '../../builders';

const SECRET = 'The merger with Umbra closes on the ninth of May, tell nobody.';
const user = (content: ChatMessage['content']): ChatMessage[] => [{ role: 'user', content: content ?? null }];

function told(message: string, messages: readonly ChatMessage[]) {
  const error = RouterError.failure('invalid-request', message, { param: 'messages' });
  return withholdPrompt(error, aBody({ messages }), 'small');
}

describe('what a tier says is wrong with a request', () => {
  it('reaches the caller as it is where nothing of the prompt stands in it', () => {
    expect(told('temperature must be at most 2', user(SECRET)).message).toBe('temperature must be at most 2');
  });

  it.each([
    ['the whole prompt', `Cannot read: ${SECRET}`, user(SECRET)],
    ['a part of it', `Invalid value near 'er with Umbra closes on the n'`, user(SECRET)],
    ['the end of it', 'found ...May, tell nobody.', user(`${'Hello. '.repeat(50)}${SECRET}`)],
    ['a short prompt', 'Unexpected "PIN 1234".', user('PIN 1234')],
    ['a part of the content', `Cannot read: ${SECRET}`, user([{ type: 'text', text: SECRET }])],
    [
      'the arguments of a call',
      `bad arguments {"who":"Umbra Holding"}`,
      [
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"who":"Umbra Holding"}' } }],
        } as const,
      ],
    ],
  ])('does not where it repeats %s', (_name, message, messages) => {
    const error = told(message, messages as ChatMessage[]);
    expect(error).toMatchObject({
      failure: 'invalid-request',
      param: 'messages',
      message: 'Tier "small" found fault with the request.',
    });
  });

  it('is found in a long prompt at once', () => {
    const begun = performance.now();
    told('temperature must be at most 2', user('word '.repeat(1_200_000)));
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
