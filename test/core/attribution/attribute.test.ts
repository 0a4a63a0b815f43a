import { describe, expect, it } from 'vitest';
import { attribute, type Outcome } from '../../../lib/core/attribution/attribute';
import type { Attempt, Chosen, Features, Refused, Request, Trail, Usage } from '../../../lib/core/types';
import { DIMENSIONS, type DimensionName } from '../../../lib/core/types-policy';
import { aPolicy, aRequest, aTask, aTier } from '../../builders';

const NO_DIMENSIONS = Object.fromEntries(DIMENSIONS.map((name) => [name, 0])) as Record<DimensionName, number>;
const AT = Date.UTC(2026, 10, 22, 10, 30);

const policy = aPolicy({
  tiers: [
    aTier({ id: 'small', location: 'vpc', retentionDays: 0 }),
    aTier({ id: 'mid', location: 'region' }),
    aTier({
      id: 'frontier',
      location: 'anywhere',
      retentionDays: 30,
      prices: [{ kind: 'tokens', input: 4, output: 20, cacheRead: 0.4, uplift: 1 }],
    }),
  ],
  tasks: [aTask({ id: 'triage', ladder: ['small', 'mid', 'frontier'] })],
});

const features: Features = {
  task: 'triage',
  taskSource: 'hint',
  inputTokens: 100,
  expectedOutputTokens: 5,
  reservedOutputTokens: 5,
  dimensions: NO_DIMENSIONS,
  score: 12,
  residency: 'any',
  consequence: 'low',
  text: 'My card was charged twice.',
};

function usageOf(inputTokens: number, outputTokens: number, rest: Partial<Usage> = {}): Usage {
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    reasoningTokens: 0,
    estimated: false,
    ...rest,
  };
}

function chosen(rest: Partial<Chosen> = {}): Chosen {
  return {
    task: 'triage',
    route: 'cascade',
    tier: 'small',
    reason: 'start',
    score: 12,
    dimensions: NO_DIMENSIONS,
    pass: {},
    ladder: ['small', 'mid', 'frontier'],
    excluded: [],
    expected: { inputTokens: 100, outputTokens: 5, costUsd: 0.000_11 },
    policy: 'v7',
    upRouted: false,
    ...rest,
  };
}

function anAttempt(tier: string, rest: Partial<Attempt> = {}): Attempt {
  return {
    tier,
    model: `${tier}-model`,
    outcome: 'answered',
    because: 'first',
    usage: usageOf(100, 5),
    costUsd: 0.000_11,
    startedAtMs: AT,
    latencyMs: 20,
    ...rest,
  };
}

function aTrail(attempts: readonly Attempt[], rest: Partial<Trail> = {}): Trail {
  const last = attempts.at(-1);
  return {
    attempts,
    consultations: [],
    tier: last?.tier ?? null,
    model: last?.model ?? null,
    reason: 'start',
    escalations: 0,
    fallbacks: 0,
    retries: 0,
    ...rest,
  };
}

const done: Outcome = { status: 200, abandoned: false, latencyMs: 20.5, atMs: AT };
const rejected = { outcome: 'rejected', verdict: { pass: false, oracle: 'labels', detail: 'no label' } } as const;

interface Case {
  request?: Partial<Request>;
  features?: Partial<Features>;
  decision?: Chosen | Refused;
  trail?: Trail;
  outcome?: Partial<Outcome>;
}

const record = ({
  request,
  features: found,
  decision = chosen(),
  trail = aTrail([anAttempt('small')]),
  outcome,
}: Case) => attribute(aRequest(request), { ...features, ...found }, decision, trail, { ...done, ...outcome }, policy);

