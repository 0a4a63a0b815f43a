import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { watchInProcess } from '../../bin/commands/watch-in-process';
import { openMemoryStore } from '../../lambda/shared/store/memory';
import type { Store } from '../../lambda/shared/store/port';
import { anAttribution } from '../lambda/shared/an-attribution';
import { aPolicy, SET } from './a-policy';

const FALLBACK = { text: aPolicy(), file: 'policy.yaml' };

async function until<Found>(find: () => Promise<Found | undefined>): Promise<Found> {
  for (let round = 0; round < 400; round += 1) {
    const found = await find();
    if (found !== undefined) return found;
    await sleep(5);
  }
  throw new Error('it did not come');
}

async function watched(store: Store, metrics: boolean, variables: Readonly<Record<string, string>> = SET) {
  const lines: string[] = [];
  const warnings: string[] = [];
  const watching = watchInProcess({
    store,
    fallback: FALLBACK,
    variables,
    router: 'desk',
    emit: metrics ? (line) => lines.push(line) : undefined,
    warn: (message) => warnings.push(message),
  });
  return { watching, lines, warnings };
}

describe('the watch within a plain server', () => {
  it('adds up what came, and puts its metrics where those of requests go', async () => {
    const earlier = Date.now() - 30 * 60_000;
    const clock = { nowMs: earlier };
    const store = openMemoryStore({ nowMs: () => clock.nowMs });
    for (let n = 0; n < 10; n += 1) await store.attributions.put(anAttribution({ requestId: `req-${n}` }));
    clock.nowMs = Date.now();
    const { watching, lines, warnings } = await watched(store, true);
    const day = new Date(earlier).toISOString().slice(0, 10);
    const rollup = await until(() => store.rollups.read('day', day));
    expect(rollup.total.requests).toBe(10);
    await watching.stop();
    const names = lines.flatMap((line) => Object.keys(JSON.parse(line)));
    expect(names).toEqual(expect.arrayContaining(['EscalationRate', 'NetSavingUsd', 'WatchHeartbeat']));
    expect(warnings).toEqual([]);
  });

  it('holds nothing to a published policy that its router refuses, and says why', async () => {
    const clock = { nowMs: Date.now() - 30 * 60_000 };
    const store = openMemoryStore({ nowMs: () => clock.nowMs });
    const document = parse(aPolicy());
    await store.policies.publish({ document, author: 'ada', message: 'first', expectedActive: null });
    await store.attributions.put(anAttribution({ requestId: 'req-1' }));
    clock.nowMs = Date.now();
    const { watching, lines, warnings } = await watched(store, true, { OTHER: '' });
    await until(async () => warnings[0]);
    await watching.stop();
    expect(warnings[0]).toContain('SMALL_URL');
    expect(lines).toEqual([]);
  });

  it('says once what keeps it from adding up', async () => {
    const { attributions, ...rest } = openMemoryStore();
    const { counted: _, ...broken } = attributions;
    const store = {
      ...rest,
      attributions: { ...broken, arrived: () => Promise.reject(new Error('no such table')) },
    };
    const { watching, warnings } = await watched(store, false);
    await until(async () => warnings[0]);
    await watching.stop();
    expect(warnings).toEqual(['the watch has come to no end, and takes it up again next time: no such table']);
  });
});
