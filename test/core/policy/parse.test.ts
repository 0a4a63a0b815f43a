import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeFault } from '../../../lib/core/policy/fault';
import { parsePolicy } from '../../../lib/core/policy/parse';
import { SMALL_POLICY } from './documents';

const OPTIONS = { variables: {}, unset: 'fault' } as const;
const CONTRACT = readFileSync(join(__dirname, 'contract.yaml'), 'utf8');

function faultsOf(text: string): readonly string[] {
  const result = parsePolicy(text, OPTIONS);
  return result.ok ? [] : result.faults.map((fault) => describeFault(fault, 'p.yaml'));
}

describe('the document of the contract', () => {
  const result = parsePolicy(CONTRACT, {
    variables: { SMALL_URL: 'http://vllm.internal/v1/' },
    unset: 'fault',
    version: '7',
  });

  it('parses, with one warning for a strategy that is not built', () => {
    expect(result.ok).toBe(true);
    expect(result.warnings.map((warning) => describeFault(warning))).toEqual([
      'line 32 tasks.ticket-triage.strategy[1]: "learned" has no answer yet in this version',
    ]);
  });

  it('becomes the policy it describes', () => {
    if (!result.ok) throw new Error('not parsed');
    const { policy } = result;
    expect(policy).toMatchObject({
      version: '7',
      id: 'support-desk',
      frontier: 'frontier',
      geography: 'eu',
      defaultTask: 'general',
      score: { weights: {}, cheapestBelow: 65, frontierAbove: 85 },
      budgets: [{ id: 'per-customer', scope: 'customer', limitUsd: 50, period: 'month', reserve: 'expected' }],
    });
    expect(Object.keys(policy.tiers)).toEqual(['small', 'mid', 'frontier']);
    expect(policy.tiers.small).toMatchObject({ baseUrl: 'http://vllm.internal/v1', retentionDays: 0, retries: 1 });
    expect(policy.tiers.small).not.toHaveProperty('apiKey');
    expect(policy.tiers.small?.prices).toEqual([
      { kind: 'tokens', input: 0.05, output: 0.1, cacheRead: 0.005, uplift: 1 },
    ]);
    expect(policy.tasks['ticket-triage']).toMatchObject({ start: 'small', maxRetentionDays: 30, baseline: {} });
    expect(policy.tasks['ticket-triage']).not.toHaveProperty('certificate');
    expect(policy.tasks.general).toMatchObject({ start: 'mid', target: { passRate: 0.97, confidence: 0.95 } });
  });

  it('is kept as it was written, variables unexpanded', () => {
    if (!result.ok) throw new Error('not parsed');
    expect(result.document).toHaveProperty('tiers.small.baseUrl', `\${SMALL_URL}`);
  });
});

describe('every fault at once', () => {
  it('tells eight faults of one document, in the order of its lines', () => {
    const text = SMALL_POLICY.replace('policy: support-desk', 'policy: Support Desk')
      .replace('127.0.0.1:8000/v1', `\${SMALL_URL}`)
      .replace('location: vpc', 'location: vcp')
      .replace('input: 1,', 'input: -1,')
      .replace('consequence: low', 'consequence: high')
      .replace('[small, large]', '[small, larg]')
      .replace('[{ kind: labels, labels: [billing, bug] }]', '[]\n    retires: soon')
      .replace('task: triage', 'task: triag');
    const lines = faultsOf(text).map((fault) => fault.split(':').slice(0, 2).join(':'));
    expect(lines).toEqual([
      'p.yaml:2 policy',
      'p.yaml:7 tiers.small.baseUrl',
      'p.yaml:9 tiers.small.location',
      'p.yaml:17 tiers.large.price.input',
      'p.yaml:23 tasks.triage.ladder[1]',
      'p.yaml:24 tasks.triage.oracle',
      'p.yaml:25 tasks.triage.retires',
      'p.yaml:26 default.task',
    ]);
  });

  it('reports 30,000 unknown keys as what a person can read', () => {
    const text = Array.from({ length: 30_000 }, (_, index) => `key${index}: 1`).join('\n');
    const faults = faultsOf(text);
    expect(faults).toHaveLength(501);
    expect(faults.at(-1)).toMatch(/^p\.yaml: and \d+ more$/);
  });
});

