import type { StateStore } from '../shared/store/state-port';

/** How far the records of a store are added up. */
export interface Progress {
  /** UTC milliseconds: every minute before this one is. */
  readonly throughMs: number;
  /** Beginning of the first minute in which anything came; of the installation where nothing had by then. */
  readonly sinceMs: number;
  /** When it was last gone on with after a long outage. */
  readonly resumedMs?: number;
}

/** A document of its own in the store. */
interface TurnState extends Progress {
  readonly schema: 1;
  /** Whoever is at work, and until when he may be. Absent: nobody. */
  readonly heldUntilMs?: number;
}

/** Somebody else has taken the turn: he goes on from where this one was. */
export class TurnLostError extends Error {
  override readonly name = 'TurnLostError';
}

const STATE = 'rollup';
/** Of one that ends without giving it back, the next waits no longer than this: less than there is between two runs. */
const HELD_MS = 60_000;
/** No write begins later than this before the turn may be taken: it may be under way for a while, and clocks differ. */
const LEAST_MS = 35_000;

/**
 * The right to write rollups, which one at a time has: two that write a running hour at once may leave the older. It is
 * taken and renewed by conditional writes of the state that says how far the records are added up.
 */
export class Turn {
  private constructor(
    private readonly states: StateStore,
    private readonly nowMs: () => number,
    private revision: number,
    private heldUntilMs: number,
    private reached: Progress | undefined,
  ) {}

  /** Undefined while somebody else has it. */
  static async take(states: StateStore, nowMs: () => number): Promise<Turn | undefined> {
    const found = await states.read(STATE);
    const state = found?.state as Partial<TurnState> | undefined;
    if (state?.heldUntilMs !== undefined && state.heldUntilMs > nowMs()) return undefined;
    const reached = state?.throughMs === undefined ? undefined : progressOf(state as TurnState);
    const turn = new Turn(states, nowMs, found?.revision ?? 0, 0, reached);
    return (await turn.write(reached)) ? turn : undefined;
  }

  get progress(): Progress | undefined {
    return this.reached;
  }

  /** To be asked before every write. Throws `TurnLostError` where another has taken the turn. */
  async hold(): Promise<void> {
    if (this.heldUntilMs - this.nowMs() < LEAST_MS) await this.move(this.reached);
  }

  /** Remembers how far everything has been written. */
  async move(progress: Progress | undefined): Promise<void> {
    if (!(await this.write(progress))) throw new TurnLostError('another one adds up the records now');
  }

  /** Gives the turn back. One that does not is waited for. */
  async end(): Promise<void> {
    await this.write(this.reached, false);
  }

  private async write(progress: Progress | undefined, goesOn = true): Promise<boolean> {
    const untilMs = this.nowMs() + HELD_MS;
    const written = await this.states.write(
      STATE,
      Object.assign({ schema: 1 }, progress, goesOn && { heldUntilMs: untilMs }),
      this.revision,
    );
    if (!written) return false;
    this.revision += 1;
    this.heldUntilMs = untilMs;
    this.reached = progress;
    return true;
  }
}

function progressOf({ throughMs, sinceMs, resumedMs }: TurnState): Progress {
  return Object.assign({ throughMs, sinceMs }, resumedMs !== undefined && { resumedMs });
}
