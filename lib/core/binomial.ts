/**
 * The binomial distribution, sound from one trial to millions: densities by Loader's saddle-point expansion, which loses
 * no digits to differences of large logarithms, and tails by the continued fraction of the incomplete beta function.
 */

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** Below this the error of Stirling's formula is computed from the factorial, from here on by its series. */
const SERIES_FROM = 16;

const SMALL_ERRORS: readonly number[] = Array.from({ length: SERIES_FROM }, (_, n) => {
  if (n === 0) return 0;
  let logFactorial = 0;
  for (let factor = 2; factor <= n; factor++) logFactorial += Math.log(factor);
  return logFactorial - (n + 0.5) * Math.log(n) + n - HALF_LOG_TWO_PI;
});

/** ln(n!) less Stirling's formula for it. */
function stirlingError(n: number): number {
  if (n < SERIES_FROM) return SMALL_ERRORS[n] as number;
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / n;
}

/** count ln(count / mean) + mean - count, by a series where the two are close and the terms would cancel. */
function deviance(count: number, mean: number): number {
  if (count === 0) return mean;
  const difference = count - mean;
  if (Math.abs(difference) >= 0.1 * (count + mean)) return count * Math.log(count / mean) - difference;
  const ratio = difference / (count + mean);
  let sum = difference * ratio;
  let term = 2 * count * ratio;
  for (let order = 3; ; order += 2) {
    term *= ratio * ratio;
    const next = sum + term / order;
    if (next === sum) return sum;
    sum = next;
  }
}

/** Chance of exactly `count` events in `n` independent trials, each of chance `p`. */
export function binomialDensity(count: number, n: number, p: number): number {
  if (count < 0 || count > n) return 0;
  if (p <= 0) return count === 0 ? 1 : 0;
  if (p >= 1) return count === n ? 1 : 0;
  if (count === 0) return Math.exp(n * Math.log1p(-p));
  if (count === n) return Math.exp(n * Math.log(p));
  const exponent =
    stirlingError(n) -
    stirlingError(count) -
    stirlingError(n - count) -
    deviance(count, n * p) -
    deviance(n - count, n * (1 - p));
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * count * (n - count)));
}

const TINY = 1e-300;
const PRECISION = 1e-16;
/** It converges in about the square root of the larger parameter; this is beyond any sample there is. */
const MOST_STEPS = 100_000;

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let step = 1; step <= MOST_STEPS; step++) {
    const even = (step * (b - step) * x) / ((a + 2 * step - 1) * (a + 2 * step));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + step) * (a + b + step) * x) / ((a + 2 * step) * (a + 2 * step + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return fraction;
}

/** I_x(a, b) for whole a and b from 1 on, from the side on which the fraction converges. */
function regularizedBeta(x: number, a: number, b: number): number {
  const density = binomialDensity(a, a + b, x);
  if (x < (a + 1) / (a + b + 2)) return ((density * b) / (a + b)) * betaFraction(x, a, b);
  return 1 - ((density * a) / (a + b)) * betaFraction(1 - x, b, a);
}

/** Chance of `count` events or more. */
export function binomialAtLeast(count: number, n: number, p: number): number {
  if (count <= 0) return 1;
  if (count > n || p <= 0) return 0;
  if (p >= 1) return 1;
  return regularizedBeta(p, count, n - count + 1);
}

/** Chance of `count` events or fewer. */
export function binomialAtMost(count: number, n: number, p: number): number {
  if (count < 0) return 0;
  if (count >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  return regularizedBeta(1 - p, n - count, count + 1);
}
