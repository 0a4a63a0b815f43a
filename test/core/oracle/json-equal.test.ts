import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonEqual } from '../../../lib/core/oracle/json-equal';

describe('jsonEqual', () => {
  it.each<[unknown, unknown, boolean]>([
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 1 }, false],
    [{ a: 1, b: 1 }, { a: 1 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [[], {}, false],
    [{ 0: 'a' }, ['a'], false],
    [[1, 2], [2, 1], false],
    [null, {}, false],
    [{ toString: 1 }, { valueOf: 1 }, false],
    ['1', 1, false],
    [0, -0, true],
  ])('%j and %j: %s', (one, other, same) => {
    expect(jsonEqual(one, other)).toBe(same);
  });

  it('finds every value equal to what it was parsed from, and to nothing with one more member', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const again = JSON.parse(JSON.stringify(value));
        expect(jsonEqual(value, again)).toBe(true);
        expect(jsonEqual([value], [again, again])).toBe(false);
      }),
    );
  });
});
