import { describe, expect, it } from 'vitest';
import { ResidencyEvidenceCollector } from '../../../../lib/core/analysis/report/residency-evidence';
import { emptyRollup, type Place } from '../../../../lib/core/telemetry/rollup/rollup';
import { aPolicy, aTask, aTier } from '../../../builders';

const VPC = { tier: 'small', location: 'vpc', retentionDays: 0, calls: 90 };
const GEOGRAPHY = { tier: 'mid', location: 'geography', retentionDays: 0, calls: 7 };
const ANYWHERE = { tier: 'frontier', location: 'anywhere', retentionDays: 30, calls: 3 };

const tiers = [
  aTier({ id: 'small', retentionDays: 0 }),
  aTier({ id: 'mid', location: 'geography', geography: 'eu', retentionDays: 0 }),
  aTier({ id: 'frontier', location: 'anywhere', retentionDays: 30 }),
];

function policyOf(...residencies: readonly ('any' | 'geography' | 'vpc')[]) {
  const tasks = residencies.map((residency) => aTask({ id: residency, ladder: ['small'], residency }));
  return aPolicy({ tiers, tasks, geography: 'eu', id: 'desk', version: '3' });
}

function collected(days: Readonly<Record<string, readonly Place[]>>, customer = 'acme') {
  const collector = new ResidencyEvidenceCollector(customer);
  for (const [from, places] of Object.entries(days)) {
    collector.add(from, { places: { ...emptyRollup().places, acme: [...places] } });
  }
  return collector;
}

describe('residency evidence', () => {
  it('adds up the calls to each place, with the first day and the last, in whatever order it comes', () => {
    const days = { '2026-11-20': [VPC, ANYWHERE], '2026-11-18T07:15': [VPC], '2026-11-22T07': [VPC] };
    const { places, calls } = collected(days).evidence(policyOf('any'));
    expect(calls).toBe(273);
    expect(places).toMatchObject([
      { tier: 'small', location: 'vpc', retentionDays: 0, calls: 270, firstDay: '2026-11-18', lastDay: '2026-11-22' },
      {
        tier: 'frontier',
        location: 'anywhere',
        retentionDays: 30,
        calls: 3,
        firstDay: '2026-11-20',
        lastDay: '2026-11-20',
      },
    ]);
  });

  it('keeps apart what one tier said of itself at different times', () => {
    const { retentionDays: _, ...silent } = ANYWHERE;
    const { places } = collected({ '2026-11-20': [ANYWHERE, silent] }).evidence(policyOf('any'));
    expect(places.map(({ retentionDays }) => retentionDays)).toEqual([30, null]);
  });

  it('says that every task of the policy allows all places', () => {
    const evidence = collected({ '2026-11-20': [VPC, GEOGRAPHY] }).evidence(policyOf('any', 'geography'));
    expect(evidence.places.map(({ verdict }) => verdict)).toEqual(['allowed', 'allowed']);
    expect(evidence).toMatchObject({
      outsideCalls: 0,
      policy: { id: 'desk', version: '3' },
      tasks: [
        { task: 'any', residency: 'any', maxRetentionDays: null },
        { task: 'geography', residency: 'geography', maxRetentionDays: null },
      ],
      statement: 'All 97 calls went where every task of policy desk, version 3 allows.',
    });
  });

  it('says which tasks allow a place where not all do', () => {
    const evidence = collected({ '2026-11-20': [VPC, ANYWHERE] }).evidence(policyOf('any', 'vpc'));
    expect(evidence.places).toMatchObject([
      { tier: 'frontier', verdict: 'some-tasks', allowedBy: ['any'], notAllowedBy: ['vpc'] },
      { tier: 'small', verdict: 'allowed', notAllowedBy: [] },
    ]);
    expect(evidence.outsideCalls).toBe(0);
    expect(evidence.statement).toMatch(
      /^No call went where no task .* allows it; 3 of 93 went where only some tasks do/,
    );
  });

  it.each([
    ['a place farther away than any task allows', [ANYWHERE], policyOf('vpc', 'geography')],
    ['a host that keeps prompts longer', [ANYWHERE], limited(7)],
    [
      'a host that did not say how long it keeps prompts',
      [{ tier: 'frontier', location: 'anywhere', calls: 3 }],
      limited(30),
    ],
    ['a geography of a tier that is gone', [{ ...GEOGRAPHY, tier: 'gone', calls: 3 }], policyOf('geography')],
    ['a location in no policy', [{ ...VPC, location: 'moon', calls: 3 }], policyOf('any')],
  ])('says that %s lies outside', (_name, places, policy) => {
    const evidence = collected({ '2026-11-20': [VPC, ...places] }).evidence(policy);
    expect(evidence.places.map(({ verdict }) => verdict)).toEqual(['outside', 'allowed']);
    expect(evidence.outsideCalls).toBe(3);
    expect(evidence.statement).toMatch(/^3 of 93 calls went where no task of policy desk, version 3 allows/);
  });

  it('holds nothing against a policy that is not there', () => {
    const evidence = collected({ '2026-11-20': [VPC] }).evidence(undefined);
    expect(evidence).toMatchObject({ policy: null, outsideCalls: null, places: [{ verdict: null, geography: null }] });
    expect(evidence.statement).toMatch(/^No policy is in force/);
  });

  it.each(['other', 'constructor', '__proto__'])('has nothing of %s, who sent no prompt', (customer) => {
    const evidence = collected({ '2026-11-20': [VPC] }, customer).evidence(policyOf('any'));
    expect(evidence).toMatchObject({ customer, calls: 0, places: [], outsideCalls: 0 });
    expect(evidence.statement).toBe(`No prompt of ${customer} went anywhere in this period.`);
  });
});

function limited(maxRetentionDays: number) {
  const tasks = [aTask({ id: 'brief', ladder: ['small'], maxRetentionDays })];
  return aPolicy({ tiers, tasks, id: 'desk', version: '3' });
}
