import { describe, expect, it } from 'vitest';
import { createApiKeys } from '../../../../lambda/router/providers/api-keys';
import { aTier } from '../../../builders';

function keysOf(...values: readonly string[]) {
  let nowMs = 0;
  const asked: string[] = [];
  const keys = createApiKeys(
    async (name) => {
      asked.push(name);
      const value = values[Math.min(asked.length, values.length) - 1];
      if (value === undefined || value === 'missing') throw new Error('no such secret: sk-hidden');
      return value;
    },
    () => nowMs,
  );
  return {
    keys,
    asked,
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}

const SECRET = aTier({ id: 'small', apiKeySecret: 'tierwise/small' });

describe('keys of tiers', () => {
  it('are none, the one in the policy, or the one in the secret', async () => {
    const { keys, asked } = keysOf(' from-secret\n');
    expect(await keys.keyOf(aTier({ id: 'none' }))).toBeUndefined();
    expect(await keys.keyOf(aTier({ id: 'own', apiKey: 'literal', apiKeySecret: 'x' }))).toBe('literal');
    expect(asked).toEqual([]);
    expect(await keys.keyOf(SECRET)).toBe('from-secret');
    expect(asked).toEqual(['tierwise/small']);
  });

  it('are read once in five minutes, by however many calls', async () => {
    const { keys, asked, wait } = keysOf('first', 'second');
    expect(await Promise.all([keys.keyOf(SECRET), keys.keyOf(SECRET)])).toEqual(['first', 'first']);
    wait(299_999);
    expect(await keys.keyOf(SECRET)).toBe('first');
    expect(asked.length).toBe(1);
    wait(1);
    expect(await keys.keyOf(SECRET)).toBe('second');
  });

  it('are renewed upon a refusal, once for all calls that were refused', async () => {
    const { keys, asked } = keysOf('old', 'new');
    await keys.keyOf(SECRET);
    expect(await keys.renewed(SECRET, 'old')).toBe('new');
    expect(await keys.renewed(SECRET, 'old')).toBe('new');
    expect(asked.length).toBe(2);
  });

  it('are not tried again where the secret holds the refused one', async () => {
    const { keys } = keysOf('same');
    await keys.keyOf(SECRET);
    expect(await keys.renewed(SECRET, 'same')).toBeUndefined();
    expect(await keys.renewed(aTier({ id: 'own', apiKey: 'literal' }), 'literal')).toBeUndefined();
  });

  it('that cannot be read are a failure of the tier, and are asked for again', async () => {
    const { keys } = keysOf('missing', 'found');
    const failure = await keys.keyOf(SECRET).catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: 'auth', message: 'The key of tier small could not be read.' });
    expect(await keys.keyOf(SECRET)).toBe('found');
  });
});
