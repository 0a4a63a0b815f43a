import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerMetrics, embeddedMetrics, policyAgeMetric } from '../../../lib/core/telemetry/embedded-metrics';
import { CUSTOMER_SIGNALS, SIGNALS } from '../../../lib/core/telemetry/signals';
import type { AttributedAttempt, Attribution } from '../../../lib/core/types';
import type { Baseline } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';
import { anAttribution } from '../../lambda/shared/an-attribution';

/** Units that CloudWatch knows and that signals may have. */
const UNITS = ['Seconds', 'Milliseconds', 'Count', 'None', 'Percent', 'Bytes'];
const BY_TASK = ['Router', 'Task'];
const BY_TIER = ['Router', 'Task', 'Tier'];

interface Line {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
  };
  [member: string]: unknown;
}

const parsed = (lines: readonly string[]) => lines.map((text) => JSON.parse(text) as Line);

const policyWith = (baseline: Baseline) =>
  aPolicy({ tiers: [aTier({ id: 'small' })], tasks: [aTask({ id: 'triage', ladder: ['small'], baseline })] });

function anAttempt(tier: string, rest: Partial<AttributedAttempt> = {}): AttributedAttempt {
  return {
    tier,
    model: `${tier}-model`,
    outcome: 'answered',
    because: 'first',
    costUsd: 0,
    startedAtMs: 0,
    latencyMs: 1,
    location: 'vpc',
    ...rest,
  };
}

/** Every value as CloudWatch would book it: metric and dimensions, with the sum over all lines. */
function booked(lines: readonly string[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of parsed(lines)) {
    for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      for (const { Name } of Metrics) {
        for (const dimensions of Dimensions) {
          const place = `${Name} ${dimensions.map((dimension) => line[dimension]).join('/')}`;
          sums[place] = (sums[place] ?? 0) + (line[Name] as number);
        }
      }
    }
  }
  return sums;
}

