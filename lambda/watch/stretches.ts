/** The last moment before `ms`, or `ms` itself, at which a stretch of this length begins, in UTC. */
export function floorTo(stepMs: number, ms: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}

export function ceilTo(stepMs: number, ms: number): number {
  return Math.ceil(ms / stepMs) * stepMs;
}
