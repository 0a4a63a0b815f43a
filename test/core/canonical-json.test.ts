import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../lib/core/canonical-json';

describe('canonical JSON', () => {
  it.each([
    [{ b: 2, a: [1, { d: 'x', c: null }] }, '{"a":[1,{"c":null,"d":"x"}],"b":2}'],
    [{ left: undefined, a: 1 }, '{"a":1}'],
    [[undefined, 1], '[null,1]'],
    [{}, '{}'],
    [{ 'a"b': '"' }, '{"a\\"b":"\\""}'],
    ['text', '"text"'],
    [undefined, 'null'],
  ])('of %j is %s', (value, text) => expect(canonicalJson(value)).toBe(text));

  it('says what JSON says, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is the same for every order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (members) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(members));
      }),
    );
  });
});
