import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../../lambda/shared/store/memory';
import { storeContract } from '../../../contracts/store-contract';
import { anAttribution } from '../an-attribution';

storeContract('the store in memory', async () => openMemoryStore());

describe('the store in memory', () => {
  it('lets the oldest records go beyond its capacity', async () => {
    const { attributions } = openMemoryStore({ capacity: 2 });
    for (const requestId of ['one', 'two', 'three']) await attributions.put(anAttribution({ requestId }));

    expect(await attributions.get('one')).toBeUndefined();
    expect(await attributions.get('two')).toBeDefined();
    expect(await attributions.get('three')).toBeDefined();
  });
});
