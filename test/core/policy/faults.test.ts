import { describe, expect, it } from 'vitest';
import { describeFault } from '../../../lib/core/policy/fault';
import { parsePolicy } from '../../../lib/core/policy/parse';
import { SMALL_POLICY } from './documents';

const OPTIONS = { variables: {}, unset: 'fault' } as const;

function faultsOf(text: string): readonly string[] {
  const result = parsePolicy(text, OPTIONS);
  return result.ok ? [] : result.faults.map((fault) => describeFault(fault, 'p.yaml'));
}

function changed(from: string, to: string): string {
  expect(SMALL_POLICY).toContain(from);
  return SMALL_POLICY.replace(from, to);
}

describe('one fault, with its line and what is allowed', () => {
  const cases: readonly (readonly [name: string, from: string, to: string, fault: string])[] = [
    [
      'a missing tier',
      '[small, large]',
      '[small, lagre]',
      'p.yaml:23 tasks.triage.ladder[1]: no tier is called "lagre"; did you mean "large"? allowed: small, large',
    ],
    ['a repeated tier', '[small, large]', '[small, small]', 'p.yaml:23 tasks.triage.ladder[1]: "small" is repeated'],
    ['an empty ladder', '[small, large]', '[]', 'p.yaml:23 tasks.triage.ladder: must not be empty; given []'],
    ['a negative price', 'input: 1,', 'input: -1,', 'p.yaml:17 tiers.large.price.input: must be at least 0; given -1'],
    [
      'an infinite price',
      'input: 1,',
      'input: .inf,',
      'p.yaml:17 tiers.large.price.input: must be a finite number; given Infinity',
    ],
    [
      'an absent price',
      '    price: { input: 1, output: 4 }\n',
      '',
      'p.yaml:12 tiers.large.price: is required: a mapping',
    ],
    [
      'no price in a list',
      'price: { input: 1, output: 4 }',
      'price: []',
      'p.yaml:17 tiers.large.price: must not be empty; given []',
    ],
    [
      'an old cache price',
      'output: 4 }',
      'output: 4, cacheWrite: 1 }',
      'p.yaml:17 tiers.large.price.cacheWrite: unknown key "cacheWrite"; did you mean "cacheWrite5m"? allowed: effectiveFrom, uplift, input, output, cacheRead, cacheWrite5m, cacheWrite1h, longPrompt',
    ],
    [
      'half a GPU price',
      '{ input: 1, output: 4 }',
      '{ hourly: 4 }',
      'p.yaml:17 tiers.large.price.tokensPerSecond: is required: a number',
    ],
    ['a window of zero', '300000', '0', 'p.yaml:16 tiers.large.contextWindow: must be above 0; given 0'],
    ['a quoted number', '300000', '"300000"', 'p.yaml:16 tiers.large.contextWindow: must be a number; given "300000"'],
    [
      'an unknown provider',
      'provider: bedrock',
      'provider: bedrok',
      'p.yaml:13 tiers.large.provider: "bedrok" is not one of the allowed values; did you mean "bedrock"? allowed: openai-compatible, bedrock, anthropic',
    ],
    [
      'an unknown key',
      'route: cascade',
      'route: cascade\n    laddder: []',
      'unknown key "laddder"; did you mean "ladder"?',
    ],
    [
      'an unknown oracle kind',
      'kind: labels',
      'kind: lables',
      'p.yaml:24 tasks.triage.oracle[0].kind: "lables" is not one of the allowed values; did you mean "labels"?',
    ],
    [
      'a fault within an oracle',
      'labels: [billing, bug]',
      'labels: []',
      'p.yaml:24 tasks.triage.oracle[0].labels: must not be empty',
    ],
    [
      'an unknown strategy',
      'route: cascade',
      'route: cascade\n    strategy: [scor]',
      'tasks.triage.strategy[0]: "scor" is not one of the allowed values; did you mean "score"?',
    ],
    [
      'a start off the ladder',
      '[small, large]',
      '[small]\n    start: large',
      'p.yaml:24 tasks.triage.start: "large" is not on the task\'s ladder; allowed: small',
    ],
    [
      'a default task that is none',
      'task: triage',
      'task: triag',
      'p.yaml:25 default.task: no task is called "triag"; did you mean "triage"? allowed: triage',
    ],
    [
      'a frontier that is none',
      'owner: ai-platform',
      'owner: o\nfrontier: big',
      'p.yaml:4 frontier: no tier is called "big"; allowed: small, large',
    ],
    [
      'an id with a capital',
      'policy: s',
      'policy: S',
      'p.yaml:2 policy: is not an id: an id begins with a small letter',
    ],
    [
      'an openai-compatible tier without address',
      '    baseUrl: http://127.0.0.1:8000/v1\n',
      '',
      'tiers.small.baseUrl: is required of an openai-compatible tier',
    ],
    [
      'an address that is none',
      'http://127.0.0.1:8000/v1',
      'localhost:8000/v1',
      'p.yaml:7 tiers.small.baseUrl: is not an address',
    ],
    [
      'a password in an address',
      'http://127',
      'http://me:sesame@127',
      'p.yaml:7 tiers.small.baseUrl: must hold no user name or password',
    ],
    [
      'a guardrail that would guard nothing',
      'model: llama',
      'model: llama\n    guardrail: { id: g }',
      'p.yaml:9 tiers.small.guardrail: is only for bedrock tiers',
    ],
    [
      'a geography without its name',
      'location: region',
      'location: geography',
      'tiers.large.geography: is required where location is geography',
    ],
    [
      'a residency without a geography',
      'route: cascade',
      'route: cascade\n    residency: geography',
      'geography: is required: the residency of tasks.triage is geography',
    ],
    [
      'a day that is none',
      'model: nova',
      'model: nova\n    retiresOn: 2026-02-30',
      'p.yaml:15 tiers.large.retiresOn: is not a date; given "2026-02-30"; allowed: YYYY-MM-DD, in UTC',
    ],
    [
      'two prices of one day',
      '{ input: 1, output: 4 }',
      '[{ input: 1, output: 4 }, { input: 2, output: 4 }]',
      'tiers.large.price[1].effectiveFrom: two prices without effectiveFrom',
    ],
    [
      'a pattern that is none',
      '{ kind: labels, labels: [billing, bug] }',
      '{ kind: regex, pattern: "(" }',
      'tasks.triage.oracle[0].pattern: is not a regular expression; given "("',
    ],
    [
      'a stateful flag',
      '{ kind: labels, labels: [billing, bug] }',
      '{ kind: regex, pattern: a, flags: gi }',
      'tasks.triage.oracle[0].flags: the flags g and y',
    ],
    [
      'a flag that is none',
      '{ kind: labels, labels: [billing, bug] }',
      '{ kind: regex, pattern: a, flags: q }',
      'tasks.triage.oracle[0].flags: are not flags',
    ],
    [
      'a schema that is none',
      '{ kind: labels, labels: [billing, bug] }',
      '{ kind: json-schema, schema: 5 }',
      'p.yaml:24 tasks.triage.oracle[0].schema: must be a JSON schema: a mapping, true or false; given 5',
    ],
    [
      'a length without bounds',
      '{ kind: labels, labels: [billing, bug] }',
      '{ kind: length }',
      'tasks.triage.oracle[0]: a length oracle needs min, max or both',
    ],
    [
      'a length upside down',
      '{ kind: labels, labels: [billing, bug] }',
      '{ kind: length, min: 9, max: 1 }',
      'tasks.triage.oracle[0].min: must be at most max',
    ],
    [
      'a judge that is none',
      '{ kind: labels, labels: [billing, bug] }',
      '{ kind: judge, tier: larg, rubric: r, pass: 4 }',
      'tasks.triage.oracle[0].tier: no tier is called "larg"; did you mean "large"?',
    ],
    [
      'fewer replicas at most than at least',
      'model: nova',
      'model: nova\n    gpu: { instance: g6.xlarge, min: 4, max: 2 }',
      'p.yaml:15 tiers.large.gpu.min: must be at most max; given 4 above 2',
    ],
    [
      'a learned model that is none',
      'route: cascade',
      'route: cascade\n    learned: { model: m1 }',
      'tasks.triage.learned.model: no model is called "m1"; allowed: none',
    ],
    [
      'a threshold for no tier',
      'default:',
      '    learned: { model: m1, thresholds: { tiny: 0.5 } }\nmodels: { m1: { artifact: a, sha256: s } }\ndefault:',
      'p.yaml:25 tasks.triage.learned.thresholds.tiny: no tier is called "tiny"',
    ],
    [
      'prompts for no tier',
      'route: cascade',
      'route: cascade\n    prompts: { smal: hello }',
      'p.yaml:23 tasks.triage.prompts.smal: no tier is called "smal"; did you mean "small"?',
    ],
    [
      'a mix of no tier',
      'route: cascade',
      'route: cascade\n    baseline: { mix: { huge: 1 } }',
      'tasks.triage.baseline.mix.huge: no tier is called "huge"',
    ],
    [
      'adapters for no task',
      'model: llama',
      'model: llama\n    adapters: { triag: fine }',
      'tiers.small.adapters.triag: no task is called "triag"; did you mean "triage"?',
    ],
    [
      'a rule to no tier',
      'route: cascade',
      'route: cascade\n    rules: [{ when: {}, tier: huge }]',
      'tasks.triage.rules[0].tier: no tier is called "huge"',
    ],
    [
      'a rule off the ladder',
      '[small, large]',
      '[small]\n    rules: [{ when: {}, tier: large }]',
      'tasks.triage.rules[0].tier: "large" is not on the task\'s ladder',
    ],
    [
      'a user tier the policy does not list',
      'default:',
      '    rules: [{ when: { userTiers: [glod] }, tier: large }]\nuserTiers: [free, gold]\ndefault:',
      'tasks.triage.rules[0].when.userTiers[0]: no user tier is called "glod"; did you mean "gold"? allowed: free, gold',
    ],
    [
      'bands upside down',
      'default:',
      'score: { cheapestBelow: 90 }\ndefault:',
      'score.cheapestBelow: cheapestBelow must be at most frontierAbove; given cheapestBelow 90, frontierAbove 85',
    ],
    [
      'two budgets of one name',
      'default:',
      'budgets: [{ limitUsd: 1 }, { limitUsd: 2 }]\ndefault:',
      'budgets[1].id: two budgets are called "all-month"',
    ],
    [
      'half a day of traffic',
      'default:',
      'traffic: { hourly: [1, 2] }\ndefault:',
      'traffic.hourly: must have 24 members',
    ],
    [
      'both kinds of key',
      'model: nova',
      'model: nova\n    apiKey: a\n    apiKeySecret: b',
      'p.yaml:16 tiers.large.apiKeySecret: stands beside apiKey',
    ],
    [
      'a header that is none',
      'model: nova',
      'model: nova\n    headers: { "a b": c }',
      'tiers.large.headers["a b"]: is not the name of an HTTP header',
    ],
    ['a repeated key', 'owner: ai-platform', 'owner: a\nowner: b', 'p.yaml:4 owner: this key stands here twice'],
    [
      'a wrong schema number',
      'schema: 1',
      'schema: 2',
      'p.yaml:1 schema: 2 is not one of the allowed values; allowed: 1',
    ],
  ];

  it.each(cases)('%s', (_, from, to, fault) => {
    const faults = faultsOf(changed(from, to));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });
});

describe('the line of a fault', () => {
  const fault = { path: 'tasks.t.oracle[0]', message: 'must be 1' };

  it.each([
    [fault, undefined, 'tasks.t.oracle[0]: must be 1'],
    [{ ...fault, line: 3 }, undefined, 'line 3 tasks.t.oracle[0]: must be 1'],
    [fault, 'p.yaml', 'p.yaml tasks.t.oracle[0]: must be 1'],
    [{ ...fault, line: 3, given: '1' }, 'p.yaml', 'p.yaml:3 tasks.t.oracle[0]: must be 1; given 1'],
    [{ path: '', message: '"a" is odd', given: '"a"', allowed: 'b, c' }, undefined, '"a" is odd; allowed: b, c'],
  ])('%j in %s', (found, file, line) => {
    expect(describeFault(found, file)).toBe(line);
  });
});
