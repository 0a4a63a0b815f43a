/** How a person ends a process. */
export const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/**
 * One Ctrl-C may come twice: from the terminal, and from an npm above this process that passes on what it got itself. Nobody
 * presses again so soon.
 */
const SAME_PRESS_MS = 300;

/** Gives what leaves signals to the process again. */
export function onSignals({ first, again }: { readonly first: () => void; readonly again: () => void }): () => void {
  let toldAtMs: number | undefined;
  const hear = (): void => {
    const atMs = performance.now();
    if (toldAtMs === undefined) first();
    else if (atMs - toldAtMs >= SAME_PRESS_MS) again();
    toldAtMs ??= atMs;
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
}
