import { describe, expect, it } from 'vitest';
import { keepRecent } from '../../../lib/core/oracle/keep-recent';

describe('keepRecent', () => {
  it('makes a value once while it is kept, and forgets the one not asked for longest', () => {
    const made: string[] = [];
    const ask = keepRecent(2, (key) => {
      made.push(key);
      return { key };
    });
    for (const key of ['a', 'a', 'b', 'a', 'c', 'a', 'b']) expect(ask(key)).toEqual({ key });
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });
});
