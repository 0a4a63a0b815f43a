import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marginsIn, marginsOfText, trimmedLogprobs } from '../../../lib/core/execution/logprobs';

function token(word: string, p: number, ...alternatives: readonly (readonly [string, number])[]) {
  const entry = (text: string, chance: number) => ({ token: text, logprob: Math.log(chance), bytes: null });
  return { ...entry(word, p), top_logprobs: alternatives.map(([text, chance]) => entry(text, chance)) };
}

describe('the margins of tokens', () => {
  it.each<[string, unknown, number[]]>([
    ['the likeliest and the next', token('a', 0.7, ['a', 0.7], ['b', 0.2]), [0.5]],
    ['in any order', token('a', 0.7, ['b', 0.2], ['a', 0.7]), [0.5]],
    ['a token that was not the likeliest', token('b', 0.2, ['a', 0.7], ['b', 0.2]), [0.5]],
    ['a token that is not among the alternatives', token('c', 0.1, ['a', 0.7], ['b', 0.2]), [0.5]],
    ['one alternative, which is the token', token('a', 0.7, ['a', 0.7]), [0.4]],
    ['one alternative beside the token', token('c', 0.1, ['a', 0.8]), [0.7]],
    ['no alternatives: the least that it can be', token('a', 0.7), [0.4]],
    ['no alternatives and an unlikely token', token('a', 0.3), [0]],
    ['a certain token', token('a', 1, ['a', 1], ['b', 0]), [1]],
    [
      'what vLLM says of the impossible',
      { token: 'a', logprob: 0, top_logprobs: [{ token: 'b', logprob: -9999 }] },
      [1],
    ],
    ['more than certain', { token: 'a', logprob: 0.1 }, [1]],
    ['no probability', { token: 'a', logprob: null }, []],
    ['a probability that is none', { token: 'a', logprob: Number.NaN }, []],
    ['something else', 'a', []],
  ])('are read of %s', (_, entry, margins) => {
    const read = marginsIn({ content: [entry] });
    expect(read).toHaveLength(margins.length);
    for (const [index, margin] of margins.entries()) expect(read[index]).toBeCloseTo(margin, 10);
  });

  it('lie from 0 to 1 whatever a host sends', () => {
    const entries = fc.oneof(
      fc.anything(),
      fc.record({
        token: fc.string(),
        logprob: fc.double(),
        top_logprobs: fc.array(fc.record({ token: fc.string(), logprob: fc.double() })),
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ content: fc.array(entries) })), (logprobs) => {
        for (const margin of marginsIn(logprobs)) {
          expect(margin).toBeGreaterThanOrEqual(0);
          expect(margin).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('of a text leave out those of the reasoning before it', () => {
    const content = [token('hm ', 0.5), token('well ', 0.5), token('It ', 0.9), token('is.', 1)];
    const choice = (message: object) => ({
      index: 0,
      message: { role: 'assistant' as const, content: 'It is.', ...message },
      finish_reason: 'stop' as const,
      logprobs: { content },
    });
    expect(marginsOfText(choice({ reasoning_content: 'hm well ' }))).toHaveLength(2);
    expect(marginsOfText(choice({ reasoning: 'hm well ' }))).toHaveLength(2);
    expect(marginsOfText(choice({}))).toHaveLength(4);
    expect(marginsOfText(choice({ reasoning: 'hm', content: null }))).toHaveLength(4);
  });
});

describe('probabilities on their way to the caller', () => {
  const told = { content: [token('a', 0.7, ['a', 0.7], ['b', 0.2])], refusal: null, more: 'kept' };

  it('are null where none were asked for', () => {
    expect(trimmedLogprobs(told, undefined)).toBeNull();
  });

  it.each([0, 1])('hold the %s alternatives that were asked for', (top) => {
    const [first] = told.content;
    expect(trimmedLogprobs(told, top)).toEqual({
      ...told,
      content: [{ ...first, top_logprobs: first?.top_logprobs.slice(0, top) }],
    });
  });
});
