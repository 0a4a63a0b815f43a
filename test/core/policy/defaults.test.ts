import { describe, expect, it } from 'vitest';
import { validatePolicy } from '../../../lib/core/policy/validate';
import type { Policy } from '../../../lib/core/types-policy';
import { smallPolicy } from './documents';

type Small = ReturnType<typeof smallPolicy>;

function policyOf(change: (parts: Small) => void = () => {}): Policy {
  const parts = smallPolicy();
  change(parts);
  const result = validatePolicy(parts.root, { variables: {}, unset: 'fault' });
  if (!result.ok) throw new Error(result.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return result.policy;
}

const withRoot = (more: object) => policyOf(({ root }) => Object.assign(root, more));
const taskWith = (more: object) => policyOf(({ triage }) => Object.assign(triage, more)).tasks.triage;
const tierWith = (more: object) => policyOf(({ small }) => Object.assign(small, more)).tiers.small;

describe('what a document leaves out', () => {
  it('has the defaults of a policy', () => {
    const { tiers: _, tasks: __, version, ...rest } = policyOf();
    expect(version).toMatch(/^file-[0-9a-f]{12}$/);
    expect(rest).toEqual({
      id: 'support-desk',
      owner: 'ai-platform',
      frontier: 'large',
      defaultTask: 'triage',
      score: { weights: {}, cheapestBelow: 65, frontierAbove: 85 },
      guards: { contextFraction: 0.8 },
      budgets: [],
      alarms: {
        escalationAbove: 0.15,
        escalationBelow: -0.15,
        minRequests: 50,
        schemaFailureAbove: 0.05,
        netSavingBelow: 0,
        driftAbove: 0.2,
        retryAbove: 1.2,
        baselineDays: 90,
        billAbove: 0.1,
      },
      userTiers: [],
      models: {},
      retryBudget: 3,
      breaker: { failures: 5, windowMs: 30_000, openMs: 30_000 },
      cache: { maxEntries: 1000 },
      shadow: { share: 0, dailyUsd: 1 },
      experiment: { guardrails: {} },
      control: { share: 0.01, dailyUsd: 1 },
      attribution: { retentionDays: 90 },
      hiddenCosts: {},
      graceDays: 7,
      maxBodyBytes: 6_291_456,
    });
  });

  it('has the defaults of a tier', () => {
    expect(policyOf().tiers.small).toEqual({
      id: 'small',
      provider: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:8000/v1',
      model: 'm',
      location: 'vpc',
      contextWindow: 32_768,
      enabled: true,
      capabilities: [],
      prices: [{ kind: 'tokens', input: 0.05, output: 0.1, uplift: 1 }],
      timeouts: { connectMs: 2000, firstTokenMs: 10_000, stallMs: 10_000, totalMs: 120_000 },
      retries: 1,
      headers: {},
      adapters: {},
      continuesPrefix: false,
    });
  });

  it('has the defaults of a task', () => {
    expect(policyOf().tasks.triage).toEqual({
      id: 'triage',
      owner: 'support',
      audit: { inputs: 'one e-mail', acceptable: 'a label', consequence: 'low' },
      route: 'cascade',
      ladder: ['small', 'large'],
      start: 'small',
      strategy: ['rules'],
      rules: [],
      oracle: [{ kind: 'labels', labels: ['billing', 'bug'] }],
      target: { passRate: 0.95, confidence: 0.95 },
      residency: 'any',
      recognise: { keywords: [], examples: [] },
      baseline: {},
      regulatory: false,
      gate: { mode: 'buffer' },
      handOn: 'none',
      stripContext: false,
      session: { sticky: false },
      onSchemaFailures: 'alarm',
      prompts: {},
    });
  });

  it('has the defaults of sections that are there in part', () => {
    expect(
      taskWith({
        cache: {},
        classifier: { tier: 'small' },
        embedding: { tier: 'small', examples: ['hello', { text: 'hi', tier: 'large' }] },
      }),
    ).toMatchObject({
      cache: { ttlSeconds: 3600, anyTemperature: false },
      classifier: { tier: 'small', timeoutMs: 2000, simpleAbove: 0.8, complexBelow: 0.6 },
      embedding: { k: 5, similarity: 0.85, examples: [{ text: 'hello' }, { text: 'hi', tier: 'large' }] },
    });
    expect(tierWith({ timeouts: { stallMs: 1 }, queue: {} })).toMatchObject({
      timeouts: { connectMs: 2000, stallMs: 1 },
      queue: { metrics: '/metrics' },
    });
    expect(policyOf(({ large }) => Object.assign(large, { guardrail: { id: 'g' } })).tiers.large?.guardrail).toEqual({
      id: 'g',
      version: 'DRAFT',
      trace: false,
    });
  });
});

describe('a target', () => {
  it.each([
    ['low', 0.95],
    ['medium', 0.97],
    ['high', 0.99],
  ])('of consequence %s is a pass rate of %d', (consequence, passRate) => {
    const audit = { inputs: 'i', acceptable: 'a', consequence };
    expect(taskWith({ audit })?.target).toEqual({ passRate, confidence: 0.95 });
    expect(taskWith({ audit, target: { confidence: 0.9 } })?.target).toEqual({ passRate, confidence: 0.9 });
    expect(taskWith({ audit, target: { passRate: 0.8 } })?.target.passRate).toBe(0.8);
  });
});

describe('the score', () => {
  it.each([
    [{}, 65, 85],
    [{ preset: 'three-band' }, 41, 70],
    [{ preset: 'three-band', frontierAbove: 80 }, 41, 80],
    [{ cheapestBelow: 10 }, 10, 85],
  ])('of %j has the bands %d and %d', (score, cheapestBelow, frontierAbove) => {
    expect(withRoot({ score }).score).toEqual({ weights: {}, cheapestBelow, frontierAbove });
  });

  it('has weights for dimensions and for nothing else', () => {
    expect(withRoot({ score: { weights: { promptLength: 2 } } }).score.weights).toEqual({ promptLength: 2 });
    expect(() => withRoot({ score: { weights: { promptlength: 2 } } })).toThrow('did you mean "promptLength"?');
  });
});

describe('a budget', () => {
  it('is called after its scope and period', () => {
    const budgets = [{ limitUsd: 1 }, { limitUsd: 2, scope: 'customer', period: 'day', onExhausted: 'downgrade' }];
    expect(withRoot({ budgets }).budgets).toEqual([
      { id: 'all-month', scope: 'all', limitUsd: 1, period: 'month', onExhausted: 'refuse', reserve: 'expected' },
      {
        id: 'customer-day',
        scope: 'customer',
        limitUsd: 2,
        period: 'day',
        onExhausted: 'downgrade',
        reserve: 'expected',
      },
    ]);
  });
});

describe('prices', () => {
  it('are ascending, the undated first', () => {
    const price = ['2026-06-01', undefined, '2025-01-01'].map((date, index) => ({
      ...(date === undefined ? {} : { effectiveFrom: date }),
      input: index,
      output: index,
    }));
    expect(tierWith({ price })?.prices.map(({ effectiveFrom }) => effectiveFrom)).toEqual([
      undefined,
      '2025-01-01',
      '2026-06-01',
    ]);
  });

  it('by the hour and by long prompts are kept as they are', () => {
    const price = [{ hourly: 4, tokensPerSecond: 1000, uplift: 1.1 }];
    expect(tierWith({ price })?.prices).toEqual([{ kind: 'gpu', ...price[0] }]);
    const long = { input: 1, output: 2, longPrompt: { above: 200_000, input: 2, output: 3 } };
    expect(tierWith({ price: long })?.prices).toEqual([{ kind: 'tokens', uplift: 1, ...long }]);
  });
});

describe('the frontier', () => {
  // 36 USD an hour at 1000 tokens a second is 10 USD per million tokens.
  it.each([
    [{ input: 9, output: 3 }, 'large'],
    [{ input: 0, output: 5 }, 'small'],
    [{ input: 0, output: 4 }, 'small'],
    [{ input: 0, output: 3.9, uplift: 1.1 }, 'small'],
    [{ hourly: 36, tokensPerSecond: 1000 }, 'small'],
    [{ hourly: 3.6, tokensPerSecond: 1000 }, 'large'],
    [
      [
        { input: 0, output: 3 },
        { effectiveFrom: '2026-01-01', input: 0, output: 9 },
      ],
      'large',
    ],
  ])('beside an output price of 4, with %j, is %s', (price, frontier) => {
    expect(policyOf(({ small }) => Object.assign(small, { price })).frontier).toBe(frontier);
  });
});

describe('retention and certificates', () => {
  it('none is 0 days, an absent one is unknown', () => {
    expect(tierWith({ retention: 'none' })?.retentionDays).toBe(0);
    expect(tierWith({ retention: 30 })?.retentionDays).toBe(30);
    expect(tierWith({})).not.toHaveProperty('retentionDays');
    expect(taskWith({ maxRetention: 30 })?.maxRetentionDays).toBe(30);
  });

  it('an empty certificate is none, half a one is a fault', () => {
    expect(taskWith({ certificate: {} })).not.toHaveProperty('certificate');
    const certificate = {
      tier: 'small',
      risk: 0.05,
      confidence: 0.95,
      oracle: 'h',
      models: { small: 'm' },
      prompts: 'h',
    };
    expect(taskWith({ certificate })?.certificate).toEqual(certificate);
    expect(() => taskWith({ certificate: { tier: 'small' } })).toThrow('tasks.triage.certificate.risk: is required');
  });
});

describe('the version', () => {
  it('is of the content, not of the order of reading', () => {
    expect(policyOf().version).toBe(policyOf().version);
    expect(withRoot({ graceDays: 8 }).version).not.toBe(policyOf().version);
  });
});
