import { describe, expect, it } from 'vitest';
import { compileExtract } from '../../../lib/core/features/extract';
import { aBody, aPolicy, aRequest, aTask, aTier } from '../../builders';

const extract = compileExtract(
  aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [aTask({ id: 'any', ladder: ['small'] })] }),
);

function expected(prompt: string): number {
  return extract(aRequest({ body: aBody({ messages: [{ role: 'user', content: prompt }] }) })).expectedOutputTokens;
}

describe('the expected length of an answer', () => {
  it.each([
    ['Answer in one word: is the sky blue?', 4, 10],
    ['Is this spam? Answer yes or no.', 4, 20],
    ['Classify this mail as billing or bug.', 4, 20],
    ['Summarise the text in 3 sentences.', 50, 120],
    ['Give me a three-sentence summary.', 50, 120],
    ['Summarise the minutes of our meeting.', 40, 200],
    ['Write a 500-word essay about bees.', 500, 900],
    ['Write an essay about bees.', 700, 1500],
    ['Write no more than 100 words about bees.', 100, 200],
    ['Write a Python function that reverses a list.', 200, 800],
    ['Between 200 and 300 words, please, on bees.', 300, 500],
    ['The report has 12 pages. Is that long?', 100, 400],
  ])('of %j lies between %d and %d tokens', (prompt, least, most) => {
    expect(expected(prompt)).toBeGreaterThanOrEqual(least);
    expect(expected(prompt)).toBeLessThanOrEqual(most);
  });

  it('of a rewriting is about the length of what is rewritten', () => {
    const letter = 'The lamps were promised for Friday and have not arrived yet. '.repeat(40);
    expect(expected(`Translate into French: ${letter}`)).toBeGreaterThan(400);
    expect(expected(`Translate into French: ${letter}`)).toBeLessThan(700);
  });

  it('is the figure of the task where it has one, and never above the limit of the caller', () => {
    const task = aTask({ id: 'any', ladder: ['small'], expectedOutputTokens: 40 });
    const told = compileExtract(aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [task] }));
    expect(told(aRequest())).toMatchObject({ expectedOutputTokens: 40, reservedOutputTokens: 40 });
    expect(told(aRequest({ maxOutputTokens: 10 }))).toMatchObject({
      expectedOutputTokens: 10,
      reservedOutputTokens: 10,
    });
    expect(told(aRequest({ maxOutputTokens: 90 }))).toMatchObject({
      expectedOutputTokens: 40,
      reservedOutputTokens: 90,
    });
  });

  it('of a schema grows with the schema', () => {
    const shaped = (fields: number): number => {
      const properties = Object.fromEntries(
        Array.from({ length: fields }, (_, at) => [`field${at}`, { type: 'string' }]),
      );
      const json_schema = { name: 'answer', schema: { type: 'object', properties } };
      return extract(aRequest({ body: aBody({ response_format: { type: 'json_schema', json_schema } }) }))
        .expectedOutputTokens;
    };
    expect(shaped(20)).toBeGreaterThan(3 * shaped(4));
  });
});
