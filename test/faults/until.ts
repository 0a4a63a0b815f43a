const LONGEST_MS = 20_000;

/** What `look` finds, as soon as it finds anything. */
export async function until<Found>(what: string, look: () => Found | undefined | false): Promise<Found> {
  const endsAtMs = performance.now() + LONGEST_MS;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > endsAtMs) throw new Error(`${what} did not come about within ${LONGEST_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
