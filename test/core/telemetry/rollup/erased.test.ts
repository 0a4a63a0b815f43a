import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERASED, namesAny, withoutNames } from '../../../../lib/core/telemetry/rollup/erased';
import { addRecord, emptyRollup, mergedRollups, type Rollup } from '../../../../lib/core/telemetry/rollup/rollup';
import { addSums, NO_SUMS } from '../../../../lib/core/telemetry/rollup/sums';
import type { AttributedAttempt } from '../../../../lib/core/types';
import { anAttribution } from '../../../lambda/shared/an-attribution';

const CALL: AttributedAttempt = {
  tier: 'small',
  model: 'one',
  outcome: 'answered',
  because: 'first',
  costUsd: 0.5,
  startedAtMs: 0,
  latencyMs: 1,
  location: 'vpc',
};

interface Asked {
  readonly customer: string;
  readonly keyId: string;
  readonly location: string;
}

function rollupOf(asked: readonly Asked[]): Rollup {
  const rollup = emptyRollup();
  for (const [index, { customer, keyId, location }] of asked.entries()) {
    const attempts = [{ ...CALL, location }];
    addRecord(
      rollup,
      anAttribution({ requestId: `req-${index}`, customer, keyId, costUsd: 0.5, frontierCostUsd: 0.5, attempts }),
    );
  }
  return rollup;
}

const named = (customers: readonly string[], keys: readonly string[] = []) => ({
  customers: new Set(customers),
  keys: new Set(keys),
});

describe('sums without a name', () => {
  it('have what it stood for under one word, with what is there already', () => {
    const asked = [
      { customer: 'acme', keyId: 'key-1', location: 'vpc' },
      { customer: ERASED, keyId: ERASED, location: 'vpc' },
      { customer: 'other', keyId: 'key-2', location: 'anywhere' },
    ];
    const { by, places, total } = withoutNames(rollupOf(asked), named(['acme'], ['key-1']));
    expect(Object.keys(by.customer).sort()).toEqual([ERASED, 'other']);
    expect(Object.keys(by.key).sort()).toEqual([ERASED, 'key-2']);
    expect(by.customer[ERASED]).toMatchObject({ requests: 2, costUsd: 1 });
    expect(places).toEqual({
      [ERASED]: [{ tier: 'small', location: 'vpc', calls: 2 }],
      other: [{ tier: 'small', location: 'anywhere', calls: 1 }],
    });
    expect(total).toMatchObject({ requests: 3, costUsd: 1.5 });
  });

  it('are told by the name of a customer or of a key, and by no name that every object knows', () => {
    const rollup = rollupOf([{ customer: 'acme', keyId: 'key-1', location: 'vpc' }]);
    const told = (customers: readonly string[], keys: readonly string[]) => namesAny(rollup, named(customers, keys));
    expect([told(['acme'], []), told([], ['key-1']), told(['other'], ['key-2'])]).toEqual([true, true, false]);
    expect(told(['constructor', '__proto__'], ['toString'])).toBe(false);
  });

  it('hold nothing of it, and change no total and no other name, whatever names there are', () => {
    const name = fc.constantFrom('acme', 'other', '__proto__', 'constructor', ERASED);
    const some = fc.array(fc.record({ customer: name, keyId: name, location: fc.constantFrom('vpc', 'anywhere') }), {
      maxLength: 20,
    });
    const gone = fc.constantFrom('acme', '__proto__', 'constructor');
    fc.assert(
      fc.property(some, gone, (asked, goner) => {
        const before = rollupOf(asked);
        const names = named([goner], [goner]);
        const after = withoutNames(before, names);
        expect(namesAny(after, names)).toBe(false);
        expect({ total: after.total, tasks: after.tasks }).toEqual({ total: before.total, tasks: before.tasks });
        for (const split of ['task', 'feature', 'model', 'tier', 'user-tier'] as const) {
          expect(after.by[split]).toEqual(before.by[split]);
        }
        for (const split of ['customer', 'key'] as const) {
          expect(Object.values(after.by[split]).reduce(addSums, NO_SUMS)).toEqual(
            Object.values(before.by[split]).reduce(addSums, NO_SUMS),
          );
        }
        expect(withoutNames(after, names)).toEqual(after);
      }),
    );
  });

  it('are the same whether parts are renamed and added up, or added up and renamed', () => {
    const parts = [1, 2, 3].map((n) =>
      rollupOf(Array.from({ length: n }, () => ({ customer: 'acme', keyId: `key-${n}`, location: 'vpc' }))),
    );
    const names = named(['acme'], ['key-1', 'key-3']);
    expect(mergedRollups(parts.map((part) => withoutNames(part, names)))).toEqual(
      withoutNames(mergedRollups(parts), names),
    );
  });
});