describe('the record of a request', () => {
  it('tells who asked for what, what was decided and what it cost', () => {
    const decision = chosen();
    const whole = record({
      request: {
        id: 'req-1',
        clientRequestId: 'theirs',
        caller: { customer: 'acme', keyId: 'key-1' },
        hints: { session: 'session-1' },
        stream: true,
      },
      features: { feature: 'checkout', userTier: 'gold' },
      decision,
      outcome: { timeToFirstContentMs: 12 },
    });
    expect(whole).toEqual({
      schema: 1,
      requestId: 'req-1',
      clientRequestId: 'theirs',
      time: '2026-11-22T10:30:00.000Z',
      customer: 'acme',
      keyId: 'key-1',
      task: 'triage',
      feature: 'checkout',
      userTier: 'gold',
      session: 'session-1',
      policy: 'v7',
      decision,
      attempts: [{ ...anAttempt('small'), location: 'vpc', retentionDays: 0 }],
      consultations: [],
      tier: 'small',
      model: 'small-model',
      reason: 'start',
      status: 200,
      stream: true,
      abandoned: false,
      usage: usageOf(100, 5),
      costUsd: 0.000_11,
      frontierCostUsd: 0.0005,
      routingCostUsd: 0,
      latencyMs: 20.5,
      timeToFirstContentMs: 12,
      overheadMs: 0.5,
      upRouted: 0,
      escalated: 0,
      escalations: 0,
      fallbacks: 0,
      retries: 0,
    });
  });

  it('never holds the prompt', () => {
    expect(JSON.stringify(record({}))).not.toContain('charged twice');
  });

  it('leaves out what there is not, so that it comes back from JSON as it went in', () => {
    const bare = record({});
    expect(JSON.parse(JSON.stringify(bare))).toEqual(bare);
    expect(Object.values(bare)).not.toContain(undefined);
  });

  it('books every attempt, and counts the tokens of the one that answered', () => {
    const { usage, costUsd, frontierCostUsd, attempts, verdict } = record({
      trail: aTrail([
        anAttempt('small', { ...rejected, costUsd: 0.25 }),
        anAttempt('mid', { outcome: 'failed', cause: 'cut', because: 'escalation', costUsd: 0.5 }),
        anAttempt('frontier', { because: 'fallback', usage: usageOf(80, 10, { cacheReadTokens: 20 }), costUsd: 1 }),
      ]),
    });
    expect(usage).toEqual(usageOf(80, 10, { cacheReadTokens: 20 }));
    expect(costUsd).toBe(1.75);
    expect(frontierCostUsd).toBeCloseTo(0.0006, 15);
    expect(attempts.map(({ location, retentionDays }) => [location, retentionDays])).toEqual([
      ['vpc', 0],
      ['region', undefined],
      ['anywhere', 30],
    ]);
    expect(verdict).toEqual(rejected.verdict);
  });

  it('counts the tokens of a draft that left though no check passed it', () => {
    const { usage, verdict } = record({
      trail: aTrail(
        [
          anAttempt('small', { ...rejected, usage: usageOf(1, 1) }),
          anAttempt('mid', { ...rejected, usage: usageOf(2, 2) }),
          anAttempt('frontier', { outcome: 'failed', usage: usageOf(3, 3) }),
        ],
        { tier: 'mid', model: 'mid-model', reason: 'oracle-unmet', escalations: 2 },
      ),
    });
    expect(usage).toEqual(usageOf(2, 2));
    expect(verdict?.pass).toBe(false);
  });

  it('counts what had left of a stream that was cut', () => {
    const { usage, error, abandoned } = record({
      trail: aTrail([anAttempt('small', { outcome: 'failed', cause: 'cut', usage: usageOf(100, 3) })]),
      outcome: { error: 'upstream_error' },
    });
    expect(usage).toEqual(usageOf(100, 3));
    expect([error, abandoned]).toEqual(['upstream_error', false]);
  });

  it('counts what had left of a stream that was cut, and was asked for again in vain', () => {
    const cut = anAttempt('small', { outcome: 'failed', cause: 'cut', usage: usageOf(100, 3), timeToFirstTokenMs: 8 });
    const silent = anAttempt('small', {
      outcome: 'failed',
      cause: 'first-token-timeout',
      because: 'retry',
      usage: usageOf(100, 0, { estimated: true }),
    });
    expect(record({ trail: aTrail([cut, silent]) }).usage).toEqual(usageOf(100, 3));
  });

  it('has cost but no usage where no answer left', () => {
    const { usage, costUsd, frontierCostUsd, tier } = record({
      trail: aTrail([anAttempt('small', { ...rejected, costUsd: 0.25 })], { tier: null, model: null }),
      outcome: { status: 502, error: 'answer_rejected' },
    });
    expect(usage).toEqual(usageOf(0, 0));
    expect([costUsd, frontierCostUsd, tier]).toEqual([0.25, 0, null]);
  });

  it('takes the time outside attempts for the router itself, and never less than none', () => {
    const trail = aTrail([anAttempt('small', { latencyMs: 10.25 }), anAttempt('small', { latencyMs: 5 })]);
    expect(record({ trail, outcome: { latencyMs: 16 } }).overheadMs).toBe(0.75);
    expect(record({ trail, outcome: { latencyMs: 15.250_000_1 } }).overheadMs).toBe(0);
    expect(record({ trail, outcome: { latencyMs: 15 } }).overheadMs).toBe(0);
  });

  it('takes a control sample, which is asked once the answer has left, for no time of the answer', () => {
    const asked = {
      tier: 'frontier',
      model: 'frontier-model',
      outcome: 'answered',
      costUsd: 0.01,
      latencyMs: 12,
    } as const;
    const consultations = [
      { ...asked, purpose: 'judge', startedAtMs: 15 },
      { ...asked, purpose: 'control', startedAtMs: 28 },
    ] as const;
    const trail = aTrail([anAttempt('small', { latencyMs: 15 })], { consultations });
    expect(record({ trail, outcome: { latencyMs: 27.5 } }).overheadMs).toBe(0.5);
  });

  it('tells of a refusal that nobody was called', () => {
    const { ladder: _ladder, tier: _tier, upRouted: _upRouted, ...common } = chosen({ reason: 'refused' });
    const refusal = { code: 'residency_unavailable', message: 'no tier inside' } as const;
    const refused: Refused = { ...common, tier: null, ladder: [], refusal };
    const trail = aTrail([], { reason: 'refused' });
    expect(record({ decision: refused, trail, outcome: { status: 503, error: refusal.code } })).toMatchObject({
      tier: null,
      reason: 'refused',
      attempts: [],
      costUsd: 0,
      upRouted: 0,
      escalated: 0,
      error: 'residency_unavailable',
    });
  });
});

