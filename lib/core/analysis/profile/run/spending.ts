import type { Estimate } from '../../../types-live';

/** Money set aside for one call. */
export interface Reserve {
  settle(costUsd: number): void;
}

interface Waiting {
  readonly kind: string;
  readonly estimate: Estimate;
  readonly resolve: (reserve: Reserve | undefined) => void;
}

/** The call for which the cap had no room, with nothing under way that could have made some. */
export interface Shortage {
  readonly kind: string;
  readonly estimate: Estimate;
  /** What had to be set aside for it, and the least cap under which that can be done, by a run that goes on. */
  readonly neededUsd: number;
  readonly leastCapUsd: number;
}

/** Beyond the dearest of its kind so far, since the next may be dearer. */
const MARGIN = 1.25;
/** Of a kind nobody has seen. */
const UNSEEN = 4;

/**
 * Keeps the spending below a cap. Before each call its worst case is set aside; where the cap has no room for that any more,
 * what calls of its kind have cost at most so far, over what was expected. Of a kind that nobody has seen, the first is then
 * asked alone. A call for which there is no room waits until others have settled; when none is under way, the cap is reached.
 */
export class Spending {
  /** By kind, the most a call has cost over what was expected of it. */
  private readonly factors = new Map<string, number>();
  /** By kind, the dearest call of earlier runs in USD. */
  private readonly dearest = new Map<string, number>();
  private readonly waiting: Waiting[] = [];
  private underWay = 0;
  private reservedUsd = 0;
  private short: Shortage | undefined;

  constructor(
    private readonly capUsd: number | undefined,
    /** Spent before, and counted against the cap. */
    private spentUsd: number,
  ) {}

  get totalUsd(): number {
    return this.spentUsd;
  }

  /** Undefined until the cap is reached. */
  get shortage(): Shortage | undefined {
    return this.short;
  }

  /** What a call of the kind has cost in an earlier run. */
  saw(kind: string, costUsd: number): void {
    this.dearest.set(kind, Math.max(this.dearest.get(kind) ?? 0, costUsd));
  }

  /** Undefined once the cap has no room. */
  reserve(kind: string, estimate: Estimate): Promise<Reserve | undefined> {
    return new Promise((resolve) => {
      this.waiting.push({ kind, estimate, resolve });
      this.serve();
    });
  }

  /** In the order of asking: a cheap call that overtook a dear one would keep it waiting for ever. */
  private serve(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const amountUsd = this.roomFor(next);
      if (amountUsd === undefined && this.underWay > 0 && this.short === undefined) return;
      this.waiting.shift();
      if (amountUsd === undefined) this.short ??= this.shortageOf(next);
      next.resolve(amountUsd === undefined ? undefined : this.setAside(next, amountUsd));
    }
  }

  /** What is to be set aside; undefined where there is no room for it now. */
  private roomFor({ kind, estimate }: Waiting): number | undefined {
    const { capUsd } = this;
    if (this.short !== undefined) return undefined;
    if (capUsd === undefined) return 0;
    const roomUsd = capUsd - this.spentUsd - this.reservedUsd;
    if (estimate.worstUsd <= roomUsd) return estimate.worstUsd;
    const isSeen = this.factors.has(kind) || this.dearest.has(kind);
    if (!isSeen && this.underWay > 0) return undefined;
    const amountUsd = Math.min(estimate.worstUsd, this.likelyUsd(kind, estimate));
    return amountUsd <= roomUsd ? amountUsd : undefined;
  }

  /** Of calls of this run it is known what was expected of them, of earlier ones only what they have cost. */
  private likelyUsd(kind: string, { expectedUsd }: Estimate): number {
    const factor = this.factors.get(kind);
    return factor === undefined ? this.laterUsd(kind, expectedUsd) : expectedUsd * factor * MARGIN;
  }

  /** By the dearest call alone, which is all that a later run knows. */
  private laterUsd(kind: string, expectedUsd: number): number {
    const dearestUsd = this.dearest.get(kind);
    return dearestUsd === undefined ? expectedUsd * UNSEEN : Math.max(expectedUsd, dearestUsd) * MARGIN;
  }

  private shortageOf({ kind, estimate }: Waiting): Shortage {
    const { expectedUsd, worstUsd } = estimate;
    const likelyUsd = Math.max(this.likelyUsd(kind, estimate), this.laterUsd(kind, expectedUsd));
    const neededUsd = Math.min(worstUsd, likelyUsd);
    return { kind, estimate, neededUsd, leastCapUsd: this.spentUsd + neededUsd };
  }

  private setAside({ kind, estimate }: Waiting, amountUsd: number): Reserve {
    this.underWay += 1;
    this.reservedUsd += amountUsd;
    return {
      settle: (costUsd) => {
        this.underWay -= 1;
        // Sums of what was added and taken away again leave dust.
        this.reservedUsd = this.underWay === 0 ? 0 : this.reservedUsd - amountUsd;
        this.spentUsd += costUsd;
        this.learn(kind, costUsd, estimate.expectedUsd);
        this.serve();
      },
    };
  }

  private learn(kind: string, costUsd: number, expectedUsd: number): void {
    if (costUsd <= 0 || expectedUsd <= 0) return;
    this.saw(kind, costUsd);
    this.factors.set(kind, Math.max(this.factors.get(kind) ?? 1, costUsd / expectedUsd));
  }
}
