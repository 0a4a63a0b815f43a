import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerCache } from '../../../lambda/router/answer-cache';
import type { KeptAnswer } from '../../../lib/core/types-live';

function answer(text: string, untilMs = 100): KeptAnswer {
  return { text, tier: 'small', model: 'm', costUsd: 1, untilMs };
}

describe('the cache of answers', () => {
  it('gives what was kept under the same key, until its time', () => {
    const cache = createAnswerCache();
    cache.keep('a', answer('A'), 10);
    cache.keep('b', answer('B'), 10);
    expect([cache.find('a', 99)?.text, cache.find('b', 99)?.text, cache.find('c', 99)]).toEqual(['A', 'B', undefined]);
    expect(cache.find('a', 100)).toBeUndefined();
    expect(cache.find('a', 99)).toBeUndefined();
  });

  it('lets go of those longest unused beyond so many', () => {
    const cache = createAnswerCache();
    for (const key of ['a', 'b', 'c']) cache.keep(key, answer(key), 3);
    cache.find('a', 0);
    cache.keep('d', answer('d'), 3);
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.find(key, 0))).toEqual(['a', 'c', 'd']);
    cache.keep('e', answer('e'), 1);
    expect(['a', 'c', 'd', 'e'].filter((key) => cache.find(key, 0))).toEqual(['e']);
    cache.keep('f', answer('f'), 0);
    expect(cache.find('f', 0)).toBeUndefined();
  });

  it('lets go of those longest unused beyond its memory, and never keeps one that takes much of it', () => {
    const cache = createAnswerCache({ maxBytes: 64_000 });
    const text = 'x'.repeat(1700);
    for (let at = 0; at < 20; at++) cache.keep(`${at}`, answer(text), 1000);
    const kept = Array.from({ length: 20 }, (_, at) => at).filter((at) => cache.find(`${at}`, 0));
    expect(kept).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    cache.keep('19', answer('x'.repeat(2000)), 1000);
    expect(cache.find('19', 0)).toBeUndefined();
  });

  it('counts its memory right, whatever is kept, replaced, expired and dropped', () => {
    const act = fc.record({
      key: fc.nat(6),
      size: fc.nat(1200),
      untilMs: fc.nat(3),
      nowMs: fc.nat(3),
      find: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const cache = createAnswerCache({ maxBytes: 48_000 });
        for (const { key, size, untilMs, nowMs, find } of acts) {
          if (find) cache.find(`${key}`, nowMs);
          else cache.keep(`${key}`, answer('x'.repeat(size), untilMs), 1000);
        }
        // All that went before is older, so it goes first: these twelve fit if nothing is counted that is gone.
        for (let at = 0; at < 12; at++) cache.keep(`fill-${at}`, answer('x'.repeat(1200)), 1000);
        for (let at = 0; at < 12; at++) expect(cache.find(`fill-${at}`, 0)).toBeDefined();
      }),
    );
  });

  it('is shared by no two keys, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        fc.pre(one !== other);
        const cache = createAnswerCache();
        cache.keep(one, answer('A'), 10);
        expect(cache.find(other, 0)).toBeUndefined();
        expect(cache.find(one, 0)?.text).toBe('A');
      }),
    );
  });
});
