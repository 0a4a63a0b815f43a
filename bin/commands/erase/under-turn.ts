import type { StateStore } from '../../../lambda/shared/store/state-port';
import { Turn, TurnLostError } from '../../../lambda/watch/turn';
import { UserError } from '../command';

export interface TurnPorts {
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Takes a line for whoever waits. */
  readonly tell: (line: string) => void;
}

/** Longer than a watch function may run at once. */
const PATIENCE_MS = 600_000;
const LOOK_MS = 1000;

/** Works while nobody else writes sums. The work is begun again where somebody took the turn away. */
export async function underTurn<Result>(
  states: StateStore,
  { nowMs, pause, tell }: TurnPorts,
  work: (turn: Turn) => Promise<Result>,
): Promise<Result> {
  const beganMs = nowMs();
  let told = false;
  for (;;) {
    const turn = await Turn.take(states, nowMs);
    if (turn !== undefined) {
      try {
        return await work(turn);
      } catch (error) {
        if (!(error instanceof TurnLostError)) throw error;
      } finally {
        // One that cannot be given back is over by itself within a minute.
        await turn.end().catch(() => {});
      }
    }
    if (nowMs() - beganMs > PATIENCE_MS) {
      throw new UserError(
        'The records have been added up elsewhere for ten minutes now; run the same command again later.',
      );
    }
    if (!told) tell('The records are being added up elsewhere; waiting until that is done.');
    told = true;
    await pause(LOOK_MS);
  }
}
