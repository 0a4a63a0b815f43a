import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAlike, likenessOf, readLikeness } from '../../../lib/core/telemetry/likeness';
import type { ChatMessage } from '../../../lib/core/types-chat';

const CORPUS = resolve(import.meta.dirname, '../../../examples/corpus');

const LETTER =
  'Hello, since Tuesday the export of our time sheets stops half way: the file ends after three hundred rows, whichever ' +
  'month I choose and in whichever browser. Last week it still worked. Could somebody have a look before Friday, please? ' +
  'We need the hours of all our people for the invoices of this month. Kind regards, Paul';

function user(content: ChatMessage['content']): ChatMessage {
  return { role: 'user', content: content ?? null };
}

function asking(question: ChatMessage['content'], system = 'You sort letters.'): ChatMessage[] {
  return [{ role: 'system', content: system }, user(question)];
}

function alike(one: readonly ChatMessage[], other: readonly ChatMessage[], salts = ['acme', 'acme']): boolean {
  return isAlike(readLikeness(likenessOf(one, salts[0] ?? '')), readLikeness(likenessOf(other, salts[1] ?? '')));
}

function image(url: string): ChatMessage['content'] {
  return [
    { type: 'text', text: 'What is on it?' },
    { type: 'image_url', image_url: { url } },
  ];
}

describe('the likeness of prompts', () => {
  it.each([
    ['the same again', LETTER],
    ['other case, blanks and punctuation', `  ${LETTER.toUpperCase().replaceAll(', ', ' -\n')} !`],
    ['a word more', LETTER.replace('Could somebody', 'Could somebody really')],
    ['a word less', LETTER.replace(', please', '')],
    ['another word', LETTER.replace('Tuesday', 'Monday')],
    ['a few words at the end', `${LETTER} (second letter on this)`],
  ])('is seen in a question with %s', (_, again) => {
    expect(alike(asking(LETTER), asking(again))).toBe(true);
  });

  it.each([
    ['another sentence', `${LETTER} And how do I invite somebody who has no account yet?`],
    ['half of it', LETTER.slice(0, LETTER.length / 2)],
    ['another letter', 'Please send the invoice of September to our new address, which is Rua Nova 7 in Lisbon.'],
    ['nothing', ''],
  ])('is not seen in one with %s', (_, other) => {
    expect(alike(asking(LETTER), asking(other))).toBe(false);
  });

  it('counts every word of a short question, in scripts without spaces every character', () => {
    expect(alike(asking('What is the capital of France?'), asking('what is the capital of france'))).toBe(true);
    expect(alike(asking('What is the capital of France?'), asking('What is the capital of Spain?'))).toBe(false);
    expect(alike(asking('法国的首都是什么？'), asking('法国的首都是什么'))).toBe(true);
    expect(alike(asking('法国的首都是什么？'), asking('西班牙的首都是什么？'))).toBe(false);
    expect(alike(asking('Élan?'), asking('élan'))).toBe(true);
  });

  it('lets instructions tell another time, and nothing else', () => {
    const at = (time: string) =>
      `You sort the letters that the desk gets into five heaps and name the heap. It is ${time}.`;
    expect(alike(asking(LETTER, at('2026-11-22T10:31')), asking(LETTER, at('2026-11-22T10:35')))).toBe(true);
    expect(alike(asking(LETTER, at('noon')), asking(LETTER, 'Translate the letter into Portuguese, politely.'))).toBe(
      false,
    );
  });

  it('does not take a conversation or a tool loop that goes on for a question asked again', () => {
    const opening = asking(LETTER);
    const call = { id: 'c1', type: 'function' as const, function: { name: 'look_up', arguments: '{}' } };
    const answered: ChatMessage[] = [...opening, { role: 'assistant', content: 'It is a bug.' }];
    expect(alike(opening, [...answered, user(LETTER)])).toBe(false);
    const called: ChatMessage[] = [...opening, { role: 'assistant', content: null, tool_calls: [call] }];
    const told: ChatMessage[] = [...called, { role: 'tool', tool_call_id: 'c1', content: 'nothing found' }];
    expect(alike(opening, told)).toBe(false);
    expect(alike(told, [...told, ...called.slice(-1), ...told.slice(-1)])).toBe(false);
    expect(alike([...answered, user('Why?')], [...answered, user('Why?')])).toBe(true);
    expect(alike([...answered, user('Why?')], [...answered, user('Since when?')])).toBe(false);
  });

  it('tells one picture, passage or caller from another', () => {
    expect(alike([user(image('https://a/1.png'))], [user(image('https://a/1.png'))])).toBe(true);
    expect(alike([user(image('https://a/1.png'))], [user(image('https://a/2.png'))])).toBe(false);
    const about = (passage: string) => asking(`Summarise it. <document>${passage}</document>`);
    expect(alike(about(LETTER), about(LETTER.split(' ').reverse().join(' ')))).toBe(false);
    expect(alike(asking(LETTER), asking(LETTER), ['acme', 'umbra'])).toBe(false);
    const [ours, theirs] = ['acme', 'umbra'].map((salt) => likenessOf(asking(LETTER), salt).split('.'));
    for (const at of [0, 1, 2]) expect(ours?.[at]).not.toBe(theirs?.[at]);
  });

  it('is alike for the same prompt, whatever it is, and holds none of its words', () => {
    const message = fc.record({
      role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const),
      content: fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.lorem({ maxCount: 40 })),
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 6 }), (messages) => {
        const likeness = likenessOf(messages, 'acme');
        expect(isAlike(readLikeness(likeness), readLikeness(likenessOf(structuredClone(messages), 'acme')))).toBe(true);
        expect(likeness).toMatch(/^[\da-f]{8}\.[\da-z]{17,23}\.[\da-z]{65,71}$/);
      }),
    );
  });

  it('finds no question of the sample corpus asked again, though many are made of the same sentences', () => {
    for (const file of readdirSync(CORPUS).filter((name) => name.endsWith('.jsonl'))) {
      const rows = readFileSync(join(CORPUS, file), 'utf8').trim().split('\n');
      const likenesses = rows.map((row) => {
        const { messages, prompt } = JSON.parse(row);
        return readLikeness(likenessOf(messages ?? [user(prompt)], 'acme'));
      });
      const pairs = likenesses.flatMap((one, at) => likenesses.slice(0, at).filter((other) => isAlike(one, other)));
      expect(pairs.length, file).toBeLessThanOrEqual(1);
    }
  });
});
