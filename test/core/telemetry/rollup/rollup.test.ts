import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addAskedAgain,
  addFeedback,
  addRecord,
  emptyRollup,
  mergeRollup,
  REPORT_DIMENSIONS,
  type Rollup,
} from '../../../../lib/core/telemetry/rollup/rollup';
import { NO_SUMS, SUM_NAMES, type Sums } from '../../../../lib/core/telemetry/rollup/sums';
import type { AttributedAttempt, AttributedConsultation, Attribution, Chosen } from '../../../../lib/core/types';
import type { ControlSample, Feedback } from '../../../../lib/core/types-feedback';
import { DIMENSIONS } from '../../../../lib/core/types-policy';
import { anAttribution } from '../../../lambda/shared/an-attribution';

/** What falls into a rollup: a record, a word on a request, or a question asked again. */
type Entry =
  | { readonly kind: 'record'; readonly record: Attribution }
  | { readonly kind: 'feedback'; readonly feedback: Feedback; readonly replaced?: Feedback }
  | { readonly kind: 'again'; readonly first: Attribution };

/** Amounts that floating point adds without rounding, so that equal means equal. */
const usd = fc.integer({ min: 0, max: 1000 }).map((amount) => amount / 1024);
/** Names of strangers, some of which every object knows. */
const name = fc.constantFrom('acme', 'globex', '__proto__', 'constructor', 'toString', '-');
const tier = fc.constantFrom('small', 'mid', 'frontier');
const bit = fc.constantFrom(0 as const, 1 as const);

/** Who asked and from where, as far as a request says it. */
const asker = fc.record({ customer: name, keyId: name, feature: name, userTier: name }, { requiredKeys: [] });

const attempt: fc.Arbitrary<AttributedAttempt> = fc.record({
  tier,
  model: fc.constantFrom('one', 'two'),
  outcome: fc.constantFrom('answered', 'rejected', 'failed'),
  because: fc.constant('first' as const),
  costUsd: usd,
  startedAtMs: fc.constant(0),
  latencyMs: fc.constant(1),
  location: fc.constantFrom('vpc', 'anywhere'),
});

const consultation: fc.Arbitrary<AttributedConsultation> = fc.record({
  purpose: fc.constantFrom('classifier', 'judge', 'control', 'shadow'),
  tier,
  model: fc.constant('one'),
  outcome: fc.constant('answered' as const),
  costUsd: usd,
  startedAtMs: fc.constant(0),
  latencyMs: fc.constant(1),
  location: fc.constant('vpc'),
  retentionDays: fc.constantFrom(0, 30),
});

const control: fc.Arbitrary<ControlSample> = fc.record({
  served: tier,
  reference: tier,
  servedPass: fc.constantFrom(true, false, null),
  referencePass: fc.constantFrom(true, false, null),
  servedUsd: usd,
  referenceUsd: usd,
});

const record: fc.Arbitrary<Attribution> = fc
  .record({
    asker,
    task: fc.constantFrom('triage', 'constructor'),
    tier: fc.option(tier, { nil: null }),
    model: fc.constantFrom('one', 'two', null),
    attempts: fc.array(attempt, { maxLength: 3 }),
    consultations: fc.array(consultation, { maxLength: 2 }),
    control: fc.option(control, { nil: undefined }),
    upRouted: bit,
    escalated: bit,
    frontierCostUsd: usd,
    latencyMs: fc.integer({ min: 0, max: 5000 }),
    depth: fc.constantFrom(0, 0.3, 4.7, 10),
  })
  .map(({ depth, asker: who, control: sample, ...rest }) => {
    const whole = anAttribution({
      requestId: 'one',
      ...rest,
      costUsd: rest.attempts.reduce((sum, { costUsd }) => sum + costUsd, 0),
      routingCostUsd: rest.consultations.reduce((sum, { costUsd }) => sum + costUsd, 0),
      ...who,
      ...(sample !== undefined && { control: sample }),
    });
    const dimensions = { ...whole.decision.dimensions, reasoningDepth: depth };
    const decision = { ...whole.decision, ladder: ['small', 'mid', 'frontier'], dimensions } as Chosen;
    return { ...whole, decision };
  });

