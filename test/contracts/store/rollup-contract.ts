import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RollupStore, Span } from '../../../lambda/shared/store/rollup-port';
import { DAY_MS, HOUR_MS } from '../../../lib/core/durations';
import { emptyRollup, mergeRollup, REPORT_DIMENSIONS, type Rollup } from '../../../lib/core/telemetry/rollup/rollup';
import { SUM_NAMES, type Sums, someSums } from '../../../lib/core/telemetry/rollup/sums';
import type { StoreClock, StoreLoad } from '../store-contract';

/** `rollups` gives those of a new, empty store with this clock for each test. */
export function rollupContract(rollups: () => RollupStore, clock: StoreClock, { propertyRuns }: StoreLoad): void {
  const listed = async (span: Span, from: string, until: string) =>
    (await rollups().list(span, from, until)).map((row) => [row.from, row.rollup.total.requests]);

  it('has none at first', async () => {
    expect(await rollups().read('day', '2026-11-22')).toBeUndefined();
    expect(await rollups().list('day', '2026-11-01', '2026-12-01')).toEqual([]);
  });

  it.each<[Span, string]>([
    ['minute', '2026-11-22T07:15'],
    ['hour', '2026-11-22T07'],
    ['day', '2026-11-22'],
  ])('keeps what was written last of a %s', async (span, from) => {
    await rollups().write(span, from, aRollup(1));
    await rollups().write(span, from, aRollup(2));
    await rollups().write(span, from, aRollup(2));
    expect(await rollups().read(span, from)).toEqual(aRollup(2));
  });

  it('keeps spans apart, and what is written from changes', async () => {
    const rollup = aRollup(1);
    await rollups().write('hour', '2026-11-22T07', rollup);
    mergeRollup(rollup, aRollup(1));
    await rollups().write('minute', '2026-11-22T07:00', rollup);
    expect((await rollups().read('hour', '2026-11-22T07'))?.total.requests).toBe(1);
    expect((await rollups().read('minute', '2026-11-22T07:00'))?.total.requests).toBe(2);
  });

  it.each<[Span, readonly string[], string, string]>([
    [
      'minute',
      ['2026-11-21T23:58', '2026-11-21T23:59', '2026-11-22T00:00', '2026-11-22T09:59'],
      '2026-11-21T23:58',
      '2026-11-22T10:00',
    ],
    ['hour', ['2026-10-31T23', '2026-11-01T00', '2026-11-30T23', '2026-12-01T00'], '2026-10-31T23', '2026-12-01T01'],
    ['day', ['2025-12-31', '2026-01-01', '2026-12-31', '2027-01-01'], '2025-12-31', '2027-01-02'],
  ])('lists each %s there is, ascending, the first included and the last not', async (span, stretches, from, until) => {
    for (const stretch of [...stretches].reverse()) {
      await rollups().write(span, stretch, aRollup(stretches.indexOf(stretch) + 1));
    }
    const [first = '', second = '', third = '', fourth = ''] = stretches;
    expect(await listed(span, from, until)).toEqual([
      [first, 1],
      [second, 2],
      [third, 3],
      [fourth, 4],
    ]);
    expect(await listed(span, second, fourth)).toEqual([
      [second, 2],
      [third, 3],
    ]);
    expect(await listed(span, third, third)).toEqual([]);
    expect(await listed(span, fourth, first)).toEqual([]);
  });

  it('lists a day of minutes and thirty days of hours, whole', async () => {
    const begin = Date.UTC(2026, 10, 1, 12);
    const minutes = Array.from({ length: 300 }, (_, index) =>
      new Date(begin + index * 5 * 60_000).toISOString().slice(0, 16),
    );
    const hours = Array.from({ length: 100 }, (_, index) =>
      new Date(begin + index * 7 * HOUR_MS).toISOString().slice(0, 13),
    );
    await Promise.all(minutes.map((from, index) => rollups().write('minute', from, aRollup(index))));
    await Promise.all(hours.map((from, index) => rollups().write('hour', from, aRollup(index))));
    expect(await listed('minute', '2026-11-01T12:00', '2026-11-02T13:00')).toEqual(
      minutes.map((from, index) => [from, index]),
    );
    expect(await listed('hour', '2026-11-01T12', '2026-12-01T12')).toEqual(hours.map((from, index) => [from, index]));
  });

  it('keeps rollups far larger than an item, also while they grow and shrink', async () => {
    for (const customers of [6000, 9000, 1, 3000]) {
      const rollup = largeRollup(customers);
      await rollups().write('day', '2026-11-22', rollup);
      expect(await rollups().read('day', '2026-11-22')).toEqual(rollup);
      await rollups().write('day', '2026-11-21', aRollup(1));
      expect(await listed('day', '2026-11-21', '2026-11-22')).toEqual([['2026-11-21', 1]]);
      expect(await listed('day', '2026-11-21', '2026-11-23')).toEqual([
        ['2026-11-21', 1],
        ['2026-11-22', customers],
      ]);
    }
  }, 120_000);

  it('adds up what was read under names that objects know, as under any other', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'ü'];
    await rollups().write('day', '2026-11-22', aRollup(1));
    const read = (await rollups().read('day', '2026-11-22')) as Rollup;
    for (const name of names) expect(name in read.by.customer || name in read.tasks || name in read.places).toBe(false);
    mergeRollup(read, namedRollup(names));
    mergeRollup(read, namedRollup(names));
    await rollups().write('day', '2026-11-22', read);
    const again = (await rollups().read('day', '2026-11-22')) as Rollup;
    for (const name of names) {
      expect(again.by.customer[name]?.requests).toBe(2);
      expect(again.tasks[name]?.mix[name]?.[name]).toBe(2);
      expect(again.places[name]?.[0]?.calls).toBe(2);
    }
  });

  it('gives back any rollup, number for number and name for name', async () => {
    await fc.assert(
      fc.asyncProperty(anyRollup(), async (rollup) => {
        await rollups().write('day', '2026-11-22', rollup);
        const read = (await rollups().read('day', '2026-11-22')) as Rollup;
        expect(sortedText(read)).toBe(sortedText(rollup));
        for (const names of [read.by.customer, read.tasks, read.places])
          expect(Object.getPrototypeOf(names)).toBeNull();
      }),
      { numRuns: propertyRuns },
    );
  });

  it('keeps what is caught up with long after its time', async () => {
    await rollups().write('minute', '2026-10-01T07:15', aRollup(1));
    clock.nowMs += 2 * DAY_MS;
    await rollups().write('minute', '2026-10-01T07:16', aRollup(2));
    expect(await listed('minute', '2026-10-01T07:00', '2026-10-01T08:00')).toEqual([
      ['2026-10-01T07:15', 1],
      ['2026-10-01T07:16', 2],
    ]);
  });

  it.each<[Span, string]>([
    ['minute', '2026-11-22T07'],
    ['hour', '2026-11-22T24'],
    ['hour', '2026-11-22T07:15'],
    ['day', '2026-02-30'],
    ['day', '../2026'],
  ])('knows no %s %j', async (span, from) => {
    const message = new RegExp(`is no ${span}: give YYYY-MM-DD`);
    await expect(rollups().write(span, from, aRollup(1))).rejects.toThrow(message);
    await expect(rollups().read(span, from)).rejects.toThrow(message);
    await expect(rollups().list(span, from, from)).rejects.toThrow(message);
  });
}

