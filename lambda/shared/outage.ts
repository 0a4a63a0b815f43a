/** Whether what is asked answers, as those who ask it find. */
export interface Outage {
  /** It did not answer. */
  met(error: unknown): void;
  /** It answered. */
  over(): void;
}

/** Tells of the first failure of each outage; those that follow until it answers again are the same news. */
export function tellOutages(tell: (error: unknown) => void): Outage {
  let lasts = false;
  return {
    met(error) {
      if (!lasts) tell(error);
      lasts = true;
    },
    over() {
      lasts = false;
    },
  };
}
