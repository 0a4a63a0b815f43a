import { describe, expect, it } from 'vitest';
import { validatePolicy } from '../../../lib/core/policy/validate';
import { smallPolicy } from './documents';

const CONFIDENCE = { kind: 'confidence', threshold: 0.8 };
const CONSISTENCY = { kind: 'consistency', samples: 3, agree: 2 };
const JUDGE = { kind: 'judge', tier: 'large', rubric: 'It is polite.', pass: 0.7 };
const LABELS = { kind: 'labels', labels: ['a'] };
const UNCERTAINTY = { kind: 'uncertainty' };

interface Setting {
  readonly oracle: readonly object[];
  readonly route?: string;
  readonly consequence?: string;
  /** Tiers that tell token probabilities. */
  readonly telling?: readonly string[];
  readonly gate?: object;
}

function found({ oracle, route = 'cascade', consequence = 'low', telling = ['small', 'large'], gate }: Setting) {
  const { root, small, large, triage } = smallPolicy();
  Object.assign(triage, { oracle, route, audit: { inputs: 'i', acceptable: 'a', consequence } });
  if (gate !== undefined) triage.gate = gate;
  for (const [id, tier] of Object.entries({ small, large })) {
    if (telling.includes(id)) tier.capabilities = ['logprobs'];
  }
  const result = validatePolicy(root, { variables: {}, unset: 'fault' });
  const faults = result.ok ? [] : result.faults;
  const told = (list: readonly { path: string; message: string }[]) =>
    list.map(({ path, message }) => `${path.replace('tasks.triage.', '')}: ${message}`);
  return { faults: told(faults), warnings: told(result.warnings) };
}

const NEEDED = 'oracle: a task of high consequence needs an oracle that judges every answer in production';

describe('a task of high consequence', () => {
  it.each<[string, object, boolean]>([
    ['cascade', CONFIDENCE, true],
    ['direct', CONFIDENCE, true],
    ['cascade', CONSISTENCY, true],
    ['static', CONSISTENCY, true],
    ['direct', CONSISTENCY, false],
    ['dispatch', CONSISTENCY, false],
    ['cascade', JUDGE, true],
    ['static', JUDGE, true],
    ['direct', JUDGE, false],
    ['dispatch', JUDGE, false],
  ])('on route %s with %j alone is judged: %s', (route, oracle, judged) => {
    expect(found({ oracle: [oracle], route, consequence: 'high' }).faults).toEqual(judged ? [] : [NEEDED]);
  });

  it('is not left to the confidence of tiers that tell no probabilities', () => {
    const alone = { oracle: [CONFIDENCE], telling: ['small'], consequence: 'high' };
    expect(found(alone)).toEqual({
      faults: [
        'oracle: only confidence judges a task of high consequence, and no token probabilities (capability logprobs) are told by: large',
      ],
      warnings: [],
    });
    expect(found({ ...alone, oracle: [LABELS, CONFIDENCE] })).toEqual({
      faults: [],
      warnings: [
        'oracle[1].kind: "confidence" does not judge every tier: no token probabilities (capability logprobs) are told by: large',
      ],
    });
  });

  it('has its answers judged whole', () => {
    const gate = { mode: 'first-tokens' };
    const { faults } = found({ oracle: [CONFIDENCE], consequence: 'high', gate });
    expect(faults).toEqual(['gate.mode: an answer of high consequence is judged whole']);
  });
});

describe('an oracle that calls models', () => {
  it.each(['direct', 'dispatch'])('is told to be skipped on route %s', (route) => {
    const { warnings } = found({ oracle: [LABELS, JUDGE, CONSISTENCY], route });
    expect(warnings.filter((warning) => warning.startsWith('oracle'))).toEqual([
      `oracle[1].kind: "judge" calls models, so it is skipped on route ${route}: a cascade runs it`,
      `oracle[2].kind: "consistency" calls models, so it is skipped on route ${route}: a cascade runs it`,
    ]);
  });

  it('runs in a cascade', () => {
    expect(found({ oracle: [LABELS, JUDGE, CONSISTENCY] })).toEqual({ faults: [], warnings: [] });
  });
});

