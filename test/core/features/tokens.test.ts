import { describe, expect, it } from 'vitest';
import { textTokens } from '../../../lib/core/features/text-tokens';
import { inputTokens } from '../../../lib/core/features/tokens';
import { aBody } from '../../builders';
import { TOKEN_SAMPLES, UNSPACED_SAMPLES } from './token-samples';

describe('the token estimate of a text', () => {
  it.each(TOKEN_SAMPLES)('is within 15 % of two tokenizers on $kind', ({ text, o200k, cl100k }) => {
    const tokens = textTokens(text);
    expect(Math.abs(tokens / o200k - 1)).toBeLessThan(0.15);
    expect(Math.abs(tokens / cl100k - 1)).toBeLessThan(0.15);
  });

  it.each(UNSPACED_SAMPLES)('is about one token a character without spaces: %s', (text) => {
    expect(textTokens(text) / text.length).toBeCloseTo(1, 1);
  });

  it.each([
    ['', 0],
    ['word', 1],
    ['two words', 2],
    ['camelCase', 2],
    ['HTTP', 1],
    ['1234567', 3],
    ['123456', 2],
    ['9'.repeat(90), 30],
    ['9'.repeat(91), 31],
  ])('counts %j as %d', (text, tokens) => {
    expect(textTokens(text)).toBeCloseTo(tokens, 5);
  });

  it('judges a long text by windows and stays within 2 % of counting all of it', () => {
    const pieces = TOKEN_SAMPLES.map(({ text }) => `${text}\n`);
    const mixed = Array.from({ length: 40 }, () => pieces.join('')).join('');
    const counted = 40 * pieces.reduce((sum, piece) => sum + textTokens(piece), 0);
    expect(mixed.length).toBeGreaterThan(50_000);
    expect(Math.abs(textTokens(mixed) / counted - 1)).toBeLessThan(0.02);
  });

  it('counts a prompt of six million characters in proportion to its length', () => {
    const line = 'Nothing in this line is worth reading twice.\n';
    const times = Math.ceil(6_000_000 / line.length);
    expect(textTokens(line.repeat(times)) / (times * textTokens(line))).toBeCloseTo(1, 1);
  });
});

describe('the token estimate of a request', () => {
  const plain = inputTokens(aBody()).total;

  it('counts all parts of all messages, with images at a stated number', () => {
    const image = (detail?: string) =>
      aBody({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Say hello.' },
              {
                type: 'image_url',
                image_url: { url: `data:image/png;base64,${'A'.repeat(90_000)}`, ...(detail && { detail }) },
              },
            ],
          },
        ],
      });
    expect(inputTokens(image()).total).toBe(plain + 1100);
    expect(inputTokens(image('low')).total).toBe(plain + 85);
  });

  it('counts tool definitions, tool calls and the response schema', () => {
    const tool = { type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } } as const;
    const call = { id: 'call-1', type: 'function', function: { name: 'look_up', arguments: '{"id": 7}' } } as const;
    const schema = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } } as const;
    expect(inputTokens(aBody({ tools: [tool] })).total).toBeGreaterThan(plain + 10);
    const called = aBody({ messages: [...aBody().messages, { role: 'assistant', content: null, tool_calls: [call] }] });
    expect(inputTokens(called).total).toBeGreaterThan(plain + 10);
    const shaped = inputTokens(aBody({ response_format: schema }));
    expect(shaped.total).toBe(plain + shaped.schema);
    expect(shaped.schema).toBeGreaterThan(10);
  });

  it('tells what stands before the newest message', () => {
    const body = aBody({
      messages: [
        { role: 'system', content: 'Answer briefly and to the point.' },
        { role: 'user', content: 'Hello' },
      ],
    });
    const { total, prefix } = inputTokens(body);
    expect(total - prefix).toBe(5);
  });
});
