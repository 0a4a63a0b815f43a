import { describe, expect, it } from 'vitest';
import type { PolicyResult } from '../../../lib/core/policy/fault';
import { validatePolicy } from '../../../lib/core/policy/validate';
import type { Tier } from '../../../lib/core/types-policy';
import { smallPolicy } from './documents';

type Variables = Readonly<Record<string, string | undefined>>;

function withTier(tier: object, variables: Variables, unset: 'fault' | 'warning' = 'fault'): PolicyResult {
  const { root, small } = smallPolicy();
  Object.assign(small, tier);
  return validatePolicy(root, { variables, unset });
}

function tierOf(result: PolicyResult): Tier {
  if (!result.ok) throw new Error(result.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return result.policy.tiers.small as Tier;
}

describe('a variable in a text', () => {
  it.each([
    [`\${A}`, 'one'],
    [`x-\${A}-\${B}`, 'x-one-two'],
    [`\${A:-other}`, 'one'],
    [`\${NONE:-other}`, 'other'],
    [`\${EMPTY:-other}`, 'other'],
    [`a\${EMPTY}b`, 'ab'],
    [`\${NONE:-a:-b}`, 'a:-b'],
    [`\${LOOP}`, `\${A}`],
    ['$5 and $', '$5 and $'],
    [`$\${A}`, `$\${A}`],
    [`\${2}`, `\${2}`],
    [`\${A`, `\${A`],
    [`\${A-x}`, `\${A-x}`],
  ])('%s becomes %s', (model, expected) => {
    const variables = { A: 'one', B: 'two', EMPTY: '', LOOP: `\${A}` };
    expect(tierOf(withTier({ model }, variables)).model).toBe(expected);
  });

  it('is expanded anywhere, and not in keys', () => {
    const { root, triage } = smallPolicy();
    const key = `\${A}`;
    triage.oracle = [{ kind: 'json-schema', schema: { properties: { [key]: { const: `\${A}` }, 'x-a': true } } }];
    const result = validatePolicy(root, { variables: { A: 'one' }, unset: 'fault' });
    expect(result.ok && result.policy.tasks.triage?.oracle).toEqual([
      { kind: 'json-schema', schema: { properties: { [key]: { const: 'one' }, 'x-a': true } } },
    ]);
  });

  it('leaves the document as it was', () => {
    const result = withTier({ model: `\${A}` }, { A: 'one' });
    expect(result).toHaveProperty('document.tiers.small.model', `\${A}`);
  });

  it('keeps the names of headers that begin with x-', () => {
    const headers = { 'x-team': `\${A}` };
    expect(tierOf(withTier({ headers }, { A: 'one' })).headers).toEqual({ 'x-team': 'one' });
  });

  it('that is empty gives no key at all', () => {
    const tier = tierOf(withTier({ apiKey: `\${KEY:-}`, apiKeySecret: `\${SECRET:-}` }, {}));
    expect(tier).not.toHaveProperty('apiKey');
    expect(tier).not.toHaveProperty('apiKeySecret');
  });
});

describe('a text that came from a variable alone', () => {
  const NUMBERS = { W: '8192', P: '0.25', ON: 'false', DAYS: '30', WORD: 'many', LOCATION: 'region' };

  it('counts as a number, a flag or a word where one is expected', () => {
    const price = { input: `\${P}`, output: `\${OUT:-1e-1}` };
    const tier = { contextWindow: `\${W}`, price, enabled: `\${ON}`, retention: `\${DAYS}`, location: `\${LOCATION}` };
    expect(tierOf(withTier(tier, NUMBERS))).toMatchObject({
      contextWindow: 8192,
      prices: [{ input: 0.25, output: 0.1 }],
      enabled: false,
      retentionDays: 30,
      location: 'region',
    });
  });

  it('stays a text where a text is expected', () => {
    expect(tierOf(withTier({ model: `\${W}` }, NUMBERS)).model).toBe('8192');
  });

  it.each([
    ['no number', `\${WORD}`],
    ['a number with letters around it', `\${W}0`],
    ['a number as text of the document', '8192'],
  ])('is a fault when it is %s', (_, contextWindow) => {
    const result = withTier({ contextWindow }, NUMBERS);
    expect(result.ok ? [] : result.faults.map(({ path }) => path)).toEqual(['tiers.small.contextWindow']);
  });

  it('is held to the bounds of the number', () => {
    const result = withTier({ contextWindow: `\${W}` }, { W: '-1' });
    expect(result.ok ? [] : result.faults).toMatchObject([{ message: 'must be above 0', given: '-1' }]);
  });
});

describe('an unset variable', () => {
  const tier = { baseUrl: `\${URL}`, contextWindow: `\${W}`, location: `\${L}`, enabled: `\${E}`, retiresOn: `\${D}` };
  const paths = ['baseUrl', 'contextWindow', 'location', 'enabled', 'retiresOn'].map((key) => `tiers.small.${key}`);

  it('is one fault each where requests are served', () => {
    const result = withTier(tier, { URL: undefined });
    expect(result.ok ? [] : result.faults.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(result.ok ? '' : result.faults.find(({ path }) => path.endsWith('baseUrl'))?.message).toBe(
      `the variable URL is not set; set it, or give a default: \${URL:-...}`,
    );
  });

  it('is one warning each elsewhere, and its value is held to no form', () => {
    const result = withTier(tier, {}, 'warning');
    expect(result.warnings.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(tierOf(result)).toMatchObject({ baseUrl: `\${URL}`, retiresOn: `\${D}` });
  });

  it('hides no other fault', () => {
    const result = withTier({ ...tier, provider: 'other' }, {}, 'warning');
    expect(result.ok ? [] : result.faults.map(({ path }) => path)).toEqual(['tiers.small.provider']);
  });

  it('cannot stand for a list', () => {
    const { root, triage } = smallPolicy();
    triage.ladder = `\${LADDER}`;
    const result = validatePolicy(root, { variables: {}, unset: 'warning' });
    expect(result.ok ? [] : result.faults).toMatchObject([{ path: 'tasks.triage.ladder', message: 'must be a list' }]);
  });

  it('is not found among inherited names', () => {
    expect(withTier({ model: `\${toString}` }, {}).ok).toBe(false);
  });
});
