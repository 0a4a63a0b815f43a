import { expect, it } from 'vitest';
import type { SessionStore } from '../../../lambda/shared/store/session-port';

const NOW_MS = Date.UTC(2026, 10, 22, 10);
const STANDING = { tier: 'small', contextTokens: 1200, atMs: NOW_MS };

/** `sessions` gives those of a new, empty store for each test. */
export function sessionContract(sessions: () => SessionStore): void {
  it('finds where a session stands, until it expires', async () => {
    await sessions().put('acme/one', STANDING, NOW_MS + 1000);
    expect(await sessions().find('acme/one', NOW_MS)).toEqual(STANDING);
    expect(await sessions().find('acme/one', NOW_MS + 999)).toEqual(STANDING);
    expect(await sessions().find('acme/one', NOW_MS + 1000)).toBeUndefined();
  });

  it('keeps what was put last', async () => {
    await sessions().put('acme/one', STANDING, NOW_MS + 1000);
    const later = { tier: 'mid', contextTokens: 2000, atMs: NOW_MS + 500 };
    await sessions().put('acme/one', later, NOW_MS + 5000);
    expect(await sessions().find('acme/one', NOW_MS + 2000)).toEqual(later);
  });

  it('tells any two keys apart', async () => {
    const keys = ['acme/one', 'acme/One', 'other/one', 'acme/one/', 'acme#one', '', `${'x'.repeat(5000)}a`];
    for (const [index, key] of keys.entries()) {
      await sessions().put(key, { ...STANDING, contextTokens: index }, NOW_MS + 1000);
    }
    const found = await Promise.all(keys.map((key) => sessions().find(key, NOW_MS)));
    expect(found.map((standing) => standing?.contextTokens)).toEqual(keys.map((_, index) => index));
    expect(await sessions().find(`${'x'.repeat(5000)}b`, NOW_MS)).toBeUndefined();
  });
}
