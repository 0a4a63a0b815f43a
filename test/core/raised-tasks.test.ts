import { describe, expect, it } from 'vitest';
import { prepare, route } from '../../lib/core/route';
import type { Switch, TaskRaise } from '../../lib/core/types-live';
import { aPolicy, aTask, aTier } from '../builders';
import { scriptedProvider } from '../fixtures/scripted-provider';

/** What a switch that raises a task does to its requests. */

const NOW_MS = Date.UTC(2026, 10, 22);
const LADDER = ['small', 'mid', 'large'];

function raise(rest: Partial<TaskRaise> = {}): TaskRaise {
  return { kind: 'task-raised', task: 'chat', rungs: 1, reason: 'broken', author: 'watch', atMs: NOW_MS, ...rest };
}

/** The tier that answers a request of the task. */
async function answeredBy(switches: readonly Switch[]): Promise<string | undefined> {
  const provider = scriptedProvider(Object.fromEntries(LADDER.map((id) => [id, [{ say: id }]])));
  const policy = aPolicy({
    tiers: LADDER.map((id) => aTier({ id })),
    tasks: [aTask({ id: 'chat', ladder: LADDER, route: 'direct' }), aTask({ id: 'other', ladder: LADDER })],
  });
  const body = JSON.stringify({ model: 'auto:chat', messages: [{ role: 'user', content: 'Hello.' }] });
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
  await routed.attribution;
  return provider.calls[0]?.tier.id;
}

describe('a task that is raised', () => {
  it.each<[string, readonly Switch[], string]>([
    ['at its usual tier, where none is', [], 'small'],
    ['one tier higher', [raise()], 'mid'],
    ['two tiers higher', [raise({ rungs: 2 })], 'large'],
    ['at the last tier at most', [raise({ rungs: 7 })], 'large'],
    ['at its usual tier again, once the raise has expired', [raise({ untilMs: NOW_MS })], 'small'],
    ['at its usual tier, where another task is raised', [raise({ task: 'other' })], 'small'],
    [
      'where the person on call wants it, raised or not',
      [
        raise({ rungs: 2 }),
        {
          kind: 'task-override',
          task: 'chat',
          tier: 'small',
          untilMs: NOW_MS + 1,
          reason: 'x',
          author: 'ada',
          atMs: 0,
        },
      ],
      'small',
    ],
  ])('begins %s', async (_name, switches, tier) => {
    expect(await answeredBy(switches)).toBe(tier);
  });
});
