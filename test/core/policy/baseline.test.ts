import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { productionBaseline } from '../../../lib/core/analysis/production-baseline';
import { AnswerTable } from '../../../lib/core/analysis/profile/answer-table';
import { taskBaseline } from '../../../lib/core/analysis/profile/task-baseline';
import { roundBaseline } from '../../../lib/core/policy/round-baseline';
import { validatePolicy } from '../../../lib/core/policy/validate';
import { addRecord, emptyRollup } from '../../../lib/core/telemetry/rollup/rollup';
import { DIMENSIONS, type DimensionName } from '../../../lib/core/types-policy';
import { aTask } from '../../builders';
import { anAttribution } from '../../lambda/shared/an-attribution';
import { anAnswer, someRows } from '../analysis/profile/worlds';
import { smallPolicy } from './documents';

/** What is said of a task with this baseline, each with where in the baseline it stands. */
function found(baseline: object): { faults: string[]; warnings: string[] } {
  const { root, triage } = smallPolicy();
  triage.baseline = baseline;
  const result = validatePolicy(root, { variables: {}, unset: 'fault' });
  const told = (list: readonly { path: string; message: string; given?: string }[]) =>
    list.map(({ path, message, given }) =>
      [path.replace(/^tasks\.triage\.baseline\.?/, ''), message, ...(given === undefined ? [] : [given])].join(' | '),
    );
  return { faults: result.ok ? [] : told(result.faults), warnings: told(result.warnings) };
}

function valueInAll(value: number): Record<DimensionName, number> {
  return Object.fromEntries(DIMENSIONS.map((name) => [name, value])) as Record<DimensionName, number>;
}

const MEASURED = { escalationRate: 0.1, low: 0.08, high: 0.12, n: 1000 };

/** The bounds of the policy that such a document makes. */
function boundsOf(baseline: object): unknown {
  const { root, triage } = smallPolicy();
  triage.baseline = baseline;
  const result = validatePolicy(root, { variables: {}, unset: 'fault' });
  const { low, high } = (result.ok && result.policy.tasks.triage?.baseline) || {};
  return [low, high];
}

describe('the bounds of a baseline', () => {
  it.each<[string, object, unknown]>([
    // Clopper-Pearson at 95 %, one-sided: 59 without a failure show less than 5 %.
    [
      'are exact where only the number of requests is given',
      { escalationRate: 0, n: 59 },
      [0, expect.closeTo(0.0495, 4)],
    ],
    [
      'are rounded to a whole request',
      { escalationRate: 0.2, n: 9999 },
      [expect.closeTo(0.1935, 4), expect.closeTo(0.2067, 4)],
    ],
    ['are the given ones where there are some', MEASURED, [0.08, 0.12]],
    ['are completed where one is given', { escalationRate: 0, high: 0.1, n: 59 }, [0, 0.1]],
    ['are none of no requests', { escalationRate: 0, n: 0 }, [undefined, undefined]],
    ['are none without a number', { escalationRate: 0.1 }, [undefined, undefined]],
    ['are none without a rate', { n: 1000 }, [undefined, undefined]],
  ])('%s', (_, baseline, bounds) => {
    expect(boundsOf(baseline)).toEqual(bounds);
  });
});

