import { describe, expect, it } from 'vitest';
import { dryRun, prepare } from '../../lib/core/route';
import type { RouteKind, Task } from '../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../builders';
import { choiceOf, consultSaying } from '../contracts/oracle-contract';

const JUDGE: Task['oracle'][number] = { kind: 'judge', tier: 'large', rubric: 'It is polite.', pass: 0.5 };

async function gateOn(route: RouteKind, oracle: Task['oracle']) {
  const tiers = [aTier({ id: 'small' }), aTier({ id: 'large' })];
  const { gates } = await prepare(
    aPolicy({ tiers, tasks: [aTask({ id: 'triage', ladder: ['small'], route, oracle })] }),
  );
  return gates.get('triage');
}

describe('what judges the answers of a task', () => {
  it.each<[RouteKind, boolean]>([
    ['cascade', true],
    ['static', true],
    ['direct', false],
    ['dispatch', false],
  ])('on route %s calls models: %s', async (route, calls) => {
    const gate = await gateOn(route, [{ kind: 'length', min: 1 }, JUDGE]);
    const { consult, asked } = consultSaying(['{"score": 0}']);
    const judgement = { tier: 'small', messages: [], tools: [], consult };
    const verdict = await gate?.({ model: 'm', choices: [choiceOf('hello')] }, judgement);
    expect(verdict).toMatchObject(calls ? { pass: false, oracle: 'judge' } : { pass: true, oracle: 'length' });
    expect(asked).toHaveLength(calls ? 1 : 0);
  });

  it.each<[RouteKind, boolean]>([
    ['cascade', true],
    ['direct', false],
  ])('is nothing on route %s where only a judge could: %s', async (route, judged) => {
    expect((await gateOn(route, [JUDGE])) !== undefined).toBe(judged);
  });
});

describe('the tiers that checks may ask', () => {
  const oracle: Task['oracle'] = [
    { kind: 'judge', tier: 'judge', rubric: 'It is polite.', pass: 0.5 },
    { kind: 'consistency', samples: 3, agree: 2, tiers: ['mid', 'judge'] },
  ];

  it.each([
    ['any', ['judge', 'mid']],
    ['vpc', ['mid']],
  ] as const)('are those that oracles name and residency %s lets see the prompt', async (residency, advisers) => {
    const tiers = [aTier({ id: 'small' }), aTier({ id: 'mid' }), aTier({ id: 'judge', location: 'anywhere' })];
    const task = aTask({ id: 'triage', ladder: ['small'], route: 'cascade', oracle, residency });
    const incoming = {
      headers: {},
      body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hi' }] }),
    };
    const decision = await dryRun({ incoming, caller: {} }, await prepare(aPolicy({ tiers, tasks: [task] })), {
      providers: {},
      nowMs: () => 0,
      random: () => 0,
      pause: () => Promise.resolve(),
      newRequestId: () => 'req-1',
    });
    expect(decision).toMatchObject({ ladder: ['small'], advisers });
  });
});
