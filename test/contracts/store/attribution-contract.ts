import { expect, it } from 'vitest';
import type { AttributionStore } from '../../../lambda/shared/store/attribution-port';
import { anAttribution } from '../../lambda/shared/an-attribution';

/** `attributions` gives those of a new, empty store for each test. */
export function attributionContract(attributions: () => AttributionStore): void {
  it('gives back a record exactly as it was put', async () => {
    const record = anAttribution({ requestId: 'req-1', customer: 'Ümläut & Söhne', costUsd: 0.1 + 0.2 });
    expect(await attributions().put(record)).toBe('stored');
    expect(await attributions().get('req-1')).toEqual(record);
  });

  it('knows no record that was not put', async () => {
    expect(await attributions().get('req-none')).toBeUndefined();
  });

  it('keeps the first record of a request id', async () => {
    const first = anAttribution({ requestId: 'req-1' });
    await attributions().put(first);
    expect(await attributions().put(first)).toBe('duplicate');
    expect(await attributions().put(anAttribution({ requestId: 'req-1', task: 'other', costUsd: 9 }))).toBe(
      'duplicate',
    );
    expect(await attributions().get('req-1')).toEqual(first);
  });

  it('keeps one of many that put the same request id at once', async () => {
    const results = await Promise.all(
      [1, 2, 3, 4].map(() => attributions().put(anAttribution({ requestId: 'req-1' }))),
    );
    expect(results.sort()).toEqual(['duplicate', 'duplicate', 'duplicate', 'stored']);
  });

  it('takes any request id', async () => {
    const strange = ['../../etc/passwd', 'a#b#c', '.', 'x'.repeat(60), 'ünï / \\ : * ? "', '__proto__', 'word#1#a'];
    for (const requestId of strange) expect(await attributions().put(anAttribution({ requestId }))).toBe('stored');
    for (const requestId of strange) expect((await attributions().get(requestId))?.requestId).toBe(requestId);
  });
}