describe('text that is no document', () => {
  const cases: readonly (readonly [name: string, text: string, fault: string])[] = [
    ['nothing', '', 'p.yaml:1: the document is empty'],
    ['a comment', '# nothing', 'p.yaml:1: the document is empty'],
    ['one word', 'hello', 'p.yaml:1: a policy is a mapping of keys to values; given "hello"'],
    ['a list', '- a\n- b', 'p.yaml:1: a policy is a mapping of keys to values; given a list'],
    ['two documents', `${SMALL_POLICY}---\n${SMALL_POLICY}`, 'p.yaml:26: holds more than one document'],
    ['a tab as indentation', 'schema: 1\ntiers:\n\ta: b', 'p.yaml:3: Tabs are not allowed as indentation'],
    ['a bracket left open', 'schema: 1\ntiers: [a', 'p.yaml:2: '],
    ['an unknown tag', 'schema: !!binary aGk=', 'p.yaml:1: Unresolved tag'],
    ['an alias of nothing', 'schema: *one', 'p.yaml:1 schema: no anchor before it is called "one"'],
    ['ten megabytes', `policy: ${'x'.repeat(10_000_000)}`, 'p.yaml:1: is longer than 524288 characters'],
    ['10,000 brackets', `policy: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'is nested too deeply'],
    ['10,000 braces', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'is nested too deeply'],
    ['an alias of itself', 'policy: &a [*a]', 'is nested deeper than 100 levels'],
  ];

  it.each(cases)('%s', (_, text, fault) => {
    expect(faultsOf(text)[0]).toContain(fault);
  });

  it('an alias bomb', () => {
    const names = 'abcdefghi'.split('');
    const lines = names.map((name, index) => {
      const member = index === 0 ? 'x' : `*${names[index - 1]}`;
      return `${name}: &${name} [${Array(9).fill(member).join(', ')}]`;
    });
    expect(faultsOf(lines.join('\n'))).toEqual(['p.yaml:9: uses anchors and aliases too often']);
  });

  it('100,000 closing braces end with an answer', () => {
    expect(faultsOf('}'.repeat(100_000)).length).toBeGreaterThan(0);
  });
});

describe('text that is a document', () => {
  it.each([
    ['JSON', (values: unknown) => JSON.stringify(values)],
    ['JSON indented with tabs', (values: unknown) => JSON.stringify(values, null, '\t')],
    ['JSON behind a byte order mark', (values: unknown) => `\uFEFF${JSON.stringify(values, null, 2)}\r\n`],
  ])('%s is read as the same policy as YAML', (_, write) => {
    const yaml = parsePolicy(SMALL_POLICY, OPTIONS);
    if (!yaml.ok) throw new Error('not parsed');
    expect(parsePolicy(write(yaml.document), OPTIONS)).toEqual(yaml);
  });

  it('may say the same by anchors', () => {
    const text = SMALL_POLICY.replace('[small, large]', '&all [small, large]').replace(
      'default:',
      'x-all: *all\ndefault:',
    );
    expect(faultsOf(text)).toEqual([]);
  });

  it('may hold anything under x- keys, anywhere', () => {
    const text = SMALL_POLICY.replace('default:', `x-note: \${NOT_SET}\ndefault:`)
      .replace('route: cascade', 'route: cascade\n    x-ticket: [1, { a: 2 }]')
      .replace('  triage:\n', '  x-old: 5\n  triage:\n');
    const result = parsePolicy(text, OPTIONS);
    expect(result).toMatchObject({ ok: true, document: { 'x-note': `\${NOT_SET}` } });
  });
});
