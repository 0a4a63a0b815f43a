import { expect, it } from 'vitest';
import type { BreakerStore } from '../../../lambda/shared/store/breaker-port';
import type { StoreLoad } from '../store-contract';

const NOW_MS = Date.UTC(2026, 10, 22, 10);
const OPEN = { tier: 'small', openedAtMs: NOW_MS, untilMs: NOW_MS + 30_000 };

/** `breakers` gives those of a new, empty store for each test. */
export function breakerContract(breakers: () => BreakerStore, { atOnce }: StoreLoad): void {
  const claim = (atMs: number, tier = 'small') => breakers().claimProbe(tier, atMs, atMs + 5000);

  it('has none open at first', async () => {
    expect(await breakers().list()).toEqual([]);
  });

  it('lists those that are open or half-open, until they are closed', async () => {
    const other = { tier: 'constructor', openedAtMs: NOW_MS + 1, untilMs: NOW_MS + 10 };
    await breakers().open(OPEN);
    await breakers().open(other);
    expect(await breakers().list()).toHaveLength(2);
    expect(await breakers().list()).toEqual(expect.arrayContaining([OPEN, other]));

    await breakers().close('small');
    expect(await breakers().list()).toEqual([other]);
    await breakers().close('small');
    expect(await breakers().list()).toEqual([other]);
  });

  it('opens for longer, never for shorter', async () => {
    await breakers().open(OPEN);
    await breakers().open({ ...OPEN, openedAtMs: NOW_MS - 1, untilMs: OPEN.untilMs - 1 });
    expect(await breakers().list()).toEqual([OPEN]);
    const longer = { ...OPEN, openedAtMs: NOW_MS + 40_000, untilMs: NOW_MS + 100_000 };
    await breakers().open(longer);
    expect(await breakers().list()).toEqual([longer]);
  });

  it('stays open longest where many open it at once', async () => {
    const moments = Array.from({ length: 20 }, (_, index) => ({ ...OPEN, untilMs: NOW_MS + ((index * 7) % 20) }));
    await Promise.all(moments.map((breaker) => breakers().open(breaker)));
    expect(await breakers().list()).toMatchObject([{ untilMs: NOW_MS + 19 }]);
  });

  it('gives leave to probe once the breaker is half-open, to one at a time', async () => {
    await breakers().open(OPEN);
    expect(await claim(OPEN.untilMs - 1)).toBe(false);
    expect(await claim(OPEN.untilMs)).toBe(true);
    expect(await claim(OPEN.untilMs + 4999)).toBe(false);
    expect(await breakers().list()).toEqual([OPEN]);
  });

  it('gives leave to another where the one that probes was never heard of again', async () => {
    await breakers().open(OPEN);
    expect(await claim(OPEN.untilMs)).toBe(true);
    expect(await claim(OPEN.untilMs + 5000)).toBe(true);
    expect(await claim(OPEN.untilMs + 9999)).toBe(false);
  });

  it('takes the leave back when the probe fails', async () => {
    await breakers().open(OPEN);
    await claim(OPEN.untilMs);
    await breakers().open({ ...OPEN, untilMs: OPEN.untilMs + 1000 });
    expect(await claim(OPEN.untilMs + 999)).toBe(false);
    expect(await claim(OPEN.untilMs + 1000)).toBe(true);
  });

  it('gives leave for each tier by itself, also where the breaker is not known to be open', async () => {
    await breakers().open(OPEN);
    expect(await claim(NOW_MS, 'mid')).toBe(true);
    expect(await claim(NOW_MS, 'mid')).toBe(false);
    expect(await breakers().list()).toEqual([OPEN]);
    await breakers().close('mid');
    expect(await claim(NOW_MS, 'mid')).toBe(true);
  });

  it('lets one of many probe that ask at once', async () => {
    await breakers().open(OPEN);
    const asked = Array.from({ length: Math.min(atOnce, 50) }, () => claim(OPEN.untilMs));
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
  });
}