function aRollup(requests: number): Rollup {
  return { ...emptyRollup(), total: someSums({ requests, costUsd: 0.1 * requests }) };
}

function namedRollup(names: readonly string[]): Rollup {
  const rollup = emptyRollup();
  rollup.by.customer = fromNames(names, () => someSums({ requests: 1 }));
  rollup.tasks = fromNames(names, (name) => {
    const counts = fromNames([name], () => 1);
    const mix = fromNames([name], () => counts);
    return { mix, inputs: mix };
  });
  rollup.places = fromNames(names, () => [{ tier: 'small', location: 'vpc', calls: 1 }]);
  return rollup;
}

/** Numbers that do not compress well, as those of real customers. */
function largeRollup(customers: number): Rollup {
  const rollup = aRollup(customers);
  const names = Array.from({ length: customers }, (_, index) => `customer-${index}`);
  rollup.by.customer = fromNames(names, (name) => {
    const seed = Number(name.slice('customer-'.length)) + 1;
    return Object.fromEntries(SUM_NAMES.map((sum, index) => [sum, Math.sqrt(seed * (index + 2))])) as Sums;
  });
  return rollup;
}

function fromNames<Value>(names: readonly string[], valueFor: (name: string) => Value): Record<string, Value> {
  const values = Object.create(null) as Record<string, Value>;
  for (const name of names) values[name] = valueFor(name);
  return values;
}

function anyRollup(): fc.Arbitrary<Rollup> {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON'),
  );
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const named = <Value>(value: fc.Arbitrary<Value>) =>
    fc.array(fc.tuple(name, value), { maxLength: 4 }).map((entries) => {
      const values = new Map(entries);
      return fromNames([...values.keys()], (key) => values.get(key) as Value);
    });
  const sums = fc
    .array(number, { minLength: SUM_NAMES.length, maxLength: SUM_NAMES.length })
    .map((values) => Object.fromEntries(SUM_NAMES.map((sum, index) => [sum, values[index]])) as unknown as Sums);
  const place = fc.record({ tier: name, location: name, calls: number });
  const leftOut = fc.record({ requests: number, costUsd: number, mix: fc.dictionary(fc.string(), number) });
  return fc.record({
    total: sums,
    by: fc.record(Object.fromEntries(REPORT_DIMENSIONS.map((dimension) => [dimension, named(sums)]))),
    tasks: named(
      fc.record(
        { mix: named(named(number)), inputs: named(named(number)), placed: fc.record({ pin: leftOut }) },
        { requiredKeys: ['mix', 'inputs'] },
      ),
    ),
    places: named(fc.array(place, { maxLength: 3 })),
  }) as fc.Arbitrary<Rollup>;
}

/** The whole of it, whatever the order of its names. */
function sortedText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedText).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sortedText(member)}`).join()}}`;
}
