import { describe, expect, it } from 'vitest';
import { compileCallerOf } from '../../../../lambda/router/access/callers';
import { environmentAccess } from '../../../../lambda/router/access/environment-access';
import { GRACE_MS } from '../../../../lambda/router/access/known-keys';
import { down, someKeys } from './some-keys';

const REFRESH_MS = 10_000;

function onLoopback() {
  const keys = someKeys();
  const clock = { nowMs: 1_000_000 };
  const told: string[] = [];
  const callerOf = compileCallerOf(
    { callers: 'keyed-once-there-are-keys' },
    { store: keys, refreshMs: REFRESH_MS, nowMs: () => clock.nowMs, warn: (message) => told.push(message) },
  );
  const ask = async (headers: Record<string, string> = {}) => callerOf({ headers });
  return { keys, clock, told, ask };
}

describe('callers of the same machine', () => {
  it('need no key while the store has none, and are whoever they say', async () => {
    const { ask, clock } = onLoopback();
    for (let look = 0; look < 3; look++) {
      expect(await ask({ 'x-tierwise-customer': 'acme', authorization: 'Bearer unused' })).toEqual({
        customer: 'acme',
      });
      clock.nowMs += REFRESH_MS;
    }
    await expect(ask({ 'x-tierwise-customer': 'a b' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('need one within the refresh time of the first, for good', async () => {
    const { ask, clock, keys } = onLoopback();
    await ask();
    const { secret, record } = keys.give({ customer: 'acme' });
    clock.nowMs += REFRESH_MS;
    await expect(ask()).rejects.toMatchObject({ code: 'invalid_key' });
    expect(await ask({ 'x-api-key': secret, 'x-tierwise-customer': 'umbra' })).toEqual({
      customer: 'acme',
      keyId: record.id,
      operator: false,
    });
    await keys.revoke(record.id, clock.nowMs);
    keys.list = async () => [];
    clock.nowMs += REFRESH_MS;
    await expect(ask()).rejects.toMatchObject({ code: 'invalid_key' });
  });

  it('do not get in where the store has never said whether there are keys', async () => {
    const { ask, clock, keys, told } = onLoopback();
    keys.before = down;
    for (let look = 0; look < 3; look++) {
      await expect(ask()).rejects.toMatchObject({ code: 'tiers_unavailable', status: 503 });
      clock.nowMs += REFRESH_MS;
    }
    expect(told).toEqual(["callers' keys cannot be looked up: the store is down"]);
    keys.before = async () => {};
    expect(await ask()).toEqual({});
  });

  it('get in for the grace after it last said that there are none', async () => {
    const { ask, clock, keys } = onLoopback();
    await ask();
    keys.before = down;
    clock.nowMs += GRACE_MS - 1;
    expect(await ask()).toEqual({});
    clock.nowMs += 1;
    await expect(ask()).rejects.toMatchObject({ status: 503 });
  });
});

describe('who may call the router’s function', () => {
  const LAMBDA = { AWS_LAMBDA_FUNCTION_NAME: 'router' };

  it.each([{}, LAMBDA, { TIERWISE_CALLERS: '' }, { TIERWISE_CALLERS: 'keyed', ...LAMBDA }])(
    'is whoever has a key, with %j',
    (variables) => {
      expect(environmentAccess(variables)).toEqual({ callers: 'keyed' });
    },
  );

  it('is whoever reaches it where it is told so, on one machine', () => {
    expect(environmentAccess({ TIERWISE_CALLERS: 'trusted' })).toEqual({ callers: 'trusted' });
  });

  it.each([
    [{ TIERWISE_CALLERS: 'trusted', ...LAMBDA }, 'TIERWISE_CALLERS is trusted, which a function on Lambda may not be'],
    [{ TIERWISE_CALLERS: 'none' }, 'TIERWISE_CALLERS is "none": allowed are keyed and trusted'],
  ])('is nobody with %j: it does not start', (variables, message) => {
    expect(() => environmentAccess(variables)).toThrow(message);
  });
});
