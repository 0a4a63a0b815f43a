/** Where a value lies, in percent of the drawing's width or height, so that a drawing fits whatever room it gets. */
export interface Scale {
  place(value: number): number;
  readonly ticks: readonly number[];
}

/** Part of the drawing that the plot takes, in percent. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const MOST_TICKS = 6;

export function linearScale(low: number, high: number, span: Span): Scale {
  const step = stepOf(high - low);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return {
    place: (value) => placed(high === low ? 0.5 : (value - low) / (high - low), span),
    ticks: Array.from({ length: Math.max(0, count) }, (_, index) => Number(((first + index) * step).toPrecision(12))),
  };
}

/** For values that differ by factors; all above 0. */
export function logScale(low: number, high: number, span: Span): Scale {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  return {
    place: (value) => placed(to === from ? 0.5 : (Math.log10(value) - from) / (to - from), span),
    ticks: decades(low, high),
  };
}

function placed(share: number, { from, to }: Span): number {
  return Number((from + Math.max(0, Math.min(1, share)) * (to - from)).toFixed(3));
}

/** 1, 2 or 5 times a power of ten, so that at most `MOST_TICKS` fit. */
function stepOf(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / MOST_TICKS));
  const factor = [1, 2, 5].find((one) => range / (one * power) <= MOST_TICKS) ?? 10;
  return factor * power;
}

function decades(low: number, high: number): number[] {
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      ticks.push(...factors.map((factor) => Number((factor * 10 ** power).toPrecision(1))));
    }
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    if (inside.length <= MOST_TICKS || factors.length === 1) return inside;
  }
  return [];
}
