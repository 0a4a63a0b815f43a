import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asStored, contentHash } from '../../../../lambda/shared/store/content-hash';

const reordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reordered(member)]),
  );
};

describe('the hash of a policy', () => {
  it('is the SHA-256 of its JSON with sorted keys', () => {
    const expected = createHash('sha256').update('{"a":[1,{"c":null,"d":"x"}],"b":2}').digest('hex');
    expect(contentHash({ b: 2, a: [1, { d: 'x', c: null }] })).toBe(expected);
  });

  it('does not depend on the order of keys at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(contentHash(reordered(value))).toBe(contentHash(value));
      }),
    );
  });

  it('survives the way through a store', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const stored = asStored(value);
        expect(contentHash(JSON.parse(stored.text))).toBe(contentHash(stored.document));
      }),
    );
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: '1' }, { a: 1 }],
    [{ a: {} }, { a: [] }],
    [{ a: null }, {}],
  ])('tells %j from %j', (left, right) => {
    expect(contentHash(left)).not.toBe(contentHash(right));
  });
});