const said = fc.record({ outcome: fc.constantFrom('accepted', 'rejected'), downstreamUsd: usd });

const feedback: fc.Arbitrary<Feedback> = fc
  .record({
    asker,
    said,
    tier: fc.option(tier, { nil: null }),
    // Feedback of former days does not say it.
    model: fc.constantFrom({ model: 'one' }, { model: null }, {}),
    upRouted: bit,
    escalated: bit,
  })
  .map(({ asker: who, said: what, model, ...rest }) => {
    return { requestId: 'one', time: '2026-11-22T10:00:00.000Z', task: 'triage', ...rest, ...who, ...model, ...what };
  });

const entry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 4, arbitrary: record.map((one) => ({ kind: 'record' as const, record: one })) },
  { weight: 1, arbitrary: feedback.map((one) => ({ kind: 'feedback' as const, feedback: one })) },
  {
    weight: 1,
    arbitrary: fc.tuple(feedback, said, fc.boolean()).map(([one, before, isOld]) => ({
      kind: 'feedback' as const,
      feedback: one,
      replaced: isOld ? former({ ...one, ...before }) : { ...one, ...before },
    })),
  },
  { weight: 1, arbitrary: record.map((first) => ({ kind: 'again' as const, first })) },
);

/** As it was kept when feedback did not say all that its request did. */
function former({ feature: _, userTier: __, model: ___, ...rest }: Feedback): Feedback {
  return rest;
}

function recount(entries: readonly Entry[]): Rollup {
  const rollup = emptyRollup();
  for (const one of entries) {
    if (one.kind === 'record') addRecord(rollup, one.record);
    else if (one.kind === 'feedback') addFeedback(rollup, one.feedback, one.replaced);
    else addAskedAgain(rollup, one.first);
  }
  return rollup;
}

function merged(...rollups: readonly Rollup[]): Rollup {
  const sum = emptyRollup();
  for (const rollup of rollups) mergeRollup(sum, rollup);
  return sum;
}

/** Places stand in the order in which they came; nothing else has one. */
function inOrder(rollup: Rollup): unknown {
  const sorted = Object.entries(rollup.places).map(([customer, places]) => [
    customer,
    places.map((place) => JSON.stringify(place, ['tier', 'location', 'retentionDays', 'calls'])).sort(),
  ]);
  return { ...rollup, places: Object.fromEntries(sorted) };
}