describe('a request above the first tier', () => {
  const climbed = aTrail([anAttempt('small', rejected), anAttempt('mid', { because: 'escalation' })], {
    escalations: 1,
    reason: 'escalated',
  });
  const higher = chosen({ tier: 'mid', ladder: ['mid', 'frontier'] });

  it.each<[string, Case, [0 | 1, 0 | 1]]>([
    ['that began and ended at the first', {}, [0, 0]],
    ['that the decision sent up', { decision: { ...higher, upRouted: true } }, [1, 0]],
    ['that climbed from the first', { trail: climbed }, [0, 1]],
    ['that was sent up and then climbed', { decision: { ...higher, upRouted: true }, trail: climbed }, [1, 0]],
    ['that began higher since the first was excluded', { decision: higher }, [0, 0]],
    ['that climbed from there', { decision: higher, trail: climbed }, [0, 0]],
    ['that moved for a failure', { trail: aTrail([anAttempt('mid')], { fallbacks: 1, reason: 'fallback' }) }, [0, 0]],
    ['that moved for a failure and then climbed', { trail: { ...climbed, fallbacks: 1 } }, [0, 1]],
    ['that was pinned', { decision: chosen({ reason: 'pinned', placed: 'pin' }), trail: climbed }, [0, 0]],
    [
      'that was begun there by a person',
      { decision: chosen({ reason: 'override', placed: 'override' }), trail: climbed },
      [0, 0],
    ],
    [
      'that a guard moved on from where a person would have it',
      { decision: chosen({ reason: 'guarded', placed: 'override' }), trail: climbed },
      [0, 0],
    ],
    ['that climbed in vain and handed out the first draft', { trail: { ...climbed, tier: 'small' } }, [0, 0]],
    [
      'that was to climb where no higher tier was asked',
      { trail: aTrail([anAttempt('small', rejected)], { escalations: 1, tier: null, model: null }) },
      [0, 0],
    ],
    ['that climbed and then got no answer', { trail: { ...climbed, tier: null, model: null } }, [0, 1]],
  ])('%s counts once, at most', (_, given, expected) => {
    const { upRouted, escalated } = record(given);
    expect([upRouted, escalated]).toEqual(expected);
  });
});
