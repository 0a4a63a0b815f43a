import { contains } from '../../../lib/core/oracle/contains';
import { exact } from '../../../lib/core/oracle/exact';
import { jsonSchema } from '../../../lib/core/oracle/json-schema';
import { labels } from '../../../lib/core/oracle/labels';
import { length } from '../../../lib/core/oracle/length';
import { numeric } from '../../../lib/core/oracle/numeric';
import { regex } from '../../../lib/core/oracle/regex';
import { uncertainty } from '../../../lib/core/oracle/uncertainty';
import { type OracleCase, oracleContract } from '../../contracts/oracle-contract';

function passing(...texts: string[]): OracleCase[] {
  return texts.map((text) => ({ text, says: 'pass' }));
}

function failing(...texts: string[]): OracleCase[] {
  return texts.map((text) => ({ text, says: 'fail' }));
}

const INVOICE = {
  type: 'object',
  properties: { label: { type: 'string', maxLength: 3 }, total: { type: 'number' }, date: { format: 'date' } },
  required: ['total'],
  additionalProperties: { type: 'array', items: { type: 'integer' } },
};

oracleContract({
  kind: 'json-schema',
  compile: () => jsonSchema({ kind: 'json-schema', schema: INVOICE }),
  cases: [
    ...passing('{"total": 12.5}', '{"total":1,"label":"abc","date":"2026-02-28","more":[1,2]}'),
    ...failing('{"total": "12.5"}', '{}', '[]', 'null', '12', '{"total": 1', '{"total": 1} and more'),
    ...failing('{"total":1,"date":"2026-02-30"}', '{"total":1,"more":["a"]}', '```json\n{"total": 1}\n```'),
  ],
});

oracleContract({
  kind: 'labels',
  compile: () => labels({ kind: 'labels', labels: ['billing', 'bug', 'how-to'] }),
  cases: [...passing('billing', 'how-to'), ...failing('Billing', 'billing.', 'billing bug', 'other', 'constructor')],
});

oracleContract({
  kind: 'regex',
  compile: () => regex({ kind: 'regex', pattern: 'order (\\d{3})', flags: 'gi' }),
  cases: [...passing('Your ORDER 123 left.', 'order 999', 'order 999'), ...failing('order 12', 'reorder')],
});

oracleContract({
  kind: 'exact',
  compile: () => exact({ kind: 'exact', ignoreCase: false }),
  expect: 'Paris',
  cases: [
    ...passing('Paris'),
    ...failing('paris', 'Paris.', 'It is Paris'),
    { text: 'Paris', expect: ' Paris\n', says: 'pass' },
    { text: '{"b": [1, 2], "a": null}', expect: { a: null, b: [1, 2] }, says: 'pass' },
    { text: '{"a": null, "b": [2, 1]}', expect: { a: null, b: [1, 2] }, says: 'fail' },
    { text: '{"a": 1, "b": 2}', expect: { a: 1 }, says: 'fail' },
    { text: 'a is 1', expect: { a: 1 }, says: 'fail' },
    { text: '5.0', expect: 5, says: 'pass' },
    { text: 'true', expect: true, says: 'pass' },
    { text: 'false', expect: true, says: 'fail' },
  ],
});

oracleContract({
  kind: 'exact',
  compile: () => exact({ kind: 'exact', ignoreCase: true }),
  expect: 'Paris',
  cases: [...passing('PARIS', 'paris'), ...failing('Pari s')],
});

oracleContract({
  kind: 'contains',
  compile: () => contains({ kind: 'contains', values: ['refund', '14 days'], all: true }),
  expect: 'not looked at',
  cases: [...passing('A refund takes 14 days.'), ...failing('A refund takes 10 days.', 'Refund in 14 days', 'no')],
});

oracleContract({
  kind: 'contains',
  compile: () => contains({ kind: 'contains', all: false }),
  expect: ['refund', 'credit'],
  cases: [
    ...passing('a refund', 'store credit'),
    ...failing('a REFUND', 'money'),
    { text: 'It is 42.', expect: '42', says: 'pass' },
    { text: 'It is 42.', expect: 42, says: 'pass' },
    { text: 'It is 41.', expect: 42, says: 'fail' },
  ],
});

oracleContract({
  kind: 'numeric',
  compile: () => numeric({ kind: 'numeric', tolerance: 0.5 }),
  expect: 1234.5,
  cases: [
    ...passing('1,234.5', 'First 10, then 1234.5.', 'It costs $1,234.50', '€1,234', '1.2345e3', '1,235 kg of CO2'),
    ...failing('1,234.5 or 7', '-1234.5', 'none', '1,233.9', 'CO2', '1e999'),
    { text: 'half: 1/2', expect: 0.5, says: 'pass' },
    { text: '1/0', expect: 1, says: 'fail' },
    { text: '50%', expect: 50, says: 'pass' },
    { text: '50%', expect: 0.5, says: 'fail' },
    { text: '10-12', expect: 12, says: 'pass' },
    { text: 'it fell by −12', expect: -12, says: 'pass' },
    { text: '-$12', expect: '-12', says: 'pass' },
    { text: 'rows 1,2,3', expect: 3, says: 'pass' },
    { text: '**.5**', expect: 0.5, says: 'pass' },
    { text: 'so it is ...5', expect: 5, says: 'pass' },
    { text: '1.5', expect: '1,000.5 EUR', says: 'fail' },
    { text: '3', expect: 'three', says: 'fail' },
    { text: '1.7', expect: 1.2, says: 'pass' },
    { text: '1.71', expect: 1.2, says: 'fail' },
  ],
});

oracleContract({
  kind: 'length',
  compile: () => length({ kind: 'length', min: 2, max: 4 }),
  cases: [...passing('ab', 'abcd', '🙂🙂🙂🙂', 'a b'), ...failing('a', '🙂', 'abcde')],
});

oracleContract({
  kind: 'uncertainty',
  compile: () => uncertainty({ kind: 'uncertainty' }),
  cases: [
    ...passing('The capital is Paris.', 'I am not surely wrong.', 'It has an aim.', 'Was an AI used?'),
    ...failing("I'm not sure about it.", 'Well, I’m NOT\nsure.', 'im not sure', 'As an AI, I have no opinion'),
    ...failing('That cannot be determined from the text.', 'I DO NOT KNOW'),
  ],
});

oracleContract({
  kind: 'uncertainty',
  compile: () => uncertainty({ kind: 'uncertainty', phrases: ['no idea', 'what? (really)'] }),
  cases: [...passing("I'm not sure.", 'no ideas'), ...failing('No  idea!', 'What? (Really) yes')],
});
