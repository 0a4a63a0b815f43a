import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripContext } from '../../../lib/core/request/strip-context';
import { textBlocks } from '../../../lib/core/request/text-blocks';
import type { ChatMessage } from '../../../lib/core/types-chat';
import { aBody } from '../../builders';
import { cpuMs } from '../../fixtures/cpu-ms';
import { CALL } from './asking';

const LONG =
  `The warranty covers parts for two years. ${'It does not cover wear and tear of any kind. '.repeat(6)}`.trim();
const OTHER =
  `Returns are taken within thirty days. ${'The box must be closed and the seal unbroken. '.repeat(6)}`.trim();
const REPEATED = '[Repeated from above.]';

const user = (content: ChatMessage['content'] & {}): ChatMessage => ({ role: 'user', content });
const system = (content: string): ChatMessage => ({ role: 'system', content });
const said = (content: string): ChatMessage => ({ role: 'assistant', content });
const called = (...ids: string[]): ChatMessage => ({
  role: 'assistant',
  tool_calls: ids.map((id) => ({ ...CALL, id })) as never,
});
const result = (id: string, content: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content });

function stripped(...messages: ChatMessage[]): readonly ChatMessage[] {
  return stripContext(aBody({ messages })).messages;
}

describe('stripped context', () => {
  it('loses a block that stands word for word in an earlier message, and says so', () => {
    const messages = stripped(
      user(`${LONG}\n\nIs a cracked screen covered?`),
      said('No.'),
      user(`${LONG}\n\n${OTHER}\n\nAnd a dead battery?`),
      said('Yes.'),
      user(`${LONG}\n\nFor how long?`),
    );
    expect(messages.map(({ content }) => content)).toEqual([
      `${LONG}\n\nIs a cracked screen covered?`,
      'No.',
      `${REPEATED}\n\n${OTHER}\n\nAnd a dead battery?`,
      'Yes.',
      `${LONG}\n\nFor how long?`,
    ]);
  });

  it('says it once for blocks that stood in a row', () => {
    const messages = stripped(
      user(`${LONG}\n\n${OTHER}`),
      said('Noted.'),
      user(`${LONG}\n\n${OTHER}\n\nSo?`),
      said('.'),
      user('?'),
    );
    expect(messages[2]?.content).toBe(`${REPEATED}\n\nSo?`);
  });

  it('finds what an instruction or the assistant said before, and repetitions in parts', () => {
    const parts = [
      { type: 'text', text: LONG },
      { type: 'image_url', image_url: { url: 'data:,' } },
      { type: 'text', text: OTHER, cache_control: { type: 'ephemeral' } },
    ] as const;
    const messages = stripped(system(LONG), user('Returns?'), said(OTHER), user(parts), said('.'), user('?'));
    expect(messages[3]?.content).toEqual([
      { type: 'text', text: REPEATED },
      parts[1],
      { type: 'text', text: REPEATED, cache_control: { type: 'ephemeral' } },
    ]);
  });

  it('leaves an instruction out that only repeats the one before it, and none that takes another back', () => {
    expect(stripped(system('Be short.'), user('Hi'), said('Hi.'), system('Be short.'), user('Why?'))).toEqual([
      system('Be short.'),
      user('Hi'),
      said('Hi.'),
      user('Why?'),
    ]);
    const changing = [
      system('Be short.'),
      user('Hi'),
      system('Be long.'),
      said('Hi.'),
      system('Be short.'),
      user('Why?'),
    ];
    expect(stripped(...changing)).toEqual(changing);
  });

  it('keeps every call of a tool and its result, and of a result every blank', () => {
    const table = `${LONG}  \n\n\n\n    a   b  \n`;
    const messages = stripped(
      user('Read it.'),
      called('c1'),
      result('c1', table),
      called('c2', 'c3'),
      result('c2', table),
      result('c3', `${LONG}\n\n\n\nend  `),
      called('c4'),
      result('c4', table),
    );
    expect(messages).toEqual([
      user('Read it.'),
      called('c1'),
      result('c1', table),
      called('c2', 'c3'),
      result('c2', `${REPEATED}  \n\n\n\n    a   b  \n`),
      result('c3', `${REPEATED}\n\n\n\nend  `),
      called('c4'),
      result('c4', table),
    ]);
  });

  it.each([
    ['short', 'Please be brief.'],
    ['an edge of an element', `<document>\n${LONG}`],
    ['the end of an element', `${LONG}\n</document>`],
    ['an edge of a quotation', `"""\n${LONG}`],
  ])('keeps a repeated block that is %s', (_name, text) => {
    const messages = [user(text), said('.'), user(`${text}\n\nSo?`), said('.'), user('?')];
    expect(stripped(...messages)).toEqual(messages);
  });

  it('tidies blanks in prose, never in code', () => {
    const prose = 'One.  \n\n\n\nTwo.\t\n\n\n';
    const fenced = '```py\na = 1  \n\n\n\nb = 2  \n```';
    const indented = 'if x:\n    y()  \n\n\n\n    z()  \n';
    const lean = (text: string) => stripped(user(text), said('.'), user('?'))[0]?.content;
    expect(lean(prose)).toBe('One.\n\nTwo.\n\n');
    expect(lean(fenced)).toBe(fenced);
    expect(lean(`~~~\na  \n\n\n\n${'```'}\nb  `)).toBe(`~~~\na  \n\n\n\n${'```'}\nb  `);
    expect(lean(indented)).toBe(indented);
    expect(lean(`Look:  \nHere:\n${fenced}\n\n\n\nSo?  \n`)).toBe(`Look:\nHere:\n${fenced}\n\n\n\nSo?\n`);
  });

  it('touches nothing of what is to be answered now, and gives the same body where nothing is redundant', () => {
    const body = aBody({ messages: [user(LONG), user(`${LONG}  \n\n\n\n${LONG}`)] });
    expect(stripContext(body)).toBe(body);
    const later = aBody({ messages: [user(LONG), said('.'), user(LONG), called('c1'), result('c1', LONG)] });
    expect(stripContext(later)).toBe(later);
  });

  it('is linear in long texts of blanks, fences and tags', () => {
    for (const piece of [' ', '\t\n', '`', '~', '~\u2028', '<a ', '</a>', '\n', '"""']) {
      const text = `x${piece.repeat(400_000 / piece.length)}x`;
      const strip = () => stripped(user(text), said('.'), user(text), said('.'), user('?'));
      expect(cpuMs(() => void strip())).toBeLessThan(2000);
    }
  });
});

describe('stripped context, whatever it is', () => {
  const blank = fc.constantFrom('\n\n', '\n\n\n\n', '\n', '  \n\n', '\r\n\r\n', ' ');
  const block = fc.constantFrom(
    LONG,
    OTHER,
    `${LONG}!`,
    'Short.',
    `<a>${LONG}`,
    `<a>${OTHER}</a>`,
    '```\na  \n\n\n\nb\n```',
    '```',
    '    in',
  );
  const text = fc.array(fc.tuple(blank, block), { maxLength: 5 }).map((pairs) => pairs.flat().join(''));
  const content = fc.oneof(
    text,
    fc
      .array(text, { minLength: 1, maxLength: 2 })
      .map((texts) => texts.map((one) => ({ type: 'text' as const, text: one }))),
  );
  const message: fc.Arbitrary<ChatMessage> = fc.oneof(
    fc.record({
      role: fc.constantFrom('user' as const, 'system' as const, 'developer' as const, 'assistant' as const),
      content,
    }),
    fc.nat(3).map((id) => called(`c${id}`)),
    fc.tuple(fc.nat(3), text).map(([id, value]) => result(`c${id}`, value)),
  );
  const conversation = fc.array(message, { minLength: 1, maxLength: 8 });

  const textsOf = ({ content: of }: ChatMessage): string[] =>
    typeof of === 'string' ? [of] : (of ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const blocksOf = (one: ChatMessage): string[] =>
    textsOf(one).flatMap((value) => textBlocks(value).map((each) => each.text.replace(/[ \t\r]+$/gm, '').trim()));

  it('holds every block that it was given', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const sent = new Set(stripped(...messages).flatMap(blocksOf));
        for (const given of messages.flatMap(blocksOf)) expect(sent).toContain(given);
      }),
    );
  });

  it('is not stripped further', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const once = stripContext(aBody({ messages }));
        expect(stripContext(once)).toBe(once);
      }),
    );
  });

  it('keeps calls, results, what the assistant said and the newest question as they were, in their order', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const lean = stripped(...messages);
        const spoken = (all: readonly ChatMessage[]) => all.filter(({ role }) => role === 'assistant');
        expect(spoken(lean)).toEqual(spoken(messages));
        const ids = (all: readonly ChatMessage[]) => all.map((one) => [one.role, one.tool_call_id]);
        const speakers = (all: readonly ChatMessage[]) =>
          ids(all.filter(({ role }) => role !== 'system' && role !== 'developer'));
        expect(speakers(lean)).toEqual(speakers(messages));
        const newest = (all: readonly ChatMessage[]) => all.findLast(({ role }) => role === 'user');
        expect(newest(lean)).toEqual(newest(messages));
      }),
    );
  });

  it('begins the next turn as this one up to what the assistant said last', () => {
    fc.assert(
      fc.property(conversation, content, (messages, next) => {
        const asked = [...messages, user('And?')];
        const now = stripped(...asked);
        const then = stripped(...asked, said('Yes.'), user(next));
        const settled = now.findLastIndex(({ role }) => role === 'assistant') + 1;
        expect(then.slice(0, settled)).toEqual(now.slice(0, settled));
      }),
    );
  });
});

describe('text blocks', () => {
  it('put together again are the text', () => {
    const piece = fc.constantFrom('a', ' ', '\n', '\n\n', '\r\n', '```', '~~~', '````', '`', '\t', '\u2028', 'b c');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        expect(
          textBlocks(text)
            .map(({ gap, text: block }) => gap + block)
            .join(''),
        ).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});
