import { hashShare } from '../../statistics/hash-share';

/** An answer that a person might be asked about. */
export interface ReviewCandidate {
  readonly row: string;
  readonly task: string;
  readonly tier: string;
  /** Absent where it waits for a verdict. */
  readonly pass?: boolean;
}

interface Kept {
  readonly candidate: ReviewCandidate;
  readonly lot: number;
}

/**
 * Draws answers for people to judge: of each task, tier and verdict as many, as far as there are, since a judge's mistakes
 * are told from both what it lets pass and what it does not. By lot, the same for the same seed, and in one pass that keeps
 * no more of each kind than could be drawn.
 */
export class ReviewDraw {
  private readonly strata = new Map<string, Kept[]>();

  constructor(
    private readonly size: number,
    private readonly seed: number,
  ) {}

  add(candidate: ReviewCandidate): void {
    const { row, task, tier, pass } = candidate;
    const key = JSON.stringify([task, tier, pass ?? null]);
    const kept = this.strata.get(key) ?? [];
    this.strata.set(key, kept);
    kept.push({ candidate, lot: hashShare(`review ${this.seed} ${task} ${tier} ${row}`) });
    if (kept.length >= 2 * this.size + 16) kept.splice(0, kept.length, ...lowest(kept, this.size));
  }

  /** In an order that tells nothing of tier or verdict. */
  drawn(): readonly ReviewCandidate[] {
    const queues = [...this.strata]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, kept]) => lowest(kept, this.size));
    const drawn: Kept[] = [];
    for (let round = 0; round < this.size && drawn.length < this.size; round++) {
      for (const queue of queues) {
        const next = queue[round];
        if (next !== undefined && drawn.length < this.size) drawn.push(next);
      }
    }
    return drawn.sort(byLot).map(({ candidate }) => candidate);
  }
}

function lowest(kept: readonly Kept[], count: number): Kept[] {
  return [...kept].sort(byLot).slice(0, count);
}

function byLot(one: Kept, other: Kept): number {
  return one.lot - other.lot;
}
