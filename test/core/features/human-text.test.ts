import { describe, expect, it } from 'vitest';
import { humanText } from '../../../lib/core/features/human-text';
import type { ChatMessage } from '../../../lib/core/types-chat';

const user = (content: string): ChatMessage => ({ role: 'user', content });

describe('the human text of the newest turn', () => {
  it.each<[string, ChatMessage[], string]>([
    ['is the last user message', [user('first'), { role: 'assistant', content: 'answer' }, user('second')], 'second'],
    [
      'joins text parts and leaves images out',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'text', text: 'this?' },
          ],
        },
      ],
      'What is\nthis?',
    ],
    [
      'is the turn before tool results',
      [
        user('Look it up'),
        { role: 'assistant', content: 'calling' },
        { role: 'tool', content: 'refund the customer', tool_call_id: 'call-1' },
      ],
      'Look it up',
    ],
    [
      'never comes from system, developer, assistant or tool messages',
      [
        { role: 'system', content: 'refund' },
        { role: 'developer', content: 'refund' },
        { role: 'assistant', content: 'refund' },
        { role: 'tool', content: 'refund' },
      ],
      '',
    ],
    [
      'is the message before one that only hands over material',
      [user('Which?'), user('<context>A or B</context>')],
      'Which?',
    ],
    ['is composed', [user('cafe\u0301')], 'caf\u00e9'],
  ])('%s', (_, messages, text) => {
    expect(humanText(messages).text).toBe(text);
  });

  it.each([
    ['<context>refund</context> What is it?', 'What is it?'],
    [
      'Before <document index="1">refund</document> between <document>refund</document> after',
      'Before   between   after',
    ],
    ['<documents><document>refund</document><document>refund</document></documents> Why?', 'Why?'],
    ['<Search_Results>\nrefund\n</Search_Results>\nWhy?', 'Why?'],
    ['<passage>refund</passage>Why?', 'Why?'],
    ['Why?\n```\nrefund\n```\nSay.', 'Why?\n \nSay.'],
    ['Why? <context>refund, never closed', 'Why?'],
    ['Why? ```refund, never closed', 'Why?'],
    ['<context>a</context> refund, broken out </context> Why?', 'Why?'],
    ['<context>one ``` fence</context> Why?', 'Why?'],
    ['a < b and <b>bold</b> </context> stays', 'a < b and <b>bold</b>   stays'],
    ['the <contextual> word stays', 'the <contextual> word stays'],
  ])('cuts embedded material out of %j', (content, text) => {
    expect(humanText([user(content)]).text).toBe(text);
  });

  it('tells whether material or code was embedded', () => {
    expect(humanText([user('Why?')])).toMatchObject({ grounded: false, fenced: false });
    expect(humanText([user('<context>x</context> Why?')])).toMatchObject({ grounded: true, fenced: false });
    expect(humanText([user('```x``` Why?')])).toMatchObject({ grounded: false, fenced: true });
  });

  it('keeps the beginning and the end of a very long text', () => {
    const { text, turnCharacters } = humanText([user(`begin ${'x '.repeat(3_000_000)} end`)]);
    expect(text).toHaveLength(16_001);
    expect(text.startsWith('begin ')).toBe(true);
    expect(text.endsWith(' end')).toBe(true);
    expect(turnCharacters).toBe(6_000_010);
  });
});