describe('a rollup', () => {
  it('is the same however its records are cut into pieces, and in whatever order the pieces are added', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), fc.nat(30), fc.nat(30), (entries, one, two) => {
        const [from, to] = [Math.min(one, two), Math.max(one, two)];
        const [a, b, c] = [entries.slice(0, from), entries.slice(from, to), entries.slice(to)].map(recount) as [
          Rollup,
          Rollup,
          Rollup,
        ];
        const whole = inOrder(recount(entries));
        expect(inOrder(merged(a, b, c))).toEqual(whole);
        expect(inOrder(merged(c, a, b))).toEqual(whole);
        expect(inOrder(merged(a, merged(b, c)))).toEqual(whole);
        expect(inOrder(merged(merged(c, b), a))).toEqual(whole);
        expect(inOrder(recount([...entries].reverse()))).toEqual(whole);
      }),
    );
  });

  it('splits every sum completely, whatever it is split by', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const rollup = recount(entries);
        expect(rollup.total.requests).toBe(entries.filter(({ kind }) => kind === 'record').length);
        expect(rollup.total.askedAgain).toBe(entries.filter(({ kind }) => kind === 'again').length);
        for (const dimension of REPORT_DIMENSIONS) {
          for (const sum of SUM_NAMES) {
            const parts = Object.values(rollup.by[dimension]).reduce((total, sums) => total + sums[sum], 0);
            expect(`${dimension} ${sum} ${parts}`).toBe(`${dimension} ${sum} ${rollup.total[sum]}`);
          }
        }
      }),
    );
  });

  it('keeps the mix by user tier, the dimensions to a tenth, and where prompts went', () => {
    const call = { because: 'first', outcome: 'answered', costUsd: 1, startedAtMs: 0, latencyMs: 1 } as const;
    const rollup = recount([
      {
        kind: 'record',
        record: anAttribution({
          requestId: 'one',
          userTier: 'gold',
          customer: 'acme',
          tier: 'mid',
          attempts: [{ ...call, tier: 'mid', model: 'm', location: 'region', retentionDays: 0 }],
        }),
      },
      { kind: 'record', record: anAttribution({ requestId: 'two', userTier: 'gold', tier: 'mid' }) },
      { kind: 'record', record: anAttribution({ requestId: 'three', tier: null }) },
    ]);
    expect(rollup.tasks.triage?.mix).toEqual({ gold: { mid: 2 } });
    expect(Object.keys(rollup.tasks.triage?.inputs ?? {})).toEqual([...DIMENSIONS]);
    expect(rollup.tasks.triage?.inputs.promptLength).toEqual({ '0.0': 3 });
    expect(rollup.places).toEqual({ acme: [{ tier: 'mid', location: 'region', retentionDays: 0, calls: 1 }] });
  });

  it('takes sums that were written before a member was thought of', () => {
    const old = recount([{ kind: 'record', record: anAttribution({ requestId: 'one' }) }]);
    const { verifiedSavingUsd: _, ...before } = old.total;
    const sum = merged({ ...old, total: before as Sums }, old);
    expect(sum.total.requests).toBe(2);
    expect(sum.total.verifiedSavingUsd).toBe(0);
  });
});

describe('a pair of the control sample', () => {
  const pair = (sample: Partial<ControlSample>, more: Partial<Attribution> = {}): Sums => {
    const whole = anAttribution({ requestId: 'one', costUsd: 3, ...more });
    const decision = { ...whole.decision, ladder: ['small', 'mid', 'frontier'] } as Chosen;
    const sampled: ControlSample = {
      served: 'small',
      reference: 'frontier',
      servedPass: true,
      referencePass: true,
      servedUsd: 2,
      referenceUsd: 10,
      ...sample,
    };
    return recount([{ kind: 'record', record: { ...whole, decision, control: sampled } }]).total;
  };
  const routed = (sums: Sums): readonly number[] => [sums.routesKnown, sums.routesRight];
  const up = { served: 'frontier', reference: 'small' } as const;

  it.each([
    ['the first tier answered well', {}, [1, 1]],
    ['a higher tier had answered better', { servedPass: false }, [1, 0]],
    ['neither answered well', { servedPass: false, referencePass: false }, [0, 0]],
    ['it was sent up, and had to be', { ...up, referencePass: false }, [1, 1]],
    ['it was sent up for nothing', up, [1, 0]],
    ['it was sent up, where only the first tier answers well', { ...up, servedPass: false }, [1, 0]],
    ['it was sent up, and nobody answers well', { ...up, servedPass: false, referencePass: false }, [0, 0]],
  ] as const)('says whether the route was right: %s', (_name, sample, expected) => {
    expect(routed(pair(sample))).toEqual(expected);
  });

  it('is kept in the stratum of the answer that left', () => {
    expect(pair({ referencePass: false })).toMatchObject({
      controlled: 1,
      controlOnlyServedPasses: 1,
      controlledUp: 0,
    });
    expect(pair({ ...up, referencePass: false })).toMatchObject({
      controlled: 1,
      controlledUp: 1,
      controlUpServedPasses: 1,
      controlUpReferencePasses: 0,
      controlUpOnlyServedPasses: 1,
    });
  });

  it('reads a reference that the decision left below as lower', () => {
    const whole = anAttribution({ requestId: 'one' });
    const control = { ...up, servedPass: true, referencePass: true, servedUsd: 2, referenceUsd: 1 };
    const decision = { ...whole.decision, ladder: ['mid', 'frontier'] } as Chosen;
    expect(recount([{ kind: 'record', record: { ...whole, decision, control } }]).total.controlledUp).toBe(1);
  });

  it('saves what the higher answer cost, less all the request spent but the comparison', () => {
    const consulted = (purpose: AttributedConsultation['purpose'], costUsd: number): AttributedConsultation => ({
      purpose,
      tier: 'mid',
      model: 'm',
      outcome: 'answered',
      costUsd,
      startedAtMs: 0,
      latencyMs: 1,
      location: 'vpc',
    });
    const consultations = [consulted('control', 10), consulted('judge', 0.5)];
    expect(pair({}, { consultations }).verifiedSavingUsd).toBe(10 - 3 - 0.5);
    expect(pair({ servedPass: false }).verifiedSavingUsd).toBe(0);
    expect(pair({ ...up, servedUsd: 2 }).verifiedSavingUsd).toBe(2 - 3);
  });

  it('that nothing judges counts nowhere', () => {
    expect(pair({ referencePass: null })).toMatchObject({ controlled: 0, routesKnown: 0, verifiedSavingUsd: 0 });
  });
});

