import { seededRandom } from '../../lib/core/analysis/statistics/seeded-random';

/** Draws how many of `n` come out one way, each at the same chance: exactly, by the inverse of the distribution. */
export function binomialDraws(chance: number, seed: number): (n: number) => number {
  const random = seededRandom(seed);
  const tables = new Map<number, Float64Array>();
  return (n) => {
    if (n === 0 || chance <= 0) return 0;
    if (chance >= 1) return n;
    let table = tables.get(n);
    if (table === undefined) {
      table = cumulative(n, chance);
      tables.set(n, table);
    }
    return below(table, random());
  };
}

function cumulative(n: number, chance: number): Float64Array {
  const odds = Math.log(chance / (1 - chance));
  const table = new Float64Array(n + 1);
  let log = n * Math.log1p(-chance);
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    sum += Math.exp(log);
    table[k] = sum;
    log += Math.log((n - k) / (k + 1)) + odds;
  }
  return table;
}

/** The first place whose value is not below; the last where rounding leaves none. */
function below(table: Float64Array, value: number): number {
  let [low, high] = [0, table.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Requests of a minute where so many come evenly in each period of so many minutes. */
export function evenly(requests: number, periodMinutes: number): (minute: number) => number {
  const perMinute = requests / periodMinutes;
  return (minute) => Math.floor((minute + 1) * perMinute + 1e-9) - Math.floor(minute * perMinute + 1e-9);
}
