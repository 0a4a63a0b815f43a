import { describe, expect, it } from 'vitest';
import { EXCLUSIONS, REASONS } from '../../../lib/core/decision/reasons';
import type { Chosen, Circumstances, Decision, Features, Request } from '../../../lib/core/types';
import type { Task, Tier } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';
import { CALM, decideOn } from './deciding';

const LADDER = ['small', 'mid', 'frontier'];

function tiersOf(changes: Readonly<Record<string, Partial<Tier>>> = {}): Tier[] {
  return [...LADDER, 'aside'].map((id) => aTier({ id, ...changes[id] }));
}

function decided(
  changes: Readonly<Record<string, Partial<Tier>>> = {},
  task: Partial<Task> = {},
  features: Partial<Features> = {},
  request: Partial<Request> = {},
  world: Circumstances = CALM,
): Decision {
  return decideOn(
    aPolicy({ tiers: tiersOf(changes), tasks: [aTask({ id: 'task', ladder: LADDER, ...task })] }),
    features,
    request,
    world,
  );
}

function chosen(...of: Parameters<typeof decided>): Chosen {
  const decision = decided(...of);
  if (decision.tier === null) throw new Error(decision.refusal.message);
  return decision;
}

const OFF = { enabled: false };

describe('a decision', () => {
  it('names task, route, score, cost and policy, and the ladder from the chosen tier up', () => {
    expect(
      decided({}, { start: 'mid', route: 'cascade' }, { inputTokens: 1000, expectedOutputTokens: 500 }),
    ).toMatchObject({
      task: 'task',
      route: 'cascade',
      tier: 'mid',
      reason: 'start',
      score: 50,
      ladder: ['mid', 'frontier'],
      excluded: [],
      expected: { inputTokens: 1000, outputTokens: 500, costUsd: 0.002 },
      policy: 'test',
    });
  });

  it('expects the output of every choice asked for', () => {
    const { expected } = decided({}, {}, { inputTokens: 0, expectedOutputTokens: 100 }, { choices: 3 });
    expect(expected).toEqual({ inputTokens: 0, outputTokens: 300, costUsd: 0.0006 });
  });

  it('moves from an excluded tier to the next eligible one above', () => {
    expect(chosen({ small: OFF })).toMatchObject({ tier: 'mid', reason: 'guarded', ladder: ['mid', 'frontier'] });
  });

  it('moves to the nearest below where none above is eligible', () => {
    const { tier, reason, ladder } = chosen({ frontier: OFF }, { start: 'frontier' });
    expect([tier, reason, ladder]).toEqual(['mid', 'guarded', ['mid']]);
  });

  it('takes the default task where the features name one that is not there', () => {
    expect(chosen({}, {}, { task: 'gone' }).task).toBe('task');
  });

  it('leaves out of the ladder what a guard excludes above the chosen tier', () => {
    const { ladder, excluded } = chosen({ mid: { capabilities: [] } }, {}, {}, { needs: ['tools'] });
    expect(ladder).toEqual(['small', 'frontier']);
    expect(excluded.map(({ tier, reason }) => [tier, reason])).toEqual([['mid', 'capability']]);
  });

  it('honours what each provider says of the body', () => {
    const world = { ...CALM, unsupported: { small: ['seed'], mid: [] } };
    expect(chosen({}, {}, {}, {}, world)).toMatchObject({ tier: 'mid', reason: 'guarded' });
  });
});

describe('a pin', () => {
  it('reaches its tier alone, on the ladder or not', () => {
    expect(chosen({}, {}, {}, { pinned: 'frontier' })).toMatchObject({
      tier: 'frontier',
      reason: 'pinned',
      ladder: ['frontier'],
      upRouted: false,
    });
    expect(chosen({}, {}, {}, { pinned: 'aside' })).toMatchObject({
      tier: 'aside',
      reason: 'pinned',
      ladder: ['aside'],
    });
  });

  it('is refused where a guard excludes the tier, and no other tier takes its place', () => {
    const decision = decided({ aside: { location: 'anywhere' } }, {}, { residency: 'vpc' }, { pinned: 'aside' });
    expect(decision).toMatchObject({ tier: null, reason: 'refused', refusal: { code: 'residency_unavailable' } });
  });

  it('is bound by the whole window, not by the fraction, for no other tier may answer', () => {
    const changes = { small: { contextWindow: 1000 }, mid: { contextWindow: 9000 } };
    expect(chosen(changes, {}, { inputTokens: 900 }).tier).toBe('mid');
    expect(chosen(changes, {}, { inputTokens: 900 }, { pinned: 'small' }).tier).toBe('small');
  });

  it('to a tier that does not exist is refused', () => {
    expect(decided({}, {}, {}, { pinned: 'toString' })).toMatchObject({
      tier: null,
      refusal: { code: 'model_not_found' },
    });
  });
});