describe('a baseline that production can be held to', () => {
  it.each<[string, object]>([
    ['none yet', {}],
    ['one with its bounds', MEASURED],
    ['one whose bounds follow from its number', { escalationRate: 0.1, n: 1000 }],
    ['one of nothing', { escalationRate: 0, low: 0, high: 0.003, n: 1000 }],
    ['one of everything', { escalationRate: 1, low: 0.997, high: 1, n: 1000 }],
    ['parts that people have rounded', { ...MEASURED, upRouteRate: 0.034, climbRate: 0.067 }],
    ['shares that people have rounded', { inputs: { structure: { edges: [1, 4], shares: [0.33, 0.33, 0.33] } } }],
    ['edges of which two are one after rounding', { inputs: { structure: { edges: [1, 1], shares: [0.5, 0, 0.5] } } }],
    ['no edges at all', { inputs: { structure: { edges: [], shares: [1] } } }],
    ['a mix', { mix: { small: 0.9, large: 0.1 } }],
    ['a mix that nobody was served by', { mix: { small: 0, large: 0 } }],
    ['a day', { profiledAt: '2026-11-22' }],
    ['a moment', { profiledAt: '2026-11-22T08:15:00.000Z' }],
    ['a moment elsewhere', { profiledAt: '2026-11-22T08:15+02:00' }],
  ])('%s is nothing to speak of', (_, baseline) => {
    expect(found(baseline)).toEqual({ faults: [], warnings: [] });
  });

  it.each<[string, object, string[]]>([
    [
      'without bounds, and without a number from which they would follow',
      { escalationRate: 0.1 },
      [
        'low | is not given: without it no fall of the escalation rate counts as drift',
        'high | is not given: without it no rise of the escalation rate counts as drift',
      ],
    ],
    [
      'with one bound',
      { escalationRate: 0.1, low: 0.05 },
      ['high | is not given: without it no rise of the escalation rate counts as drift'],
    ],
    [
      'without a rate',
      { low: 0.05, high: 0.2, n: 1000 },
      ['escalationRate | is not given: without it nothing is held to low, high'],
    ],
    [
      'with parts of a rate alone',
      { upRouteRate: 0.05, climbRate: 0.1 },
      ['escalationRate | is not given: without it nothing is held to upRouteRate, climbRate'],
    ],
    [
      'with part of a mix',
      { mix: { small: 0.4, large: 0.1 } },
      ['mix | its shares should come to 1: the served mix is held against them | 0.5'],
    ],
  ])('%s it is not, and that is said', (_, baseline, warnings) => {
    expect(found(baseline)).toEqual({ faults: [], warnings });
  });
});

describe('a baseline that cannot be', () => {
  it.each<[string, object, string[]]>([
    [
      'a rate above its bounds',
      { escalationRate: 0.5, low: 0.1, high: 0.2 },
      ['escalationRate | must lie between low and high | 0.5, low 0.1, high 0.2'],
    ],
    [
      'a rate below its only bound',
      { escalationRate: 0.1, low: 0.2 },
      ['escalationRate | must lie between low and high | 0.1, low 0.2'],
    ],
    ['bounds upside down', { low: 0.2, high: 0.1 }, ['low | must be at most high | 0.2 above 0.1']],
    [
      'bounds upside down about a rate, said once',
      { escalationRate: 0.15, low: 0.2, high: 0.1 },
      ['low | must be at most high | 0.2 above 0.1'],
    ],
    [
      'parts that are not the whole',
      { ...MEASURED, escalationRate: 0.5, low: 0.4, high: 0.6, upRouteRate: 0.9, climbRate: 0.9 },
      ['escalationRate | must be upRouteRate and climbRate together | 0.5, upRouteRate 0.9, climbRate 0.9'],
    ],
    [
      'a part above the whole',
      { ...MEASURED, climbRate: 0.2 },
      ['escalationRate | must be upRouteRate and climbRate together | 0.1, climbRate 0.2'],
    ],
    [
      'inputs of which nothing is right',
      { inputs: { promptLenght: { edges: [3, 1], shares: [0.5] } } },
      [
        'inputs.promptLenght | no dimension is called "promptLenght"; did you mean "promptLength"?',
        'inputs.promptLenght.edges | must ascend',
        'inputs.promptLenght.shares | must be one more than the edges | 1 for 2 edges',
        'inputs.promptLenght.shares | must come to 1 | 0.5',
      ],
    ],
    ['a day that is none', { profiledAt: 'yesterday' }, ['profiledAt | is not a moment | "yesterday"']],
    ['a day that no calendar has', { profiledAt: '2026-02-30' }, ['profiledAt | is not a moment | "2026-02-30"']],
    [
      'an hour that no day has',
      { profiledAt: '2026-02-03T25:00Z' },
      ['profiledAt | is not a moment | "2026-02-03T25:00Z"'],
    ],
    ['a number of days', { profiledAt: '12' }, ['profiledAt | is not a moment | "12"']],
  ])('%s is refused', (_, baseline, faults) => {
    expect(found(baseline).faults).toEqual(faults);
  });

  it('is told of its shape where that is wrong, and of no more', () => {
    const inputs = { structure: { edges: ['low'], shares: 1 } };
    expect(found({ escalationRate: 'some', low: 0.1, high: 0.2, inputs, profiledAt: 5 }).faults).toEqual([
      'escalationRate | must be a number | "some"',
      'profiledAt | must be a text | 5',
      'inputs.structure.edges[0] | must be a number | "low"',
      'inputs.structure.shares | must be a list | 1',
    ]);
  });
});

