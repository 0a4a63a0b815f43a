export interface Forecast {
  readonly predicted: number;
  readonly happened: boolean;
}

/** How far predicted chances lie from what happened, on average over bins of equal size by the prediction; NaN of none. */
export function calibrationError(forecasts: readonly Forecast[], bins = 10): number {
  const n = forecasts.length;
  const ascending = [...forecasts].sort((left, right) => left.predicted - right.predicted);
  let gap = 0;
  for (let bin = 0; bin < bins; bin++) {
    const members = ascending.slice(Math.floor((bin * n) / bins), Math.floor(((bin + 1) * n) / bins));
    const surplus = members.reduce((sum, { predicted, happened }) => sum + predicted - (happened ? 1 : 0), 0);
    gap += Math.abs(surplus);
  }
  return gap / n;
}
