import { describe, expect, it } from 'vitest';
import { prepare, route } from '../../lib/core/route';
import { baselineFromRollup } from '../../lib/core/telemetry/baseline-from-rollup';
import { addRecord, emptyRollup } from '../../lib/core/telemetry/rollup/rollup';
import type { Attribution } from '../../lib/core/types';
import type { Switch, TaskOverride, TaskRaise } from '../../lib/core/types-live';
import type { Task } from '../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../builders';
import { type Act, scriptedProvider } from '../fixtures/scripted-provider';

/** What a switch that raises a task does to its requests. */

const NOW_MS = Date.UTC(2026, 10, 22);
const LADDER = ['small', 'mid', 'large'];
const WHY = 'its answers broke their schema';

function raise(rest: Partial<TaskRaise> = {}): TaskRaise {
  return { kind: 'task-raised', task: 'chat', rungs: 1, reason: WHY, author: 'watch', atMs: NOW_MS, ...rest };
}

function override(tier: string): TaskOverride {
  return { kind: 'task-override', task: 'chat', tier, untilMs: NOW_MS + 1, reason: 'x', author: 'ada', atMs: 0 };
}

const says = (tier: string): readonly Act[] => [{ say: tier }];

interface Setting {
  readonly switches?: readonly Switch[];
  readonly task?: Partial<Task>;
  readonly model?: string;
  readonly acts?: Readonly<Record<string, readonly Act[]>>;
}

/** The record of one request of the task, once it has been served. */
async function served({ switches = [], task = {}, model = 'auto:chat', acts = {} }: Setting): Promise<Attribution> {
  const provider = scriptedProvider({ ...Object.fromEntries(LADDER.map((id) => [id, says(id)])), ...acts });
  const policy = aPolicy({
    tiers: LADDER.map((id) => aTier({ id })),
    tasks: [aTask({ id: 'chat', ladder: LADDER, ...task }), aTask({ id: 'other', ladder: LADDER })],
  });
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello.' }] });
  const routed = await route(
    { incoming: { headers: {}, body }, caller: {}, left: new AbortController().signal },
    await prepare(policy),
    {
      providers: { 'openai-compatible': provider },
      nowMs: () => NOW_MS,
      random: () => 0,
      pause: async () => {},
      newRequestId: () => 'req-1',
      switches: () => switches,
    },
  );
  const record = await routed.attribution;
  if (record === undefined) throw new Error('the request was refused before it was understood');
  return record;
}

async function beganAt(setting: Setting): Promise<[string | null, string]> {
  const { decision } = await served(setting);
  return [decision.tier, decision.reason];
}

const ruleTo = (tier: string): Partial<Task> => ({ rules: [{ when: {}, tier }] });