describe('the metrics of a request', () => {
  it('are one line in the format that CloudWatch reads', () => {
    const lines = embeddedMetrics(anAttribution({ requestId: 'req-1' }), 'desk', policyWith({}));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    const [line] = parsed(lines);
    expect(line?._aws.Timestamp).toBe(Date.UTC(2026, 10, 22, 10));
    expect(line?._aws.CloudWatchMetrics.map(({ Namespace, Dimensions }) => [Namespace, Dimensions])).toEqual([
      ['Tierwise', [BY_TASK, BY_TIER]],
      ['Tierwise', [BY_TASK]],
    ]);
    expect(line).toMatchObject({
      Router: 'desk',
      Task: 'triage',
      Tier: 'small',
      requestId: 'req-1',
      model: 'small-model',
      reason: 'start',
      status: 200,
      Requests: 1,
      UpRoutes: 0,
      Escalations: 0,
      CostUsd: 0.000_006,
      FrontierCostUsd: 0.0005,
      Latency: 42.5,
      RouterOverhead: 0.25,
    });
  });

  it('say zero where nothing happened, so that rates have both halves', () => {
    const sums = booked(embeddedMetrics(anAttribution({ requestId: 'req-1' }), 'desk', policyWith({})));
    const zero = Object.keys(sums).filter((place) => sums[place] === 0 && place.endsWith(' desk/triage'));
    expect(zero.map((place) => place.split(' ')[0]).sort()).toEqual(
      [
        'Escalations',
        'Fallbacks',
        'OracleFailures',
        'Refusals',
        'Retries',
        'RoutingCostUsd',
        'SchemaFailures',
        'UpRoutes',
        'UpstreamAttempts',
        'UpstreamAuthFailures',
      ].sort(),
    );
  });

  it('book a request under the tier that answered, and a failure under the tier that failed', () => {
    const attempts = [
      anAttempt('small', { outcome: 'rejected', verdict: { pass: false, oracle: 'json-schema', detail: '' } }),
      anAttempt('mid', { outcome: 'failed', cause: 'auth' }),
      anAttempt('mid', { outcome: 'failed', cause: 'cut' }),
      anAttempt('frontier', { verdict: { pass: true, oracle: 'json-schema', detail: '' } }),
    ];
    const record = anAttribution({
      requestId: 'req-1',
      tier: 'frontier',
      attempts,
      escalated: 1,
      escalations: 1,
      fallbacks: 1,
      retries: 1,
      costUsd: 3,
    });
    const sums = booked(embeddedMetrics(record, 'desk', policyWith({})));

    expect(sums).toMatchObject({
      'Requests desk/triage': 1,
      'Requests desk/triage/frontier': 1,
      'UpstreamAttempts desk/triage': 4,
      'UpstreamAttempts desk/triage/frontier': 4,
      'CostUsd desk/triage': 3,
      'CostUsd desk/triage/frontier': 3,
      'OracleFailures desk/triage': 1,
      'OracleFailures desk/triage/small': 1,
      'SchemaFailures desk/triage': 1,
      'SchemaFailures desk/triage/small': 1,
      'UpstreamAuthFailures desk/triage': 1,
      'UpstreamAuthFailures desk/triage/mid': 1,
    });
    const elsewhere = Object.keys(sums).filter((place) => /(small|mid)$/.test(place));
    expect(elsewhere.sort()).toEqual([
      'OracleFailures desk/triage/small',
      'SchemaFailures desk/triage/small',
      'UpstreamAuthFailures desk/triage/mid',
    ]);
    expect(sums).not.toHaveProperty('OracleFailures desk/triage/frontier');
  });

  it('count a failed check of another kind as no schema failure', () => {
    const verdict = { pass: false, oracle: 'labels', detail: '' };
    const record = anAttribution({ requestId: 'req-1', attempts: [anAttempt('small', { verdict })] });
    expect(booked(embeddedMetrics(record, 'desk'))).toMatchObject({
      'OracleFailures desk/triage': 1,
      'SchemaFailures desk/triage': 0,
    });
  });

  it('book a refusal under its task alone', () => {
    const { ladder: _ladder, tier: _tier, ...common } = anAttribution({ requestId: 'req-1' }).decision;
    const refused = anAttribution({
      requestId: 'req-1',
      tier: null,
      model: null,
      reason: 'refused',
      status: 503,
      error: 'residency_unavailable',
      decision: { ...common, tier: null, ladder: [], refusal: { code: 'residency_unavailable', message: 'none' } },
    });
    const lines = embeddedMetrics(refused, 'desk', policyWith({}));
    const [line] = parsed(lines);
    expect(line?._aws.CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions)).toEqual([BY_TASK, BY_TASK]);
    expect(line).toMatchObject({ Refusals: 1, Requests: 1, error: 'residency_unavailable' });
    expect(line).not.toHaveProperty('Tier');
    expect(line).not.toHaveProperty('model');
  });

  it('carry the baseline of the task where it has one', () => {
    const record = anAttribution({ requestId: 'req-1' });
    const sums = booked(embeddedMetrics(record, 'desk', policyWith({ escalationRate: 0.2, low: 0.15, high: 0.26 })));
    expect(sums).toMatchObject({
      'BaselineEscalationRate desk/triage': 0.2,
      'BaselineEscalationLow desk/triage': 0.15,
      'BaselineEscalationHigh desk/triage': 0.26,
    });
    for (const lines of [embeddedMetrics(record, 'desk'), embeddedMetrics(record, 'desk', policyWith({}))]) {
      expect(Object.keys(booked(lines)).join()).not.toContain('Baseline');
    }
  });

  it('have a time to first content only where there was one', () => {
    const streamed = anAttribution({ requestId: 'req-1', timeToFirstContentMs: 80 });
    expect(parsed(embeddedMetrics(streamed, 'desk'))[0]?.TimeToFirstContent).toBe(80);
    expect(Object.keys(booked(embeddedMetrics(anAttribution({ requestId: 'req-2' }), 'desk'))).join()).not.toContain(
      'TimeToFirstContent',
    );
  });

  it('never hold who asked', () => {
    const record = anAttribution({
      requestId: 'req-1',
      customer: 'acme-secret',
      keyId: 'key-secret',
      session: 'secret',
    });
    expect(embeddedMetrics(record, 'desk').join()).not.toContain('secret');
  });

  const attempts = fc.array(
    fc.record({
      tier: fc.constantFrom('small', 'mid', 'frontier'),
      cause: fc.constantFrom('auth', 'cut', 'empty'),
      pass: fc.boolean(),
      oracle: fc.constantFrom('labels', 'json-schema'),
    }),
    { maxLength: 6 },
  );
  const numbers = fc.double();
  const records: fc.Arbitrary<Attribution> = fc
    .record({
      tier: fc.constantFrom('small', 'mid', 'frontier', null),
      model: fc.string(),
      attempts,
      numbers: fc.record({ latencyMs: numbers, costUsd: numbers, overheadMs: numbers, timeToFirstContentMs: numbers }),
    })
    .map(({ tier, model, attempts: calls, numbers: values }) =>
      anAttribution({
        requestId: 'req-1',
        tier,
        model: tier === null ? null : model,
        attempts: calls.map(({ tier: id, cause, pass, oracle }) =>
          anAttempt(id, { cause, verdict: { pass, oracle, detail: '' } }),
        ),
        ...values,
      }),
    );

  it('are valid for every record: each metric once, with a number, a known unit and its dimensions', () => {
    fc.assert(
      fc.property(records, (record) => {
        for (const line of parsed(embeddedMetrics(record, 'desk', policyWith({ escalationRate: 0.1 })))) {
          const directives = line._aws.CloudWatchMetrics;
          const metrics = directives.flatMap(({ Metrics }) => Metrics);
          expect(metrics.length).toBeLessThanOrEqual(100);
          expect(new Set(metrics.map(({ Name }) => Name)).size).toBe(metrics.length);
          for (const { Name, Unit } of metrics) {
            expect(Number.isFinite(line[Name])).toBe(true);
            expect(UNITS).toContain(Unit);
          }
          for (const dimensions of directives.flatMap(({ Dimensions }) => Dimensions)) {
            expect([BY_TASK, BY_TIER]).toContainEqual(dimensions);
            for (const dimension of dimensions) expect(line[dimension]).toEqual(expect.stringMatching(/./));
          }
        }
      }),
    );
  });

  it('add up: what tiers bear is what the task bears', () => {
    fc.assert(
      fc.property(records, (record) => {
        const sums = booked(embeddedMetrics(record, 'desk'));
        for (const name of ['OracleFailures', 'SchemaFailures', 'UpstreamAuthFailures']) {
          const tiers = ['small', 'mid', 'frontier'].map((tier) => sums[`${name} desk/triage/${tier}`] ?? 0);
          expect(tiers.reduce((sum, value) => sum + value, 0)).toBe(sums[`${name} desk/triage`]);
        }
        const requests = Object.keys(sums).filter((place) => place.startsWith('Requests'));
        expect(requests).toHaveLength(record.tier === null ? 1 : 2);
      }),
    );
  });
});

