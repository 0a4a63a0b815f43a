import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import { storeContract } from '../../../contracts/store-contract';
import { anAttribution } from '../an-attribution';

storeContract('the store in memory', async () => openMemoryStore());

describe('the store in memory', () => {
  it('lets the oldest records go beyond its capacity', async () => {
    const { attributions } = openMemoryStore({ capacity: 2 });
    const ids = ['one', 'two', 'three', 'four', 'five'];
    for (const requestId of ids) {
      await attributions.put(anAttribution({ requestId }));
      expect(await attributions.put(anAttribution({ requestId }))).toBe('duplicate');
    }

    const kept = await Promise.all(ids.map((id) => attributions.get(id)));
    expect(kept.map((record) => record?.requestId)).toEqual([undefined, undefined, undefined, 'four', 'five']);
  });
});
