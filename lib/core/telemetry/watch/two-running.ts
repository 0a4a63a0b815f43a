import { type ByWindow, type Direction, type Drifts, WINDOWS, type WindowName } from './nouns';

/** How far an evaluation found something beyond its limit, in one window. */
export interface Excess {
  readonly direction: Direction;
  readonly excess: number;
  readonly text: string;
}

export type Excesses = Partial<ByWindow<Excess>>;

/** An evaluation that long ago was not the one before this: some were missed in between. */
const LONGEST_GAP_MS = 900_000;

/** What the evaluation before found, if it was one of the last few minutes. */
export function justBefore(drifts: Drifts | undefined, lastAtMs: number, atMs: number): Drifts {
  return drifts === undefined || atMs - lastAtMs > LONGEST_GAP_MS ? {} : drifts;
}

/** Those that two evaluations running agree on, window by window, the farthest first: any one suffices. */
export function twiceRunning(found: Excesses, before: Drifts): (Excess & { readonly window: WindowName })[] {
  return WINDOWS.flatMap((window) => {
    const now = found[window];
    return now !== undefined && before[window] === now.direction ? [{ ...now, window }] : [];
  }).sort((one, other) => other.excess - one.excess);
}

export function driftsOf(found: Excesses): Drifts {
  const drifts: Partial<Record<WindowName, Direction>> = {};
  for (const window of WINDOWS) {
    const now = found[window];
    if (now !== undefined) drifts[window] = now.direction;
  }
  return drifts;
}

export const SPOKEN: ByWindow<string> = {
  fiveMinutes: 'the last 5 minutes',
  hour: 'the last hour',
  day: 'the last 24 hours',
};
