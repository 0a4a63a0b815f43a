import { type Bounds, exactBounds } from '../../exact-bounds';
import { type SampleRow, unitOf } from './answer-table';

/** A row on which something was seen to happen, or not. */
export interface SeenRow {
  readonly row: SampleRow;
  readonly event: boolean;
}

/**
 * Events among rows, counted so that exact bounds hold. Rows of one group are one unit. Where every unit is a row and all
 * weigh the same, units are rows, both factors are 1, and the bounds are Clopper-Pearson's own.
 */
export interface SampleCount {
  readonly rows: number;
  readonly events: number;
  /** Weighted share of the rows with an event; 0 of none. */
  readonly rate: number;
  readonly units: number;
  /** Units with an event on any of their rows. */
  readonly touched: number;
  /** Units with an event on all of their rows. */
  readonly filled: number;
  /** Weight of the heaviest and of the lightest unit, over the mean. */
  readonly heaviest: number;
  readonly lightest: number;
}

interface Unit {
  weight: number;
  any: boolean;
  all: boolean;
}

export function countSample(seen: readonly SeenRow[]): SampleCount {
  const units = new Map<string, Unit>();
  let weight = 0;
  let eventWeight = 0;
  let events = 0;
  for (const { row, event } of seen) {
    const id = unitOf(row);
    const unit = units.get(id);
    if (!unit) units.set(id, { weight: row.weight, any: event, all: event });
    else {
      unit.weight += row.weight;
      unit.any ||= event;
      unit.all &&= event;
    }
    weight += row.weight;
    eventWeight += event ? row.weight : 0;
    events += event ? 1 : 0;
  }
  const all = [...units.values()];
  const weights = all.map((unit) => unit.weight);
  const heaviest = weights.reduce((most, value) => Math.max(most, value), 0);
  const lightest = weights.reduce((least, value) => Math.min(least, value), heaviest);
  const mean = weight / units.size;
  const even = heaviest === lightest;
  return {
    rows: seen.length,
    events,
    rate: seen.length === 0 ? 0 : sameWeight(seen) ? events / seen.length : eventWeight / weight,
    units: units.size,
    touched: all.filter(({ any }) => any).length,
    filled: all.filter((unit) => unit.all).length,
    heaviest: even ? 1 : heaviest / mean,
    lightest: even ? 1 : lightest / mean,
  };
}

/** Sums of equal weights round, and a rate of 19 in 20 should be just that. */
function sameWeight(seen: readonly SeenRow[]): boolean {
  return seen.every(({ row }) => row.weight === seen[0]?.row.weight);
}

/**
 * Exact one-sided bounds of the rate, and with groups or unequal weights conservative ones: from above a unit counts
 * with its heaviest possible weight if any of its rows has an event, from below with the lightest if all have.
 */
export function rateBounds(count: SampleCount, confidence: number): Bounds {
  if (count.units === 0) return { low: 0, high: 1 };
  const high = exactBounds(count.touched, count.units, confidence).high * count.heaviest;
  const low = exactBounds(count.filled, count.units, confidence).low * count.lightest;
  return { low, high: Math.min(1, high) };
}

/**
 * The share of units that may have an event for the weighted share of rows to stay within `risk` whichever units they are:
 * were all of the heaviest weight, they would be heaviest x share of the whole.
 */
export function unitRisk(count: SampleCount, risk: number): number {
  return risk / count.heaviest;
}