describe('up-routing', () => {
  it.each<[string, boolean, Parameters<typeof decided>]>([
    ['not counted at the first tier', false, []],
    ['counted where the task starts higher', true, [{}, { start: 'mid' }]],
    ['counted where a static task starts higher', true, [{}, { start: 'mid', route: 'static' }]],
    ['counted where a guard moved the request up', true, [{ small: { contextWindow: 100 } }, {}, { inputTokens: 99 }]],
    ['not counted where the tier below is switched off', false, [{ small: OFF }]],
    ['not counted where the tier below has retired', false, [{ small: { retiresOn: '2020-01-01' } }]],
    ['counted where one below is off and one was passed over', true, [{ small: OFF }, { start: 'frontier' }]],
    ['not counted for a pin', false, [{}, {}, {}, { pinned: 'frontier' }]],
  ])('is %s', (_, upRouted, of) => {
    expect(chosen(...of).upRouted).toBe(upRouted);
  });
});

describe('a refusal', () => {
  const outside = { location: 'anywhere' as const };
  const short = { contextWindow: 100 };
  const mute = { capabilities: [] };
  const all = (change: Partial<Tier>) => ({ small: change, mid: change, frontier: change });
  const long = { inputTokens: 5000 };

  it.each<[string, string, Parameters<typeof decided>]>([
    ['residency keeps the prompt from every tier', 'residency_unavailable', [all(outside), {}, { residency: 'vpc' }]],
    ['retention keeps the prompt from every tier', 'residency_unavailable', [{}, {}, { maxRetentionDays: 3 }]],
    [
      'the only tier inside is switched off',
      'residency_unavailable',
      [{ ...all(outside), small: OFF }, {}, { residency: 'vpc' }],
    ],
    [
      'the only tier inside has retired',
      'residency_unavailable',
      [{ ...all(outside), small: { retiresOn: '2020-01-01' } }, {}, { residency: 'vpc' }],
    ],
    ['no tier can do what is needed', 'unsupported', [all(mute), {}, {}, { needs: ['images'] }]],
    [
      'no provider honours a field',
      'unsupported',
      [{}, {}, {}, {}, { ...CALM, unsupported: { small: ['n'], mid: ['n'], frontier: ['n'] } }],
    ],
    ['the prompt is too long for every tier', 'context_length_exceeded', [all(short), {}, long]],
    ['the answer is too long for every tier', 'context_length_exceeded', [all({ maxOutputTokens: 10 })]],
    [
      'too long for some, incapable the rest',
      'context_length_exceeded',
      [{ ...all(short), mid: mute }, {}, long, { needs: ['images'] }],
    ],
    [
      'too long for the one inside',
      'context_length_exceeded',
      [{ ...all(outside), small: short }, {}, { ...long, residency: 'vpc' }],
    ],
    ['a tier that could take it is switched off', 'tiers_unavailable', [{ ...all(short), frontier: OFF }, {}, long]],
    [
      'a capable tier is switched off',
      'tiers_unavailable',
      [{ ...all(mute), frontier: OFF }, {}, {}, { needs: ['images'] }],
    ],
    ['every tier is switched off', 'tiers_unavailable', [all(OFF)]],
    ['every tier has retired', 'tiers_unavailable', [all({ retiresOn: '2020-01-01' })]],
  ])('where %s is %s', (_, code, of) => {
    expect(decided(...of)).toMatchObject({
      tier: null,
      reason: 'refused',
      ladder: [],
      expected: { costUsd: 0 },
      refusal: { code },
    });
  });

  it('says of each tier why, and nothing of the prompt', () => {
    const decision = decided(
      { small: short, mid: OFF, frontier: mute },
      {},
      { ...long, text: 'my secret' },
      { needs: ['images'] },
    );
    if (decision.tier !== null) throw new Error('a tier was chosen');
    expect(decision.refusal.message).toBe(
      'No tier can take this request now (task task). small: the prompt is about 5000 tokens; it takes 50: its window of ' +
        '100 less 50 for the answer. mid: it is switched off. frontier: the request needs images; it offers none.',
    );
  });
});

describe('the reasons', () => {
  it('each have a sentence', () => {
    for (const sentence of Object.values({ ...REASONS, ...EXCLUSIONS })) expect(sentence).toMatch(/^[A-Z].+\.$/);
  });
});
