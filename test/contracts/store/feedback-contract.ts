import { expect, it } from 'vitest';
import type { AttributionStore } from '../../../lambda/shared/store/attribution-port';
import { MINUTE_MS } from '../../../lib/core/durations';
import type { Feedback } from '../../../lib/core/types-feedback';
import type { StoreClock } from '../store-contract';
import { allArrived } from './all-arrived';
import { someFeedback } from './some-feedback';

const MINUTE = '2026-11-22T10:00';

/** `attributions` gives those of a new, empty store with this clock for each test. */
export function feedbackContract(attributions: () => AttributionStore, clock: StoreClock): void {
  const tell = (feedback: Partial<Feedback>) =>
    attributions().putFeedback(someFeedback({ requestId: 'req-1', ...feedback }));
  const lastWord = () => attributions().feedbackOn('req-1');
  const told = async () => (await allArrived(attributions(), MINUTE)).feedback;

  it('has no word on a request at first', async () => {
    expect(await lastWord()).toBeUndefined();
  });

  it('gives back the last word exactly as it was said', async () => {
    const feedback = someFeedback({
      requestId: 'req-1',
      outcome: 'corrected',
      score: 0.1 + 0.2,
      correctionHash: 'ab'.repeat(32),
      downstreamUsd: 12.5,
      customer: 'Ümläut & Söhne',
      keyId: 'key-1',
      tier: null,
      upRouted: 1,
    });
    expect(await tell({ outcome: 'rejected' })).toBe('stored');
    expect(await attributions().putFeedback(feedback)).toBe('stored');
    expect(await lastWord()).toEqual(feedback);
  });

  it('says nothing twice, however late it is said again', async () => {
    await tell({ outcome: 'accepted' });
    clock.nowMs += MINUTE_MS;
    expect(await tell({ outcome: 'accepted', time: '2026-12-20T10:00:00.000Z' })).toBe('duplicate');
    expect(await lastWord()).toMatchObject({ time: '2026-11-22T10:00:00.000Z' });
  });

  it.each<Partial<Feedback>>([
    { outcome: 'rejected' },
    { score: 1 },
    { correctionHash: 'ab' },
    { downstreamUsd: 1 },
    { keyId: 'key-2' },
  ])('hears that %j is another word', async (change) => {
    await tell({});
    expect(await tell(change)).toBe('stored');
    expect(await lastWord()).toMatchObject(change);
  });

  it('goes back to a word that was replaced', async () => {
    for (const outcome of ['accepted', 'rejected', 'accepted'] as const) expect(await tell({ outcome })).toBe('stored');
    expect(await lastWord()).toMatchObject({ outcome: 'accepted' });
    expect(await told()).toHaveLength(3);
  });

  it('keeps words on different requests apart', async () => {
    await attributions().putFeedback(someFeedback({ requestId: 'req-2', outcome: 'rejected' }));
    expect(await tell({})).toBe('stored');
    expect(await lastWord()).toMatchObject({ outcome: 'accepted' });
    expect(await attributions().feedbackOn('req-2')).toMatchObject({ outcome: 'rejected' });
  });

  it('finds the last of many', async () => {
    for (let downstreamUsd = 1; downstreamUsd <= 37; downstreamUsd += 1) {
      expect(await tell({ downstreamUsd })).toBe('stored');
      expect(await lastWord()).toMatchObject({ downstreamUsd });
    }
  });

  it('stores one of many that say the same at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => tell({})));
    expect(results.filter((result) => result === 'stored')).toHaveLength(1);
    expect(await told()).toHaveLength(1);
  });

  it('has words that are said at once replace each other in a row', async () => {
    const words = Array.from({ length: 12 }, (_, index) => tell({ downstreamUsd: index }));
    expect(await Promise.all(words)).toEqual(words.map(() => 'stored'));
    const arrived = await told();
    const replaced = arrived.flatMap((word) => (word.replaced === undefined ? [] : [word.replaced.downstreamUsd]));
    const last = (await lastWord())?.downstreamUsd ?? -1;
    expect(arrived).toHaveLength(12);
    expect([...replaced, last].sort((left = 0, right = 0) => left - right)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
  });
}
