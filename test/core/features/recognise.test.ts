import { describe, expect, it } from 'vitest';
import { compileExtract } from '../../../lib/core/features/extract';
import type { ChatMessage } from '../../../lib/core/types-chat';
import { aBody, aPolicy, aRequest, aTask, aTier } from '../../builders';

const task = (id: string, keywords: string[], examples: string[] = []) =>
  aTask({ id, ladder: ['small'], recognise: { keywords, examples } });

const extract = compileExtract(
  aPolicy({
    tiers: [aTier({ id: 'small' })],
    tasks: [
      task('general', []),
      task('billing', ['refund', 'charge back', '退款', '.net invoice'], ['My invoice shows the wrong amount of tax']),
      task(
        'bugs',
        ['error', 'stack trace', 'C++'],
        ['The application crashes whenever I open the settings page', 'Crash report'],
      ),
    ],
  }),
);

function recognised(messages: readonly ChatMessage[], hint?: string): [string, string] {
  const hints = hint === undefined ? {} : { task: hint };
  const features = extract(aRequest({ hints, body: aBody({ messages }) }));
  return [features.task, features.taskSource];
}

const user = (content: string): ChatMessage => ({ role: 'user', content });

describe('recognising the task of an untagged request', () => {
  it.each([
    ['I want a refund', 'billing'],
    ['REFUND!', 'billing'],
    ['please charge  back\nmy card', 'billing'],
    ['charge my card, then charge back', 'billing'],
    ['a .NET invoice', 'billing'],
    ['我要退款。', 'billing'],
    ['My C++ build fails', 'bugs'],
    ['there is an error', 'bugs'],
    ['the invoice shows a wrong tax amount', 'billing'],
    ['My application crashes when I open the settings page', 'bugs'],
  ])('%j is of %s', (prompt, id) => {
    expect(recognised([user(prompt)])).toEqual([id, 'recognised']);
  });

  it.each([
    ['a word inside another', 'terrorism and refundable goods'],
    ['a phrase in pieces', 'charge my card and come back'],
    ['signs of two tasks', 'the refund shows an error'],
    ['one shared word with a short example', 'Report!'],
    ['nothing', 'Hello there'],
    ['an empty text', ''],
  ])('%s is no sign, and the default task is taken', (_, prompt) => {
    expect(recognised([user(prompt)])).toEqual(['general', 'default']);
  });

  it('follows the hint whatever the text says', () => {
    expect(recognised([user('I want a refund')], 'bugs')).toEqual(['bugs', 'hint']);
  });

  it.each<[string, ChatMessage[]]>([
    ['a tool result', [user('Look it up'), { role: 'tool', content: 'refund' }]],
    ['retrieved context', [user('<context>refund refund</context> What does it say?')]],
    ['a fenced block', [user('What is this?\n```\nrefund\n```')]],
    ['a system prompt', [{ role: 'system', content: 'refund' }, user('Hello')]],
    ['an earlier turn', [user('refund'), { role: 'assistant', content: 'refund' }, user('Thanks')]],
  ])('is not swayed by %s', (_, messages) => {
    expect(recognised(messages)).toEqual(['general', 'default']);
  });
});
