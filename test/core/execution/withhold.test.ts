import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouterError } from '../../../lib/core/errors';
import { withholdPrompt } from '../../../lib/core/execution/withhold';
import type { ChatBody, ChatMessage, ToolDefinition } from '../../../lib/core/types-chat';
import { aBody } from '../../builders';
import { cpuMs } from '../../fixtures/cpu-ms';

const SECRET = 'The merger with Umbra closes on the ninth of May, tell nobody.';
const user = (content: ChatMessage['content']): ChatMessage[] => [{ role: 'user', content: content ?? null }];

function tool(description: string): ToolDefinition {
  return { type: 'function', function: { name: 'look_up_a_deal', description } };
}

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
    ['a few words of it', `Cannot read 'ger with Umbra'`, user(SECRET)],
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

  it.each<readonly [string, Partial<ChatBody>, string, boolean]>([
    ['what a tool is for', { tools: [tool('Looks up deals of Umbra Holding.')] }, 'bad: deals of Umbra Holding.', true],
    ['whom it is for', { user: 'umbra-holding-7' }, 'no such user umbra-holding-7', true],
    ['a note to itself', { metadata: { note: 'for Umbra Holding' } }, 'bad note "for Umbra Holding"', true],
    ['the name of a tool', { tools: [tool('Looks.')] }, 'tools[0]: look_up_a_deal is no name', false],
    ['the word for a choice', { tool_choice: 'required' }, 'tool_choice "required" is not supported', false],
  ])('and of the rest of the body %s', (_name, body, message, isWithheld) => {
    const error = RouterError.failure('invalid-request', message);
    const { message: heard } = withholdPrompt(error, aBody(body), 'small');
    expect(heard === message).toBe(!isWithheld);
  });

  it('is found wherever in the prompt it stands, and only where so many characters in a row are shared', () => {
    const message = fc
      .integer({ min: 0, max: SECRET.length - 12 })
      .chain((from) =>
        fc.record({ from: fc.constant(from), length: fc.integer({ min: 1, max: SECRET.length - from }) }),
      );
    fc.assert(
      fc.property(message, ({ from, length }) => {
        const heard = told(`<${SECRET.slice(from, from + length)}>`, user(SECRET)).message;
        expect(heard.startsWith('<')).toBe(length < 12);
      }),
    );
  });

  it('is found in a long prompt at once', () => {
    const long = user('word '.repeat(1_200_000));
    expect(cpuMs(() => void told('temperature must be at most 2', long))).toBeLessThan(2000);
  });
});
