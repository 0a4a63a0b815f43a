import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecret, newSecret, secretHash } from '../../../../lambda/router/access/key-secret';
import { newKey } from '../../../../lambda/router/access/new-key';
import { presentedSecrets } from '../../../../lambda/router/access/presented-secrets';

describe('the secret of a key', () => {
  it('is another each time, and is known for one', () => {
    const secrets = Array.from({ length: 200 }, newSecret);
    expect(new Set(secrets).size).toBe(200);
    for (const secret of secrets)
      expect([secret.slice(0, 3), secret.length, isSecret(secret)]).toEqual(['tw_', 52, true]);
  });

  it('shows a typo anywhere without a look at the store', () => {
    const secret = newSecret();
    fc.assert(
      fc.property(fc.nat(secret.length - 1), fc.constantFrom(...'abcXYZ019-_ .é'), (at, character) => {
        const typed = secret.slice(0, at) + character + secret.slice(at + 1);
        expect(isSecret(typed)).toBe(typed === secret);
      }),
    );
    for (const text of ['', 'tw_', secret.slice(0, -1), `${secret}A`, ` ${secret}`, `${secret}\n`, 'unused'])
      expect(isSecret(text)).toBe(false);
  });

  it('stands nowhere in the record of its key, and no part of it does', () => {
    const { record, secret } = newKey({ customer: 'acme', operator: false }, 0);
    expect(record).toEqual({
      id: expect.stringMatching(/^key-[0-9a-f]{16}$/),
      hash: secretHash(secret),
      customer: 'acme',
      operator: false,
      createdAt: '1970-01-01T00:00:00.000Z',
    });
    expect(record.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(record)).not.toContain(secret.slice(3, 12));
  });
});

describe('what a caller shows as its secret', () => {
  const [key, other] = [newSecret(), newSecret()];
  const signed = 'AWS4-HMAC-SHA256 Credential=A/b';

  it.each([
    ['a bearer', { authorization: 'Bearer s1' }, ['s1']],
    ['a bearer in other letters', { authorization: 'bearer  s1 ' }, ['s1']],
    ['a bearer of two words', { authorization: 'Bearer s1 s2' }, ['s1 s2']],
    ['an x-api-key', { 'x-api-key': ' s1 ' }, ['s1']],
    ['both where they agree', { authorization: `Bearer ${key}`, 'x-api-key': key }, [key]],
    ['each where both can be a key', { authorization: `Bearer ${key}`, 'x-api-key': other }, [key, other]],
    ['the x-api-key where the bearer cannot be one', { authorization: 'Bearer unused', 'x-api-key': key }, [key]],
    ['the bearer where the x-api-key cannot be one', { authorization: `Bearer ${key}`, 'x-api-key': 'unused' }, [key]],
    ['the bearer where neither can be one', { authorization: 'Bearer s1', 'x-api-key': 's2' }, ['s1']],
    ['none where there is none', {}, []],
    ['none in an empty header', { authorization: 'Bearer ', 'x-api-key': '' }, []],
    ['none in another scheme', { authorization: 'Basic czE6' }, []],
    ['the x-api-key beside a signature', { authorization: signed, 'x-api-key': 's1' }, ['s1']],
  ])('is %s', (_name, headers, secrets) => {
    expect(presentedSecrets({ headers })).toEqual(secrets);
  });
});
