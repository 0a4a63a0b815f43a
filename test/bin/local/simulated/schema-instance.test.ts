import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { type Schema, schemaInstance } from '../../../../bin/local/simulated/schema-instance';

const CASES: readonly [string, Schema][] = [
  ['a text', { type: 'string' }],
  ['a text with bounds', { type: 'string', minLength: 12, maxLength: 14 }],
  ['a date', { type: 'string', format: 'date' }],
  ['an address', { type: 'string', format: 'uri' }],
  ['a choice', { enum: ['red', 'green'] }],
  ['a fixed value', { const: 7 }],
  ['a number above a bound', { type: 'number', exclusiveMinimum: 3 }],
  ['a small number', { type: 'integer', maximum: 0 }],
  ['a list', { type: 'array', items: { type: 'boolean' }, minItems: 2 }],
  ['a value or null', { type: ['string', 'null'] }],
  [
    'an object',
    { type: 'object', required: ['a'], additionalProperties: false, properties: { a: { type: 'number' } } },
  ],
  ['an object without a type', { properties: { a: { type: 'null' } }, required: ['a'] }],
  [
    'alternatives',
    { anyOf: [{ type: 'object', properties: { kind: { const: 'x' } }, required: ['kind'] }, { type: 'null' }] },
  ],
  [
    'a reference',
    { $defs: { city: { type: 'string', minLength: 3 } }, type: 'array', items: { $ref: '#/$defs/city' } },
  ],
  ['anything', true],
];

describe('a value made from a schema', () => {
  const ajv = addFormats(new Ajv({ strict: false }));

  it.each(CASES)('is what the schema allows: %s', (_, schema) => {
    expect(ajv.validate(schema, schemaInstance(schema, 'hint'))).toBe(true);
  });

  it('carries the hint where any text will do, and picks it from a choice', () => {
    const schema = { type: 'object', properties: { free: { type: 'string' }, bound: { enum: ['a', 'hint'] } } };
    expect(schemaInstance(schema, 'hint')).toEqual({ free: 'hint', bound: 'hint' });
  });

  it('comes to an end where a schema holds itself', () => {
    const schema = { type: 'object', properties: { child: { $ref: '#' } } };
    expect(JSON.stringify(schemaInstance(schema, 'hint'))).toContain('null');
  });
});
