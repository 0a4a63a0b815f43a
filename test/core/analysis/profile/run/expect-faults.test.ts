import { describe, expect, it } from 'vitest';
import { expectFaults } from '../../../../../lib/core/analysis/profile/run/expect-faults';
import type { OracleSpec } from '../../../../../lib/core/types-policy';

const EXACT: OracleSpec = { kind: 'exact', ignoreCase: false };
const NUMERIC: OracleSpec = { kind: 'numeric', tolerance: 0 };
const ANY: OracleSpec = { kind: 'contains', all: false };
const ALL: OracleSpec = { kind: 'contains', all: true };
const LABELS: OracleSpec = { kind: 'labels', labels: ['bug', 'How-to', '7'] };

const faults = (oracle: readonly OracleSpec[], value: unknown) => expectFaults({ id: 'sort', oracle }, value);

describe('what a row expects', () => {
  it.each<[string, readonly OracleSpec[], unknown, string]>([
    ['nothing beside an oracle that compares', [LABELS, EXACT], null, 'expect is missing, and task "sort" compares'],
    ['an empty text', [EXACT], ' ', 'expect is empty'],
    ['a text that is no label', [LABELS, EXACT], 'bugs', 'expect is none of the labels of task "sort": bug, How-to, 7'],
    ['a label in other case', [EXACT, LABELS], 'how-to', 'none of the labels'],
    ['a value that no label is', [EXACT, LABELS], { bug: true }, 'none of the labels'],
    ['a number that no label is', [NUMERIC, LABELS], 8, 'none of the labels'],
    ['a text without a number', [NUMERIC], 'seven', 'expect holds no number'],
    ['a value without a number', [NUMERIC], {}, 'expect holds no number'],
    ['one of no values', [ANY], [], 'expect is an empty list'],
  ])('is found to be what no answer can be: %s', (_name, oracle, value, fault) => {
    expect(faults(oracle, value)).toEqual([expect.stringContaining(fault)]);
  });

  it.each<[string, readonly OracleSpec[], unknown]>([
    ['nothing, and nothing compares', [LABELS], undefined],
    ['a label', [LABELS, EXACT], ' bug '],
    ['a label in other case where case does not count', [LABELS, { kind: 'exact', ignoreCase: true }], 'BUG'],
    ['a number that a label is', [LABELS, NUMERIC], 7.0],
    ['a value', [EXACT], { a: [1] }],
    ['a number, however it is written', [NUMERIC], '$1,234.50 in all'],
    ['a small number', [NUMERIC], 5e-7],
    ['all of no values', [ALL], []],
    ['part of a label', [LABELS, ANY], ['bu', 'x']],
    ['an empty text that people judge', [{ kind: 'human' }], ''],
  ])('may be %s', (_name, oracle, value) => {
    expect(faults(oracle, value)).toEqual([]);
  });
});
