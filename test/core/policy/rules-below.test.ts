import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../lib/core/policy/parse';
import { SMALL_POLICY } from './documents';

const CERTIFICATE = (tier: string) =>
  `certificate: { tier: ${tier}, risk: 0.05, confidence: 0.95, oracle: x, models: {}, prompts: y }`;

/** Paths and messages of warnings about rules; SMALL_POLICY's ladder is small, large. */
function warnings(...task: readonly string[]): string[] {
  const text = SMALL_POLICY.replace('route: cascade', ['route: cascade', ...task].join('\n    '));
  const result = parsePolicy(text, { variables: {}, unset: 'fault' });
  expect(result.ok).toBe(true);
  return result.warnings.filter(({ path }) => path.includes('rules')).map(({ path, message }) => `${path}: ${message}`);
}

describe('a rule that leads below the certified tier', () => {
  const down = 'rules: [{ when: { tokensAbove: 9 }, tier: large }, { when: { tokensAbove: 5 }, tier: small }]';

  it('is warned of where it stands, with what to change', () => {
    expect(warnings(CERTIFICATE('large'), down)).toEqual([
      'tasks.triage.rules[1].tier: "small" lies below the certified tier "large", and what this rule sends there is not ' +
        'covered by the certificate: name large, or take the rule out',
    ]);
  });

  it.each([
    ['there is no certificate', [down]],
    ['the certificate is of the lowest tier', [CERTIFICATE('small'), down]],
    ['no strategy asks the rules', [CERTIFICATE('large'), down, 'strategy: [score]']],
  ])('is no matter where %s', (_name, task) => {
    expect(warnings(...task)).toEqual([]);
  });

  it('is no matter on a static route, which asks no rules', () => {
    const text = SMALL_POLICY.replace('route: cascade', ['route: static', CERTIFICATE('large'), down].join('\n    '));
    const { warnings: all } = parsePolicy(text, { variables: {}, unset: 'fault' });
    expect(all.filter(({ path }) => path.includes('rules'))).toEqual([]);
  });
});
