import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyResult } from '../../../lib/core/policy/fault';
import { literalKeys, validatePolicy } from '../../../lib/core/policy/validate';
import { DIMENSIONS } from '../../../lib/core/types-policy';
import { smallPolicy } from './documents';

const OPTIONS = { variables: {}, unset: 'fault' } as const;

const weightsOf = (weigh: (dimension: string) => number) =>
  Object.fromEntries(DIMENSIONS.map((name) => [name, weigh(name)]));

type Small = ReturnType<typeof smallPolicy>;

function resultOf(change: (parts: Small) => void, options = {}): PolicyResult {
  const parts = smallPolicy();
  change(parts);
  return validatePolicy(parts.root, { ...OPTIONS, ...options });
}

function lines(found: readonly { readonly path: string; readonly message: string }[]): readonly string[] {
  return found.map(({ path, message }) => `${path}: ${message}`);
}

describe('a task of high consequence', () => {
  const cases: readonly (readonly [oracle: readonly object[], gated: boolean])[] = [
    [[{ kind: 'json-schema', schema: {} }], true],
    [[{ kind: 'labels', labels: ['a'] }], true],
    [[{ kind: 'regex', pattern: 'a' }], true],
    [[{ kind: 'length', min: 1 }], true],
    [[{ kind: 'uncertainty' }], true],
    [[{ kind: 'contains', values: ['a'] }], true],
    [[{ kind: 'human' }, { kind: 'length', min: 1 }], true],
    [[{ kind: 'contains' }], false],
    [[{ kind: 'exact' }], false],
    [[{ kind: 'numeric', tolerance: 0.1 }], false],
    [[{ kind: 'human' }], false],
    [[{ kind: 'code', module: './m.mjs', export: 'check' }], false],
    [[], false],
  ];

  it.each(cases)('with %j: gated %s', (oracle, gated) => {
    for (const route of ['static', 'direct', 'cascade', 'dispatch']) {
      const result = resultOf(({ triage }) => {
        triage.audit = { inputs: 'i', acceptable: 'a', consequence: 'high' };
        Object.assign(triage, { oracle, route });
      });
      expect(result.ok).toBe(gated);
      if (!result.ok) expect(result.faults.map(({ path }) => path)).toEqual(['tasks.triage.oracle']);
    }
  });
});

describe('a warning', () => {
  const cases: readonly (readonly [name: string, change: (parts: Small) => void, warnings: readonly string[]])[] = [
    ['nothing to warn of', () => {}, []],
    [
      'no oracle',
      ({ triage }) => Object.assign(triage, { oracle: [] }),
      ['tasks.triage.oracle: accepts every whole answer: nothing says what a good one is'],
    ],
    [
      'what is not built',
      ({ triage }) =>
        Object.assign(triage, { strategy: ['rules', 'classifier', 'embedding'], oracle: [{ kind: 'human' }] }),
      [
        'tasks.triage.strategy[1]: "classifier" has no answer yet in this version',
        'tasks.triage.strategy[2]: "embedding" has no answer yet in this version',
      ],
    ],
    [
      'an audit without answers',
      ({ triage }) => Object.assign(triage, { audit: { inputs: '', consequence: 'low' } }),
      ['tasks.triage.audit.inputs: is not answered yet', 'tasks.triage.audit.acceptable: is not answered yet'],
    ],
    [
      'a score that weighs nothing',
      ({ root }) => Object.assign(root, { score: { weights: weightsOf(() => 0) } }),
      ['score.weights: are 0 for every dimension, which says nothing: the default weights hold'],
    ],
    [
      'a score that weighs one dimension alone',
      ({ root }) => Object.assign(root, { score: { weights: weightsOf((name) => (name === 'structure' ? 1 : 0)) } }),
      [],
    ],
    [
      'an address that does not end in /v1',
      ({ small }) => Object.assign(small, { baseUrl: 'http://host:1/api' }),
      ['tiers.small.baseUrl: does not end in /v1, as it does for the OpenAI client'],
    ],
    [
      'a literal key',
      ({ small }) => Object.assign(small, { apiKey: 'sk-1' }),
      [`tiers.small.apiKey: a literal key; use \${VAR} or apiKeySecret`],
    ],
    [
      'a ladder beyond the residency',
      ({ triage }) => Object.assign(triage, { residency: 'vpc', ladder: ['large'] }),
      ['tasks.triage.residency: no tier of the ladder may take its prompts: every request will be refused'],
    ],
  ];

  it.each(cases)('of %s does not hinder', (_, change, warnings) => {
    const result = resultOf(change);
    expect(result.ok).toBe(true);
    expect(lines(result.warnings)).toEqual(warnings);
  });

  it.each([
    ['unknown', {}, 1],
    ['before it', { nowMs: Date.UTC(2026, 4, 31) }, 1],
    ['after it', { nowMs: Date.UTC(2026, 5, 1) }, 0],
  ])('of a first price of 1 June 2026, with the day %s', (_, options, count) => {
    const price = { effectiveFrom: '2026-06-01', input: 1, output: 1 };
    const result = resultOf(({ small }) => Object.assign(small, { price }), options);
    expect(lines(result.warnings)).toEqual(Array(count).fill('tiers.small.price: no price in force before 2026-06-01'));
  });
});

