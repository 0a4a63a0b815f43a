import { emptyRollup, mergedRollups, type Place, type Rollup } from './rollup';
import type { Sums } from './sums';

/** Stands in sums for every customer that was erased, and for their keys. */
export const ERASED = '(erased)';

/** Whom sums shall name no longer. */
export interface Names {
  readonly customers: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
}

/** Whether sums name any of them. */
export function namesAny({ by, places }: Rollup, { customers, keys }: Names): boolean {
  return (
    [...customers].some((name) => Object.hasOwn(by.customer, name) || Object.hasOwn(places, name)) ||
    [...keys].some((name) => Object.hasOwn(by.key, name))
  );
}

/** The same sums, in which what the names stood for stands under one word. Totals and every other split are as they were. */
export function withoutNames(rollup: Rollup, { customers, keys }: Names): Rollup {
  const customer = parted(rollup.by.customer, customers);
  const key = parted(rollup.by.key, keys);
  const places = parted(rollup.places, customers);
  const by = Object.assign({}, rollup.by, { customer: customer.others, key: key.others });
  return mergedRollups([
    Object.assign({}, rollup, { by, places: places.others }),
    ...customer.named.map((sums) => ofErased({ customer: sums })),
    ...key.named.map((sums) => ofErased({ key: sums })),
    ...places.named.map((list) => ofErased({ places: list })),
  ]);
}

interface Parted<Value> {
  readonly named: readonly Value[];
  readonly others: Record<string, Value>;
}

function parted<Value>(cells: Readonly<Record<string, Value>>, names: ReadonlySet<string>): Parted<Value> {
  const named: Value[] = [];
  const others = Object.create(null) as Record<string, Value>;
  for (const [name, value] of Object.entries(cells)) {
    if (names.has(name)) named.push(value);
    else others[name] = value;
  }
  return { named, others };
}

function ofErased({ customer, key, places }: { customer?: Sums; key?: Sums; places?: Place[] }): Rollup {
  const rollup = emptyRollup();
  if (customer !== undefined) rollup.by.customer[ERASED] = customer;
  if (key !== undefined) rollup.by.key[ERASED] = key;
  if (places !== undefined) rollup.places[ERASED] = places;
  return rollup;
}