describe('a baseline that profiling has written', () => {
  const TASK = { ladder: ['small', 'large'], route: 'cascade' as const, start: 'small' };
  const LADDERS = fc.constantFrom('small', 'large');

  it('passes without a word, whatever was measured, weighted and grouped', () => {
    const row = fc.record({
      gate: fc.boolean(),
      pass: fc.boolean(),
      begins: LADDERS,
      weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
      group: fc.nat({ max: 3 }),
      value: fc.double({ min: 0, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), fc.boolean(), (facts, isWeighted) => {
        const rows = someRows(facts.length).map((one, index) => {
          const { weight = 1, group } = isWeighted ? (facts[index] ?? {}) : {};
          return { ...one, weight, ...(group !== undefined && { group: `${group}` }) };
        });
        const answers = facts.flatMap(({ gate, pass }, index) =>
          TASK.ladder.map((tier) => anAnswer({ row: rows[index]?.id ?? '', tier, gate, pass })),
        );
        const dimensions = new Map(facts.map(({ value }, index) => [rows[index]?.id ?? '', valueInAll(value)]));
        const begins = new Map(rows.map(({ id }, index) => [id, facts[index]?.begins]));
        const baseline = taskBaseline({
          task: TASK,
          certification: { refused: 'too few', needed: 59 },
          rows,
          answers: new AnswerTable(answers),
          startOf: (id) => begins.get(id),
          dimensions,
          profiledAt: '2026-11-22T08:15:00.000Z',
          profile: 'desk-1',
        });
        expect(found(roundBaseline(baseline))).toEqual({ faults: [], warnings: [] });
      }),
    );
  });
});

describe('a baseline that is adopted from production', () => {
  it('passes without a word, whatever was served', () => {
    const request = fc.record({
      tier: fc.constantFrom('small', 'large', 'gone'),
      upRouted: fc.constantFrom(0 as const, 1 as const),
      escalated: fc.constantFrom(0 as const, 1 as const),
      value: fc.double({ min: 0, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 60 }), (requests) => {
        const rollup = emptyRollup();
        for (const [index, { tier, upRouted, escalated, value }] of requests.entries()) {
          const record = anAttribution({ requestId: `${index}`, tier, upRouted, escalated: upRouted ? 0 : escalated });
          const dimensions = valueInAll(Math.round(value * 10) / 10);
          addRecord(rollup, { ...record, decision: { ...record.decision, dimensions } });
        }
        const context = { takenAt: '2026-11-22T08:15:00.000Z', period: '7d', tiers: ['small', 'large'] };
        const baseline = productionBaseline(rollup, aTask({ id: 'triage', ladder: ['small', 'large'] }), context);
        expect(baseline?.n).toBe(requests.length);
        expect(found(roundBaseline(baseline ?? {}))).toEqual({ faults: [], warnings: [] });
      }),
    );
  });
});
