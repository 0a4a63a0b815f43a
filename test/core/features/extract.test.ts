import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIMENSION_TABLE } from '../../../lib/core/features/dimensions/table';
import { compileExtract } from '../../../lib/core/features/extract';
import type { Features, Request } from '../../../lib/core/types';
import { DIMENSIONS, type DimensionName, type Policy, type Task } from '../../../lib/core/types-policy';
import { aBody, aPolicy, aRequest, aTask, aTier } from '../../builders';

function policyOf(task: Partial<Task> = {}, rest: Partial<Policy> = {}): Policy {
  const tiers = [aTier({ id: 'small' }), aTier({ id: 'big' })];
  return aPolicy({ ...rest, tiers, tasks: [aTask({ id: 'any', ladder: ['small', 'big'], ...task })] });
}

const extract = compileExtract(policyOf());

function read(prompt: string, request: Partial<Request> = {}, policy?: Policy): Features {
  const step = policy ? compileExtract(policy) : extract;
  return step(aRequest({ body: aBody({ messages: [{ role: 'user', content: prompt }] }), ...request }));
}

const CLINICAL =
  'A 62-year-old patient on warfarin presents with fever and pneumonia. Which antibiotic is contraindicated, and how must the dose be adjusted in renal impairment?';
const PROOF =
  'Let G be a finite group of order p^2 where p is prime. Prove that G is abelian and derive its subgroups up to isomorphism.';
const LEGAL =
  'Draft an indemnity clause that limits the liability of the lessor for negligence, and say why each breach counts.';
const CHEMISTRY =
  'Which reagent gives the ketone by oxidation, and what is the enthalpy of the reaction at equilibrium?';

describe('the dimensions', () => {
  it('have default weights that sum to 1 and a line of explanation each', () => {
    const rows = DIMENSIONS.map((name) => DIMENSION_TABLE[name]);
    expect(rows.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 10);
    expect(rows.every(({ reads, why }) => reads.length > 10 && why.length > 10)).toBe(true);
  });

  it('stay between 0 and 10, and the score is their weighted mean times ten, for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'grapheme' }), (prompt) => {
        const { dimensions, score } = read(prompt);
        expect(Object.keys(dimensions)).toEqual([...DIMENSIONS]);
        for (const value of Object.values(dimensions)) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(10);
        }
        const mean = DIMENSIONS.reduce((sum, name) => sum + dimensions[name] * DIMENSION_TABLE[name].weight, 0);
        expect(Math.abs(score - 10 * mean)).toBeLessThanOrEqual(0.051);
      }),
    );
  });

  it.each(['Hello!', 'What is the capital of France?', 'Terrorism is in the news.', 'Pack five items for the beach.'])(
    'put the easy prompt %j under a score of 20',
    (prompt) => {
      expect(read(prompt).score).toBeLessThan(20);
    },
  );

  it.each([CLINICAL, PROOF, LEGAL, CHEMISTRY])('never put a hard prompt near nothing: %s', (prompt) => {
    const { score, dimensions } = read(prompt);
    expect(dimensions.domainSpecificity).toBeGreaterThan(6);
    expect(score).toBeGreaterThan(45);
  });

  it('do not let two marker words buy the top tier', () => {
    expect(read('Think step by step and prove that 2 + 2 = 4.').score).toBeLessThan(65);
    expect(read('prove '.repeat(500)).score).toBeLessThan(65);
  });

  it('count whole words only', () => {
    const { dimensions } = read('errors in terrorism, proverbs, contraptions and unlawfully');
    expect(dimensions.reasoningDepth).toBe(0);
    expect(dimensions.domainSpecificity).toBe(0);
  });

  const deeper = aBody({
    messages: [1, 2, 3, 4, 5].map((turn) => ({ role: 'user' as const, content: `Turn ${turn}` })),
  });
  const long = `${'plain '.repeat(3000)}`;
  const tool = { type: 'function', function: { name: 'look_up' } } as const;
  const high = { inputs: 'anything', acceptable: 'anything', consequence: 'high' } as const;
  const cheapTuned = [aTier({ id: 'small', adapters: { any: 'tuned' } }), aTier({ id: 'big' })];
  const steep = [
    aTier({ id: 'small' }),
    aTier({ id: 'big', prices: [{ kind: 'tokens', input: 50, output: 99, uplift: 1 }] }),
  ];
  const cached = aBody({
    messages: [
      { role: 'system', content: long },
      { role: 'user', content: 'Hello' },
    ],
  });
  const users = { userTiers: ['free', 'gold'] };

  it.each<[DimensionName, string, Features, Features]>([
    ['promptLength', 'a longer prompt', read('Hello'), read(long)],
    ['reasoningDepth', 'words of reasoning', read('Say it'), read('Prove it')],
    ['domainSpecificity', 'expert words', read('Say it'), read('Titration of an ester')],
    ['safetySensitivity', 'high consequence', read('Say it'), read('Say it', {}, policyOf({ audit: high }))],
    ['safetySensitivity', 'words of harm', read('Say it'), read('A fatal overdose')],
    ['latencyBudget', 'a looser budget', read('A', { hints: { latencyBudgetMs: 300 } }), read('A')],
    [
      'outputFormat',
      'a response format',
      read('A'),
      read('A', { body: aBody({ response_format: { type: 'json_object' } }) }),
    ],
    [
      'userTier',
      'a higher user tier',
      read('A', { caller: { userTier: 'free' } }, policyOf({}, users)),
      read('A', { caller: { userTier: 'gold' } }, policyOf({}, users)),
    ],
    ['cacheHit', 'a long prefix', read('A'), read('A', { body: cached })],
    [
      'fineTune',
      'no fine-tune',
      compileExtract(aPolicy({ tiers: cheapTuned, tasks: [aTask({ id: 'any', ladder: ['small', 'big'] })] }))(
        aRequest(),
      ),
      read('A'),
    ],
    [
      'costSensitivity',
      'tiers that cost about the same',
      compileExtract(aPolicy({ tiers: steep, tasks: [aTask({ id: 'any', ladder: ['small', 'big'] })] }))(aRequest()),
      read('A'),
    ],
    ['regulatory', 'a regulated task', read('A'), read('A', {}, policyOf({ regulatory: true }))],
    ['regulatory', 'a tight residency', read('A'), read('A', { hints: { residency: 'vpc' } })],
    ['conversationDepth', 'earlier turns', read('A'), read('A', { body: deeper })],
    [
      'hallucinationRisk',
      'no material to answer from',
      read('<context>It is 7.</context> When was it?'),
      read('When was it?'),
    ],
    ['structure', 'conditions and lists', read('Say it'), read('If so:\n- say it\n- unless asked otherwise, do not')],
    ['structure', 'tools', read('A'), read('A', { body: aBody({ tools: [tool, tool] }) })],
    ['outputLength', 'a longer answer', read('Answer in one word'), read('Write an essay on bees')],
  ])('%s rises with %s', (name, _, low, highOne) => {
    expect(highOne.dimensions[name]).toBeGreaterThan(low.dimensions[name]);
  });
});

