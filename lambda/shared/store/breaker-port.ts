/** A breaker as all instances of a router share it. */
export interface SharedBreaker {
  readonly tier: string;
  readonly openedAtMs: number;
  /** From then on one probe at a time may be made. */
  readonly untilMs: number;
}

export interface BreakerStore {
  /** Those that are open or half-open. One cheap read, for pollers. */
  list(): Promise<readonly SharedBreaker[]>;
  /** Opens it, or opens it again for longer. */
  open(breaker: SharedBreaker): Promise<void>;
  /** Leave to probe, for one instance until `leaseUntilMs`; false where another has it. */
  claimProbe(tier: string, nowMs: number, leaseUntilMs: number): Promise<boolean>;
  close(tier: string): Promise<void>;
}
