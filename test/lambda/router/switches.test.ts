import { describe, expect, it } from 'vitest';
import { createSwitches } from '../../../lambda/router/switches';
import { openMemoryStore } from '../../../lambda/shared/store/memory';
import type { Switch } from '../../../lib/core/types-live';

const REFRESH_MS = 10_000;

const OFF: Switch = {
  kind: 'tier-disabled',
  tier: 'small',
  reason: 'it is being replaced',
  author: 'ada',
  atMs: 1_000_000,
};

describe('what the person on call has switched', () => {
  it('is what the store last said, within one interval, and stays so while the store is down', async () => {
    const { switches: store } = openMemoryStore();
    const clock = { nowMs: 1_000_000 };
    const told: string[] = [];
    let down = false;
    const switches = createSwitches({
      store: {
        ...store,
        active: async (nowMs) => {
          if (down) throw new Error('the store is down');
          return store.active(nowMs);
        },
      },
      intervalMs: REFRESH_MS,
      nowMs: () => clock.nowMs,
      onUnreachable: (error) => told.push((error as Error).message),
    });
    const pokedLater = async () => {
      clock.nowMs += REFRESH_MS;
      switches.poke();
      await new Promise(setImmediate);
      return switches.current();
    };

    await switches.start();
    expect(switches.current()).toEqual([]);
    await store.set(OFF);
    switches.poke();
    expect(switches.current()).toEqual([]);
    expect(await pokedLater()).toEqual([OFF]);
    down = true;
    for (let look = 0; look < 3; look += 1) expect(await pokedLater()).toEqual([OFF]);
    expect(told).toEqual(['the store is down']);
    switches.stop();
  });
});
