import { expect, it } from 'vitest';
import type { AttributionStore } from '../../../lambda/shared/store/attribution-port';
import { MINUTE_MS } from '../../../lib/core/durations';
import { anAttribution } from '../../lambda/shared/an-attribution';
import type { StoreClock } from '../store-contract';
import { allArrived } from './all-arrived';
import { someFeedback } from './some-feedback';

const FIRST = '2026-11-22T10:00';
const SECOND = '2026-11-22T10:01';

/** `attributions` gives those of a new, empty store with this clock for each test; it begins at half past the first minute. */
export function arrivalContract(attributions: () => AttributionStore, clock: StoreClock): void {
  const put = (requestId: string, time = '2026-11-20T23:59:59.000Z') =>
    attributions().put(anAttribution({ requestId, time }));
  const idsOf = async (minute: string) => {
    const { records } = await allArrived(attributions(), minute);
    return records.map(({ requestId }) => requestId).sort();
  };

  it('has nothing at first', async () => {
    expect(await attributions().arrived(FIRST)).toEqual({ records: [], feedback: [] });
  });

  it('gives what came in a minute by its own clock, whatever time a record says', async () => {
    await put('one');
    clock.nowMs += 29_999;
    await put('two', '2027-01-01T00:00:00.000Z');
    clock.nowMs += 1;
    await put('three');
    expect(await idsOf(FIRST)).toEqual(['one', 'two']);
    expect(await idsOf(SECOND)).toEqual(['three']);
    expect(await idsOf('2026-11-20T23:59')).toEqual([]);
  });

  it('gives back each thing exactly as it was put', async () => {
    const record = anAttribution({ requestId: 'req-1', customer: 'Ümläut & Söhne', costUsd: 0.1 + 0.2 });
    const feedback = someFeedback({ requestId: 'req-1', score: 0.1 + 0.2, customer: 'Ümläut & Söhne' });
    await attributions().put(record);
    await attributions().putFeedback(feedback);
    expect(await attributions().arrived(FIRST)).toEqual({ records: [record], feedback: [{ feedback }] });
  });

  it('keeps the first minute of a record that is put again', async () => {
    await put('one');
    clock.nowMs += MINUTE_MS;
    expect(await put('one')).toBe('duplicate');
    expect(await idsOf(FIRST)).toEqual(['one']);
    expect(await idsOf(SECOND)).toEqual([]);
  });

  it('has a record once that is put in two minutes at the same moment', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `req-${index}`);
    const puts = ids.flatMap((id) => {
      clock.nowMs += MINUTE_MS;
      const early = put(id);
      clock.nowMs -= MINUTE_MS;
      return [early, put(id)];
    });
    expect((await Promise.all(puts)).filter((result) => result === 'stored')).toHaveLength(ids.length);
    expect([...(await idsOf(FIRST)), ...(await idsOf(SECOND))].sort()).toEqual(ids);
  });

  it('gives every word on a request in the minute in which it came, with the one that it replaced', async () => {
    const good = someFeedback({ requestId: 'req-1' });
    const bad = someFeedback({ requestId: 'req-1', time: '2026-11-22T10:01:00.000Z', outcome: 'rejected' });
    await attributions().putFeedback(good);
    clock.nowMs += MINUTE_MS;
    await attributions().putFeedback(bad);
    await attributions().putFeedback({ ...bad, time: '2026-11-22T10:01:30.000Z' });
    expect((await allArrived(attributions(), FIRST)).feedback).toEqual([{ feedback: good }]);
    expect((await allArrived(attributions(), SECOND)).feedback).toEqual([{ feedback: bad, replaced: good }]);
  });

  it('pages through a full minute without a gap or a repeat, and once more the same', async () => {
    const ids = Array.from({ length: 1100 }, (_, index) => `req-${String(index).padStart(4, '0')}`);
    await Promise.all(ids.map((requestId) => put(requestId)));
    await Promise.all(ids.slice(0, 100).map((requestId) => attributions().putFeedback(someFeedback({ requestId }))));
    for (const _ of [1, 2]) {
      const { feedback } = await allArrived(attributions(), FIRST);
      expect(await idsOf(FIRST)).toEqual(ids);
      expect(feedback.map((word) => word.feedback.requestId).sort()).toEqual(ids.slice(0, 100));
    }
  });

  it('takes any request id', async () => {
    const strange = ['../../etc/passwd', 'a#b#c', '.', 'x'.repeat(60), 'ünï / \\ : * ? "', '__proto__', 'word#1#a'];
    for (const requestId of strange) {
      await put(requestId);
      await attributions().putFeedback(someFeedback({ requestId }));
    }
    const { feedback } = await allArrived(attributions(), FIRST);
    expect(await idsOf(FIRST)).toEqual([...strange].sort());
    expect(feedback.map((word) => word.feedback.requestId).sort()).toEqual([...strange].sort());
  });

  it.each(['2026-11-22', '2026-11-22T10:60', '2026-11-22T10:00:00', '../x'])('knows no minute %j', async (minute) => {
    await expect(attributions().arrived(minute)).rejects.toThrow(/is no minute: give YYYY-MM-DDTHH:MM/);
  });

  it.each(['nonsense', '../x', 'W10', ''])('refuses the page token %j', async (token) => {
    await expect(attributions().arrived(FIRST, token)).rejects.toThrow(/is no page token/);
  });
}