describe('a literal key', () => {
  it.each([
    ['sk-live-1', true],
    [`\${KEY}`, false],
    [`\${KEY:-}`, false],
    [`\${KEY:-sk-live-1}`, true],
    [`sk-\${KEY}`, true],
    [`$\${KEY}`, true],
    ['', false],
  ])('%s: %s', (apiKey, literal) => {
    expect(literalKeys({ tiers: { small: { apiKey } } })).toEqual(literal ? ['tiers.small.apiKey'] : []);
  });

  it('is found in the headers that carry keys, and in no others', () => {
    const headers = { authorization: 'Bearer abc', 'X-Api-Key': 'abc', 'x-team': 'abc' };
    expect(literalKeys({ tiers: { t: { headers } } })).toEqual([
      'tiers.t.headers.authorization',
      'tiers.t.headers.X-Api-Key',
    ]);
    expect(literalKeys({ tiers: { t: { headers: { Authorization: `Bearer \${KEY}` } } } })).toEqual([]);
  });

  it.each([null, 5, [], { tiers: [1] }, { tiers: { a: 1 } }])('is not looked for in %j', (document) => {
    expect(literalKeys(document)).toEqual([]);
  });

  it('is not shown by the fault that finds it wrong', () => {
    const result = resultOf(({ small }) => Object.assign(small, { apiKey: 123_456, headers: { 'x-key': 123_456 } }));
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('123456');
  });
});

describe('ids that objects have members for', () => {
  it('are ids like any other', () => {
    const result = resultOf(({ root, small, triage }) => {
      root.tiers = { constructor: small };
      root.tasks = { constructor: { ...triage, ladder: ['constructor'], prompts: { constructor: 'p' } } };
      root.default = { task: 'constructor' };
    });
    if (!result.ok) throw new Error(lines(result.faults).join('\n'));
    expect(result.policy.tiers.constructor).toMatchObject({ id: 'constructor', model: 'm' });
  });

  it('are found only where they were declared', () => {
    const result = resultOf(({ triage }) => Object.assign(triage, { ladder: ['constructor'] }));
    expect(result.ok ? [] : lines(result.faults)).toEqual(['tasks.triage.ladder[0]: no tier is called "constructor"']);
    const policy = resultOf(() => {});
    if (!policy.ok) throw new Error('not valid');
    for (const record of [policy.policy.tiers, policy.policy.tasks, policy.policy.tasks.triage?.prompts]) {
      expect(record?.constructor).toBeUndefined();
    }
  });

  it('never reach a prototype', () => {
    const document = JSON.parse(
      '{"__proto__": {"polluted": 1}, "tiers": {"__proto__": {"polluted": 1}}, "tasks": {"t": {"oracle": [{"kind": "json-schema", "schema": {"__proto__": {"polluted": 1}}}]}}}',
    );
    const result = validatePolicy(document, OPTIONS);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const refused = (result.ok ? [] : result.faults).filter(({ message }) => message.includes('not allowed anywhere'));
    expect(refused.map(({ path }) => path)).toEqual([
      '__proto__',
      'tiers.__proto__',
      'tasks.t.oracle[0].schema.__proto__',
    ]);
  });
});

describe('whatever the value', () => {
  it('there is a result, with a fault where there is no policy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const result = validatePolicy(value, OPTIONS);
        expect(result.ok || result.faults.length > 0).toBe(true);
      }),
    );
  });

  it('there is a result for a policy in which any one value is replaced by any other', () => {
    const section = fc.constantFrom('tiers', 'tasks', 'default', 'score', 'budgets', 'models', 'traffic', 'userTiers');
    const key = fc.constantFrom(
      ...['price', 'timeouts', 'queue', 'headers', 'guardrail', 'baseUrl', 'ladder', 'oracle', 'rules', 'strategy'],
      ...['audit', 'baseline', 'certificate', 'classifier', 'embedding', 'learned', 'prompts', 'recognise', 'preset'],
    );
    const options = fc.constantFrom('fault' as const, 'warning' as const);
    fc.assert(
      fc.property(section, key, fc.jsonValue(), options, (name, member, value, unset) => {
        for (const place of ['section', 'tier', 'task'] as const) {
          const { root, small, triage } = smallPolicy();
          if (place === 'section') root[name] = value;
          else if (place === 'tier') small[member] = value;
          else triage[member] = value;
          const result = validatePolicy(root, { variables: {}, unset });
          expect(result.ok || result.faults.length > 0).toBe(true);
        }
      }),
    );
  });

  it('depth ends with a fault, under x- keys too', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 10_000; level++) deep = { a: deep };
    const result = resultOf(({ root }) => Object.assign(root, { 'x-deep': deep }));
    expect(result.ok ? [] : lines(result.faults)).toEqual(['x-deep.a.a: is nested deeper than 100 levels']);
    expect(validatePolicy(deep, OPTIONS).ok).toBe(false);
  });

  it('size ends with a fault', () => {
    const tiers = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`t${index}`, 1]));
    const ladder = Array.from({ length: 150_000 }, (_, index) => `b${index}`);
    const result = validatePolicy({ tiers, tasks: { t: { ladder } }, policy: 'x'.repeat(10_000_000) }, OPTIONS);
    expect(result.ok ? [] : lines(result.faults)).toContain(': has more than 200000 values');
  });
});