describe('the metrics of a customer', () => {
  const KEYED = { customer: 'acme', keyId: 'key-1' };

  it('are a line of their own, from which nobody can tell the request', () => {
    const record = anAttribution({ requestId: 'req-1', ...KEYED, session: 'session-1', timeToFirstContentMs: 80 });
    const [line] = parsed([customerMetrics(record, 'desk') ?? '']);
    expect(line).toEqual({
      _aws: {
        Timestamp: Date.UTC(2026, 10, 22, 10),
        CloudWatchMetrics: [
          {
            Namespace: 'Tierwise',
            Dimensions: [['Router', 'Customer']],
            Metrics: CUSTOMER_SIGNALS.map(({ name, unit }) => ({ Name: name, Unit: unit })),
          },
        ],
      },
      Router: 'desk',
      Customer: 'acme',
      Requests: 1,
      Refusals: 0,
      CostUsd: 0.000_006,
      FrontierCostUsd: 0.0005,
      RoutingCostUsd: 0,
      Latency: 42.5,
      TimeToFirstContent: 80,
    });
  });

  it.each([
    ['nobody', {}],
    ['a customer that the caller alone speaks of', { customer: 'acme' }],
    ['a key without a customer', { keyId: 'key-1' }],
    ['a name that CloudWatch keeps for itself', { ...KEYED, customer: ':acme' }],
    ['a name that CloudWatch cannot hold', { ...KEYED, customer: 'äcme' }],
  ])('are none of %s', (_, who) => {
    expect(customerMetrics(anAttribution({ requestId: 'req-1', ...who }), 'desk')).toBeUndefined();
  });

  it('leave out what is no number, and what the request has none of', () => {
    const record = anAttribution({ requestId: 'req-1', ...KEYED, costUsd: Number.NaN });
    const sums = booked([customerMetrics(record, 'desk') ?? '']);
    expect(sums).toHaveProperty(['Requests desk/acme'], 1);
    expect(Object.keys(sums).join()).not.toMatch(/\bCostUsd|TimeToFirstContent/);
  });
});

describe('the age of the policy', () => {
  it('is a metric of the router', () => {
    expect(JSON.parse(policyAgeMetric(12.5, 'desk', 1_763_800_000_000.75))).toEqual({
      _aws: {
        Timestamp: 1_763_800_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Tierwise',
            Dimensions: [['Router']],
            Metrics: [{ Name: 'PolicyAge', Unit: 'Seconds' }],
          },
        ],
      },
      Router: 'desk',
      PolicyAge: 12.5,
    });
  });
});

describe('the signals', () => {
  it('are the ones that dashboards and alarms are built on', () => {
    expect(SIGNALS.map(({ name }) => name).sort()).toEqual(
      [
        'Requests',
        'UpRoutes',
        'Escalations',
        'Fallbacks',
        'Retries',
        'UpstreamAttempts',
        'OracleFailures',
        'SchemaFailures',
        'CostUsd',
        'FrontierCostUsd',
        'RoutingCostUsd',
        'Latency',
        'TimeToFirstContent',
        'RouterOverhead',
        'Refusals',
        'UpstreamAuthFailures',
        'BaselineEscalationRate',
        'BaselineEscalationHigh',
        'BaselineEscalationLow',
        'PolicyAge',
      ].sort(),
    );
  });

  it('all say what they mean, each once', () => {
    for (const { meaning } of SIGNALS) expect(meaning.length).toBeGreaterThan(10);
    expect(new Set(SIGNALS.map(({ meaning }) => meaning)).size).toBe(SIGNALS.length);
  });
});
