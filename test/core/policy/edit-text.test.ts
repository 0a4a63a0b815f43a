import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Edit, editText } from '../../../lib/core/policy/edit-text';
import { afterKey, flow } from '../../../lib/core/policy/write-yaml';

/** As JSON has it: without a minus before 0. */
const VALUE = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe('plain values in YAML', () => {
  it('are read back as they were written, in one line, as JSON, and over several', () => {
    fc.assert(
      fc.property(VALUE, (value) => {
        expect(parse(`a: ${flow(value)}`).a).toEqual(value);
        expect(JSON.parse(flow(value, true))).toEqual(value);
        expect(parse(`  a:${afterKey(value, '  ')}\n  b: 1\n`)).toEqual({ a: value, b: 1 });
      }),
    );
  });

  it.each(['true', 'No', 'null', 'on', '1e5', '~', 'a: b', '', '- x', '#'])('keep the text %j a text', (text) => {
    expect(parse(flow({ text, [text]: 1 }))).toEqual({ text, [text]: 1 });
  });
});

describe('a text with values set in it', () => {
  const edit = (path: Edit['path'], value: unknown, after?: string): Edit => ({ path, value, ...(after && { after }) });

  it.each<[string, string, Edit, string]>([
    ['a scalar, its comment kept', 'a:\n  b: 1   # why\n  c: 2\n', edit(['a', 'b'], 3), 'a:\n  b: 3   # why\n  c: 2\n'],
    [
      'a new key behind another',
      'a:\n  b: 1 # x\n  c: 2\n',
      edit(['a', 'd'], 'e', 'b'),
      'a:\n  b: 1 # x\n  d: e\n  c: 2\n',
    ],
    ['a new key at the end', 'a:\n  b: [1]\nz: 1\n', edit(['a', 'd'], true), 'a:\n  b: [1]\n  d: true\nz: 1\n'],
    [
      'a key of a mapping in one line',
      'a: { b: 1 }  # x\n',
      edit(['a', 'c'], { d: 1 }),
      'a: { b: 1, c: { d: 1 } }  # x\n',
    ],
    [
      'a mapping of several lines',
      'a:\n  b:\n    c: 1\n    d: 2\n  e: 1\n',
      edit(['a', 'b'], {}),
      'a:\n  b: {}\n  e: 1\n',
    ],
    [
      'one item more of a list',
      'a:\n  - b # x\n  - c\nd: 1\n',
      edit(['a', 2], { e: 1 }),
      'a:\n  - b # x\n  - c\n  - { e: 1 }\nd: 1\n',
    ],
    ['one item more of a list in one line', 'a: [b, c]\n', edit(['a', 2], 'd'), 'a: [b, c, d]\n'],
    ['a text without an end', 'a:\n  b: 1', edit(['a', 'c'], 2), 'a:\n  b: 1\n  c: 2'],
    [
      'a key after a text of several lines',
      'a:\n  b: |\n    x\n    y\n',
      edit(['a', 'c'], 2),
      'a:\n  b: |\n    x\n    y\n  c: 2\n',
    ],
    ['a key in JSON', '{"a": {"b": 1}}', edit(['a', 'c'], { d: 'e' }), '{"a": {"b": 1, "c": { "d": "e" }}}'],
  ])('takes %s', (_name, before, change, after) => {
    expect(editText(before, [change])).toBe(after);
  });

  it('says what it should whatever it is made of and however it is written', () => {
    const key = fc.constantFrom('a', 'b', 'c d', 'x-y', 'true', '7');
    const leaf = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string(), { minLength: 1 }),
    );
    const inner = fc.dictionary(key, leaf, { minKeys: 1, maxKeys: 4 });
    const document = fc.dictionary(key, inner, { minKeys: 1, maxKeys: 4 });
    const style = fc.constantFrom('block', 'flow', 'json');
    fc.assert(
      fc.property(document, style, fc.nat(), key, VALUE, (value, how, nth, name, put) => {
        const text =
          how === 'json' ? JSON.stringify(value, null, 2) : stringify(value, { collectionStyle: how as 'flow' });
        const holder = Object.keys(value)[nth % Object.keys(value).length] as string;
        const written = editText(text, [{ path: [holder, name], value: put, after: 'a' }]);
        expect(parse(written)).toEqual({ ...value, [holder]: { ...value[holder], [name]: put } });
        if (how === 'json') JSON.parse(written);
      }),
    );
  });
});