describe('a word of feedback', () => {
  const word = (about: Partial<Feedback>): Feedback => ({
    requestId: 'one',
    time: '2026-11-22T10:00:00.000Z',
    task: 'triage',
    tier: 'small',
    upRouted: 0,
    escalated: 0,
    ...about,
  });
  const told = (feedback_: Feedback, replaced?: Feedback): Sums =>
    recount([{ kind: 'feedback', feedback: feedback_, ...(replaced && { replaced }) }]).total;

  it.each([
    ['good from the first tier', { outcome: 'accepted' }, { told: 1, toldGood: 1, routesKnown: 1, routesRight: 1 }],
    ['bad from the first tier', { outcome: 'rejected' }, { told: 1, toldGood: 0, routesKnown: 1, routesRight: 0 }],
    ['bad after a climb', { outcome: 'rejected', escalated: 1 }, { toldGood: 0, routesKnown: 1, routesRight: 1 }],
    ['good, but sent up by decision', { outcome: 'accepted', upRouted: 1 }, { routesKnown: 0, routesRight: 0 }],
    ['a score of one half', { score: 0.5 }, { told: 1, toldGood: 1 }],
    ['a low score', { score: 0.4, downstreamUsd: 2 }, { told: 1, toldGood: 0, downstreamUsd: 2 }],
  ] as const)('counts: %s', (_name, about, expected) => {
    expect(told(word(about))).toMatchObject(expected);
  });

  it('takes the place of the one before', () => {
    const [first, second] = [word({ outcome: 'rejected', downstreamUsd: 4 }), word({ outcome: 'accepted' })];
    const both = merged(recount([{ kind: 'feedback', feedback: first }]), {
      ...recount([{ kind: 'feedback', feedback: second, replaced: first }]),
    });
    expect(both.total).toEqual({ ...NO_SUMS, told: 1, toldGood: 1, routesKnown: 1, routesRight: 1 });
    expect(both.by.task.triage).toEqual(both.total);
  });

  it('stands wherever its request does, though what it takes the place of was kept without', () => {
    const where = { customer: 'acme', keyId: 'key-1', feature: 'search', userTier: 'gold', model: 'one' };
    const [first, second] = [word({ outcome: 'rejected', downstreamUsd: 4 }), word({ ...where, downstreamUsd: 1 })];
    const { by } = recount([{ kind: 'feedback', feedback: second, replaced: first }]);
    expect(by.feature.search).toMatchObject({ told: 1, downstreamUsd: 1 });
    expect(by['user-tier'].gold).toEqual(by.feature.search);
    expect(by.model.one).toEqual(by.feature.search);
    expect(by.feature['-']).toMatchObject({ told: -1, downstreamUsd: -4 });
    expect(by.tier.small).toMatchObject({ told: 0, downstreamUsd: -3 });
  });
});
