import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameFor } from '../../../../lambda/shared/store/file-name';

describe('the name of a file for an id', () => {
  it('begins with what a person can read of the id', () => {
    expect(fileNameFor('budget#per-customer#acme#2026-11')).toMatch(/^budget-per-customer-acme-2026-11\.[0-9a-f]{32}$/);
  });

  it.each([
    ['Acme', 'acme'],
    ['a#b', 'a/b'],
    ['', ' '],
    [`${'x'.repeat(5000)}a`, `${'x'.repeat(5000)}b`],
  ])('tells %j from %j, also where capitals are small letters', (left, right) => {
    expect(fileNameFor(left)).not.toBe(fileNameFor(right));
  });

  it('is short, never hidden, and names no other folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (id) => {
        expect(fileNameFor(id)).toMatch(/^[a-z0-9-]{1,60}\.[0-9a-f]{32}$/);
      }),
    );
  });
});
