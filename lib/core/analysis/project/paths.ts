import type { Rung } from './scenario';

/** One way through a ladder: where a request begins, where its answer comes from, and how many go that way. */
export interface Path {
  readonly from: number;
  readonly to: number;
  /** Of the task's requests. */
  readonly share: number;
}

/** Every way there is; the shares make what the starts make. */
export function pathsOf(rungs: readonly Rung[]): Path[] {
  return rungs.flatMap(({ start }, from) => climbFrom(rungs, from, start));
}

function climbFrom(rungs: readonly Rung[], from: number, start: number): Path[] {
  const last = rungs.length - 1;
  const paths: Path[] = [];
  let left = start;
  for (let to = from; to <= last && left > 0; to += 1) {
    const climbs = to === last ? 0 : left * (rungs[to]?.climb ?? 0);
    paths.push({ from, to, share: left - climbs });
    left = climbs;
  }
  return paths;
}

/** Share of the task's requests that pay for a cheaper answer first. */
export function climbShare(rungs: readonly Rung[]): number {
  return pathsOf(rungs).reduce((sum, { from, to, share }) => sum + (to > from ? share : 0), 0);
}
