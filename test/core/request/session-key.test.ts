import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionKey } from '../../../lib/core/request/session-key';
import type { Caller, Features } from '../../../lib/core/types';
import { aPolicy, aRequest, aTask, aTier } from '../../builders';
import { someFeatures } from '../decision/deciding';

const TASKS = ['sticky', 'clings'];
const policy = aPolicy({
  tiers: [aTier({ id: 'small' })],
  tasks: [
    ...TASKS.map((id) => aTask({ id, ladder: ['small'], session: { sticky: true } })),
    aTask({ id: 'loose', ladder: ['small'] }),
  ],
});

function keyOf(caller: Caller, session: string | undefined, task = 'sticky'): string | undefined {
  const features: Features = someFeatures({ task });
  return sessionKey(aRequest({ caller, hints: session === undefined ? {} : { session } }), features, policy);
}

describe('a session', () => {
  it('is kept only for tasks that want it, and only where the caller names one', () => {
    expect(keyOf({}, 's')).toBeDefined();
    expect(keyOf({}, undefined)).toBeUndefined();
    expect(keyOf({}, 's', 'loose')).toBeUndefined();
    expect(keyOf({}, 's', 'unknown')).toBeUndefined();
  });

  it('is one for all keys of a customer', () => {
    expect(keyOf({ customer: 'acme', keyId: 'key-1' }, 's')).toBe(keyOf({ customer: 'acme', keyId: 'key-2' }, 's'));
  });

  it('is shared by no two callers, tasks or names, whatever they are called', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a', 'a","b', '"]', 'key', 'customer', 'anonymous', '\ud800', '\ud801', ''),
    );
    const asking = fc.record({
      caller: fc.oneof(
        name.map((customer) => ({ customer })),
        name.map((keyId) => ({ keyId })),
        fc.constant({}),
      ),
      session: name,
      task: fc.constantFrom(...TASKS),
    });
    fc.assert(
      fc.property(asking, asking, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        const keys = [one, other].map(({ caller, session, task }) => keyOf(caller, session, task));
        expect(keys[0] === keys[1]).toBe(same);
      }),
      { numRuns: 500 },
    );
  });
});
