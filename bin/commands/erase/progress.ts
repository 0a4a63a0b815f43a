const EVERY_MS = 5000;

/** Tells how far it has come every few seconds, and no oftener. */
export function tellNowAndThen(tell: (line: string) => void, nowMs: () => number): (line: () => string) => void {
  let toldAtMs = nowMs();
  return (line) => {
    if (nowMs() - toldAtMs < EVERY_MS) return;
    toldAtMs = nowMs();
    tell(line());
  };
}
