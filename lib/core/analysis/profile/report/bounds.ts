/** A blank at which no line is broken. */
const FIRM = '\u00a0';

/** A bound from above, never shown lower than it is, and one from below, never higher. */
export function bounds(low: number, high: number, blank: string = FIRM): string {
  const [from, to] = [Math.floor(low * 1000 + 1e-9) / 10, Math.ceil(high * 1000 - 1e-9) / 10];
  return `${from.toFixed(1)}${blank}to${blank}${to.toFixed(1)} %`;
}
