import { describe, expect, it } from 'vitest';
import { compileGate, compileOracles } from '../../../lib/core/oracle/compile';
import type { OracleSpec } from '../../../lib/core/types-policy';
import { aTask } from '../../builders';
import { choiceOf, consultSaying } from '../../contracts/oracle-contract';

function taskWith(...oracle: OracleSpec[]) {
  return aTask({ id: 'triage', ladder: ['small'], oracle });
}

const LABELS: OracleSpec = { kind: 'labels', labels: ['billing', 'bug'] };

describe('compileOracles', () => {
  it('makes every kind that is built, in order, and skips the others', async () => {
    const oracles = await compileOracles(
      taskWith(
        { kind: 'judge', tier: 'small', rubric: 'good', pass: 0.5 },
        LABELS,
        { kind: 'human' },
        { kind: 'exact', ignoreCase: false },
        { kind: 'numeric', tolerance: 0 },
        { kind: 'code', module: 'm', export: 'e' },
        { kind: 'consistency', samples: 3, agree: 2 },
        { kind: 'confidence', threshold: 0.5 },
        { kind: 'length', min: 1 },
      ),
    );
    expect(oracles.map((oracle) => oracle.kind)).toEqual([
      'judge',
      'labels',
      'exact',
      'numeric',
      'consistency',
      'confidence',
      'length',
    ]);
  });

  it('skips a check that has nothing to compare with', async () => {
    const [exact, numeric, contains] = await compileOracles(
      taskWith(
        { kind: 'exact', ignoreCase: false },
        { kind: 'numeric', tolerance: 0 },
        { kind: 'contains', all: true },
      ),
    );
    for (const oracle of [exact, numeric, contains]) {
      expect(oracle?.check(choiceOf('12'))).toBeUndefined();
      expect(oracle?.check(choiceOf('12'), null)).toBeUndefined();
      expect(oracle?.check(choiceOf('12'), '12')?.pass).toBe(true);
    }
  });

  it.each<[OracleSpec, RegExp]>([
    [{ kind: 'json-schema', schema: { type: 'nonsense' } }, /json-schema oracle does not compile: schema is invalid/],
    [{ kind: 'json-schema', schema: { $ref: '#/$defs/missing' } }, /does not compile: can't resolve reference/],
    [{ kind: 'regex', pattern: '(' }, /regex oracle does not compile: Invalid regular expression/],
    [{ kind: 'regex', pattern: 'a', flags: 'q' }, /regex oracle does not compile: Invalid flags/],
  ])('names the place of an oracle that does not compile: %j', async (spec, message) => {
    const compiling = compileOracles(taskWith(LABELS, spec));
    await expect(compiling).rejects.toThrow('tasks.triage.oracle[1]: ');
    await expect(compiling).rejects.toThrow(message);
  });

  it('takes draft-07 and 2020-12 schemas, and two of the same $id', async () => {
    const tuple = { type: 'array', minItems: 1 };
    const $id = 'https://example.com/tuple';
    const draft07 = { ...tuple, $id, $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }] };
    const draft2020 = { ...tuple, $id, $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [false] };
    const [first, second] = await compileOracles(
      taskWith({ kind: 'json-schema', schema: draft07 }, { kind: 'json-schema', schema: draft2020 }),
    );
    expect(first?.check(choiceOf('["a", 1]'))?.pass).toBe(true);
    expect(first?.check(choiceOf('[1]'))?.pass).toBe(false);
    expect(second?.check(choiceOf('["a"]'))?.pass).toBe(false);
  });

  it.each([
    [true, true],
    [false, false],
  ])('takes the schema %j', async (schema, pass) => {
    const [oracle] = await compileOracles(taskWith({ kind: 'json-schema', schema }));
    expect(oracle?.check(choiceOf('{}'))?.pass).toBe(pass);
  });

  it('judges by an asynchronous schema at once', async () => {
    const [oracle] = await compileOracles(
      taskWith({ kind: 'json-schema', schema: { $async: true, type: 'object', required: ['a'] } }),
    );
    expect(oracle?.check(choiceOf('{}'))?.pass).toBe(false);
  });

  it('fails an answer nested too deeply for a recursive schema', async () => {
    const [oracle] = await compileOracles(taskWith({ kind: 'json-schema', schema: { items: { $ref: '#' } } }));
    expect(oracle?.check(choiceOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toMatchObject({
      pass: false,
      detail: 'nested too deeply to be checked',
    });
  });

  it.each([
    ['{"total":"12"}', 'property /total: must be number'],
    ['{}', "must have required property 'total'"],
    ['{"total":1,"lines":[{"price":1},{"price":"2"}]}', 'property /lines/1/price: must be number'],
    ['{"total":1,"secret":"x"}', 'property /*: must be number'],
    ['{"total":1,"7741":"x"}', 'property /*: must be number'],
    ['```\n{}', 'wrapped in a code fence'],
    ['total: 1', 'not JSON'],
  ])('says of %s: %s', async (text, detail) => {
    const price = { type: 'object', properties: { price: { type: 'number' } } };
    const schema = {
      type: 'object',
      properties: { total: { type: 'number' }, lines: { type: 'array', items: price } },
      additionalProperties: { type: 'number' },
      required: ['total'],
    };
    const [oracle] = await compileOracles(taskWith({ kind: 'json-schema', schema }));
    expect(oracle?.check(choiceOf(text))?.detail).toBe(detail);
  });

  it('shows a pattern no more than the first 100,000 characters', async () => {
    const [oracle] = await compileOracles(taskWith({ kind: 'regex', pattern: 'end' }));
    expect(oracle?.check(choiceOf(`${'a'.repeat(99_997)}end`))?.pass).toBe(true);
    expect(oracle?.check(choiceOf(`${'a'.repeat(99_998)}end`))?.pass).toBe(false);
  });
});

describe('compileGate', () => {
  it.each<[string, OracleSpec[]]>([
    ['no oracle', []],
    [
      'oracles that only count in profiling',
      [
        { kind: 'exact', ignoreCase: true },
        { kind: 'numeric', tolerance: 1 },
      ],
    ],
    ['contains without values', [{ kind: 'contains', all: true }]],
    ['oracles that are not built', [{ kind: 'human' }, { kind: 'code', module: 'm', export: 'e' }]],
  ])('is nothing for a task with %s', async (_, specs) => {
    for (const scope of ['all', 'without-models'] as const) {
      expect(await compileGate(taskWith(...specs), scope)).toBeUndefined();
    }
  });

  it.each<OracleSpec>([
    { kind: 'json-schema', schema: true },
    LABELS,
    { kind: 'regex', pattern: 'a' },
    { kind: 'contains', values: ['a'], all: true },
    { kind: 'length', min: 1 },
    { kind: 'uncertainty' },
    { kind: 'confidence', threshold: 0.5 },
  ])('runs $kind in production', async (spec) => {
    const gate = await compileGate(taskWith(spec), 'without-models');
    expect(await gate?.({ model: 'm', choices: [choiceOf('')] }, { tier: 'm', messages: [], tools: [] })).toMatchObject(
      { pass: false, oracle: spec.kind },
    );
  });

  it.each<OracleSpec>([
    { kind: 'consistency', samples: 3, agree: 2 },
    { kind: 'judge', tier: 'large', rubric: 'r', pass: 0.5 },
  ])('runs $kind only where checks may call models', async (spec) => {
    expect(await compileGate(taskWith(spec), 'without-models')).toBeUndefined();
    const gate = await compileGate(taskWith(spec), 'all');
    const { consult } = consultSaying(['{"score":0}', 'another']);
    const verdict = await gate?.(
      { model: 'm', choices: [choiceOf('an answer')] },
      { tier: 'small', messages: [], tools: [], consult },
    );
    expect(verdict).toMatchObject({ pass: false, oracle: spec.kind });
  });

  it('leaves out of a gate without models those that call them, and keeps the others', async () => {
    const task = taskWith({ kind: 'judge', tier: 'large', rubric: 'r', pass: 0.5 }, LABELS);
    const { consult, asked } = consultSaying(['{"score":0}']);
    const answer = { model: 'm', choices: [choiceOf('bug')] };
    const judgement = { tier: 'small', messages: [], tools: [], consult };
    const gate = await compileGate(task, 'without-models');
    expect(await gate?.(answer, judgement)).toEqual({ pass: true, oracle: 'labels', detail: '' });
    expect(asked).toEqual([]);
  });
});