describe('a gate on the first tokens', () => {
  const gate = { mode: 'first-tokens', tokens: 20 };

  it.each<[object[], string[]]>([
    [[CONFIDENCE], []],
    [[CONFIDENCE, UNCERTAINTY], []],
    [
      [CONFIDENCE, LABELS, JUDGE],
      ['gate.mode: streams are judged by their first tokens alone, of which these see little: labels, judge'],
    ],
    [
      [{ kind: 'length', max: 9 }],
      ['gate.mode: streams are judged by their first tokens alone, of which these see little: length'],
    ],
    [
      [{ kind: 'length', min: 9 }],
      ['gate.mode: no oracle of the task can judge a beginning, so its streams leave unjudged'],
    ],
    [[LABELS], ['gate.mode: no oracle of the task can judge a beginning, so its streams leave unjudged']],
  ])('of a task with %j', (oracle, warnings) => {
    expect(found({ oracle, gate })).toEqual({ faults: [], warnings });
    expect(found({ oracle, gate: { mode: 'buffer' } })).toEqual({ faults: [], warnings: [] });
  });
});

describe('an oracle’s own members', () => {
  const calibrated = (small: object) => ({ ...CONFIDENCE, calibration: { small } });

  it.each<[object, string[]]>([
    [calibrated({ margins: [0.1, 0.5, 0.9], errors: [0.4, 0.4, 0] }), []],
    [calibrated({ margins: [0.5, 0.5], errors: [0.4, 0.1] }), ['oracle[0].calibration.small.margins: must ascend']],
    [
      calibrated({ margins: [0.1, 0.5], errors: [0.1, 0.4] }),
      ['oracle[0].calibration.small.errors: must not rise: a surer answer is not wrong more often'],
    ],
    [
      calibrated({ margins: [0.1, 0.5], errors: [0.1] }),
      ['oracle[0].calibration.small.errors: must be as many as the margins'],
    ],
    [
      calibrated({ margins: [], errors: [] }),
      [
        'oracle[0].calibration.small.margins: must not be empty',
        'oracle[0].calibration.small.errors: must not be empty',
      ],
    ],
    [calibrated({ margins: [0.1], errors: [1.5] }), ['oracle[0].calibration.small.errors[0]: must be at most 1']],
    [
      { ...CONFIDENCE, calibration: { tiny: { margins: [0], errors: [1] } } },
      ['oracle[0].calibration.tiny: no tier is called "tiny"'],
    ],
    [{ ...CONSISTENCY, tiers: ['large'] }, []],
    [{ ...CONSISTENCY, tiers: ['huge'] }, ['oracle[0].tiers[0]: no tier is called "huge"']],
    [{ ...CONSISTENCY, tiers: ['large', 'large'] }, ['oracle[0].tiers[1]: "large" is repeated']],
    [
      { kind: 'consistency', samples: 2, agree: 2, tiers: ['small', 'large'] },
      ['oracle[0].tiers: must be fewer than samples, of which the answer is one'],
    ],
    [{ ...CONSISTENCY, agree: 4 }, ['oracle[0].agree: must be at most samples']],
    [{ ...JUDGE, tier: 'larg' }, ['oracle[0].tier: no tier is called "larg"; did you mean "large"?']],
  ])('%j', (oracle, faults) => {
    expect(found({ oracle: [oracle] }).faults).toEqual(faults);
  });

  it.each<[object, string]>([
    [{ ...CONSISTENCY, agree: 1 }, 'oracle[0].agree: every answer agrees with itself'],
    [{ ...JUDGE, pass: 4 }, 'oracle[0].pass: a judge grades from 0 to 1: no answer passes'],
  ])('warns of %j', (oracle, warning) => {
    const { faults, warnings } = found({ oracle: [oracle] });
    expect(faults).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(warning);
  });
});
