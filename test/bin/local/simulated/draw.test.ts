import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { draw, pickBy } from '../../../../bin/local/simulated/draw';

it('is at least 0 and below 1, and the same for the same texts', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (texts) => {
      const drawn = draw(...texts);
      expect(drawn).toBeGreaterThanOrEqual(0);
      expect(drawn).toBeLessThan(1);
      expect(draw(...texts)).toBe(drawn);
    }),
  );
});

it('tells where one text ends and the next begins', () => {
  expect(draw('ab', 'c')).not.toBe(draw('a', 'bc'));
});

it('spreads texts that are nearly alike evenly over its range', () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 5000; index += 1) {
    const tenth = Math.floor(draw('model', `prompt ${index}`) * 10);
    tenths[tenth] = (tenths[tenth] as number) + 1;
  }
  for (const count of tenths) expect(Math.abs(count - 500)).toBeLessThan(100);
});

it('picks every entry of a list', () => {
  expect([0, 0.34, 0.99].map((chance) => pickBy(chance, ['a', 'b', 'c']))).toEqual(['a', 'b', 'c']);
});