describe('a task that is raised', () => {
  it.each<[string, readonly Switch[], string]>([
    ['at its usual tier, where none is', [], 'small'],
    ['one tier higher', [raise()], 'mid'],
    ['two tiers higher', [raise({ rungs: 2 })], 'large'],
    ['at the last tier at most', [raise({ rungs: 7 })], 'large'],
    ['at its usual tier again, once the raise has expired', [raise({ untilMs: NOW_MS })], 'small'],
    ['at its usual tier, where another task is raised', [raise({ task: 'other' })], 'small'],
    ['where the person on call wants it, raised or not', [raise({ rungs: 2 }), override('small')], 'small'],
  ])('begins %s', async (_name, switches, tier) => {
    expect((await served({ switches })).tier).toBe(tier);
  });

  it.each<[string, Setting, [string, string]]>([
    ['is static', { task: { route: 'static' } }, ['mid', 'raised']],
    ['is static and starts at the last tier', { task: { route: 'static', start: 'large' } }, ['large', 'static']],
    ['has no strategy with an answer', {}, ['mid', 'raised']],
    ['has a rule that says lower', { task: ruleTo('small') }, ['mid', 'raised']],
    ['has a rule that says as high', { task: ruleTo('mid') }, ['mid', 'rule']],
    ['has a rule that says higher', { task: ruleTo('large') }, ['large', 'rule']],
    ['has a rule that says lower than its start', { task: { ...ruleTo('small'), start: 'mid' } }, ['large', 'raised']],
    ['has a score that says the cheapest', { task: { strategy: ['score'] } }, ['mid', 'raised']],
    ['is dispatched', { task: { route: 'dispatch' } }, ['mid', 'raised']],
    ['is pinned by its caller', { model: 'tier:small' }, ['small', 'pinned']],
  ])('begins a tier above its start at least, where it %s', async (_name, setting, expected) => {
    expect(await beganAt({ ...setting, switches: [raise()] })).toEqual(expected);
  });

  it('says in the decision why it is', async () => {
    const why = 'its certificate is void: the oracles are not the ones that judged';
    expect((await served({ switches: [raise({ reason: why })] })).decision).toMatchObject({
      tier: 'mid',
      reason: 'raised',
      raised: why,
    });
  });

  it('says nothing of it where that made no difference', async () => {
    const alike = [
      { task: ruleTo('mid'), switches: [raise()] },
      { model: 'tier:small', switches: [raise()] },
      { switches: [raise(), override('large')] },
    ];
    for (const setting of alike) expect((await served(setting)).decision).not.toHaveProperty('raised');
  });
});

describe('a request that a raise moved', () => {
  it('is no up-route, by whichever way it would have begun', async () => {
    const tasks: Partial<Task>[] = [{}, { route: 'static' }, ruleTo('small'), { strategy: ['score'] }];
    for (const task of tasks) {
      expect(await served({ task, switches: [raise()] })).toMatchObject({ tier: 'mid', upRouted: 0, escalated: 0 });
    }
  });

  it('is no escalation where it climbs from there', async () => {
    const task: Partial<Task> = { route: 'cascade', oracle: [{ kind: 'labels', labels: ['yes', 'no'] }] };
    const acts = { small: [{ say: 'perhaps' }], mid: [{ say: 'perhaps' }], large: [{ say: 'yes' }] };
    expect(await served({ task, acts })).toMatchObject({ tier: 'large', escalated: 1 });
    expect(await served({ task, acts, switches: [raise()] })).toMatchObject({
      tier: 'large',
      reason: 'escalated',
      upRouted: 0,
      escalated: 0,
      escalations: 1,
    });
  });

  it('leaves a baseline that is made of such a day to what was not moved', async () => {
    const rollup = emptyRollup();
    for (const switches of [[], [raise()], [raise({ rungs: 2 })]]) addRecord(rollup, await served({ switches }));
    expect(baselineFromRollup(rollup, { id: 'chat', ladder: LADDER })).toMatchObject({
      n: 1,
      escalationRate: 0,
      mix: { small: 1, mid: 0, large: 0 },
    });
  });

  it('is left out where the strategy is judged, like one of a pin or an override, and so is all that came meanwhile', async () => {
    const placedBy = async (setting: Setting) => {
      const rollup = emptyRollup();
      addRecord(rollup, await served(setting));
      return Object.keys(rollup.tasks.chat?.placed ?? {});
    };
    expect(await placedBy({ switches: [raise()] })).toEqual(['raise']);
    expect(await placedBy({ task: ruleTo('large'), switches: [raise()] })).toEqual(['raise']);
    expect(await placedBy({ switches: [override('small')] })).toEqual(['override']);
    expect(await placedBy({ model: 'tier:small' })).toEqual(['pin']);
    for (const free of [{}, { task: ruleTo('mid') }]) expect(await placedBy(free)).toEqual([]);
  });

  it('still counts what the policy sent up by itself', async () => {
    expect(await served({ task: ruleTo('large'), switches: [raise()] })).toMatchObject({ reason: 'rule', upRouted: 1 });
  });
});