describe('the score', () => {
  it('follows the weights of the policy, scaled to sum to 1', () => {
    const weights = Object.fromEntries(DIMENSIONS.map((name) => [name, name === 'promptLength' ? 7 : 0]));
    const score = { weights, cheapestBelow: 65, frontierAbove: 85 };
    const features = read('Hello there. '.repeat(100), {}, policyOf({}, { score }));
    expect(features.score).toBeCloseTo(10 * features.dimensions.promptLength, 5);
  });

  it('falls back to the defaults where every weight is 0', () => {
    const weights = Object.fromEntries(DIMENSIONS.map((name) => [name, 0]));
    const score = { weights, cheapestBelow: 65, frontierAbove: 85 };
    expect(read(PROOF, {}, policyOf({}, { score })).score).toBe(read(PROOF).score);
  });
});

describe('what a request may not do', () => {
  const tiers = [aTier({ id: 'small' })];
  const strict = aTask({
    id: 'strict',
    ladder: ['small'],
    residency: 'region',
    maxRetentionDays: 0,
    audit: { inputs: 'a', acceptable: 'b', consequence: 'high' },
  });
  const loose = aTask({ id: 'loose', ladder: ['small'], recognise: { keywords: ['weather'], examples: [] } });
  const step = compileExtract(aPolicy({ tiers, tasks: [strict, loose] }));
  const weather = aBody({ messages: [{ role: 'user', content: 'How is the weather?' }] });

  it('is not loosened by a task that was only recognised', () => {
    expect(step(aRequest({ body: weather }))).toMatchObject({
      task: 'loose',
      taskSource: 'recognised',
      residency: 'region',
      consequence: 'high',
      maxRetentionDays: 0,
    });
  });

  it('is as the task says where the caller names it', () => {
    const features = step(aRequest({ body: weather, hints: { task: 'loose' } }));
    expect(features).toMatchObject({ task: 'loose', residency: 'any', consequence: 'low' });
    expect(features.maxRetentionDays).toBeUndefined();
  });

  it('is read from any body without throwing', () => {
    const message = fc.record({
      role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool'),
      content: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constant(null),
        fc.array(fc.record({ type: fc.constant('text' as const), text: fc.string() })),
      ),
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1 }), (messages) => {
        const features = step(aRequest({ body: aBody({ messages: messages as Request['body']['messages'] }) }));
        expect(features.inputTokens).toBeGreaterThan(0);
        expect(Number.isInteger(features.expectedOutputTokens)).toBe(true);
      }),
    );
  });
});
