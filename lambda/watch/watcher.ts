import { WATCH_HEARTBEAT } from '../../lib/core/telemetry/signals';
import type { Store } from '../shared/store/port';
import { createEvaluate, type EvaluatePorts } from './evaluate';
import { createRollUp } from './roll-up';
import { type Progress, Turn, TurnLostError } from './turn';

export type WatcherPorts = EvaluatePorts & {
  readonly store: Pick<Store, 'attributions' | 'rollups' | 'states' | 'switches'>;
};

export interface WatchRun {
  /** `elsewhere`: another one is at it, and nothing was done here. */
  readonly standing: 'done' | 'elsewhere';
  /** Milliseconds between now and the end of what is added up. */
  readonly behindMs?: number;
  /** Evaluations of five minutes that were made. */
  readonly evaluations?: number;
}

export interface Watcher {
  /** Adds up what has come and evaluates it, as far as there is time; what is left the next run does. */
  run(isTimeUp?: () => boolean): Promise<WatchRun>;
}

export function createWatcher(ports: WatcherPorts): Watcher {
  const { store, publish, nowMs } = ports;
  const rollUp = createRollUp(ports);
  const evaluate = createEvaluate(ports);

  async function work(turn: Turn, isTimeUp: () => boolean): Promise<WatchRun> {
    const reached = await rollUp.run(turn, isTimeUp);
    const { made } = await evaluate.run(reached, isTimeUp);
    await publish([{ name: WATCH_HEARTBEAT.name, unit: WATCH_HEARTBEAT.unit, value: 1 }], nowMs());
    return { standing: 'done', behindMs: nowMs() - reached.throughMs, evaluations: made };
  }

  return {
    async run(isTimeUp = () => false) {
      const turn = await Turn.take(store.states, nowMs);
      if (turn === undefined) return { standing: 'elsewhere' };
      try {
        return await work(turn, isTimeUp);
      } catch (error) {
        if (error instanceof TurnLostError) return { standing: 'elsewhere' };
        throw error;
      } finally {
        // One that cannot be given back is over by itself within a minute.
        await turn.end().catch(() => {});
      }
    },
  };
}

export interface RollUpOptions {
  readonly nowMs?: () => number;
  /** How far the very first look at a store goes back. Default an hour. */
  readonly firstLookMs?: number;
}

/** Adds up what has come to a store, for whoever reads its rollups where nobody watches. Undefined: somebody is at it. */
export async function rollUpStore(
  store: Pick<Store, 'attributions' | 'rollups' | 'states'>,
  { nowMs = Date.now, ...options }: RollUpOptions = {},
): Promise<Progress | undefined> {
  const turn = await Turn.take(store.states, nowMs);
  if (turn === undefined) return undefined;
  try {
    return await createRollUp(Object.assign({ store, nowMs }, options)).run(turn, () => false);
  } finally {
    await turn.end().catch(() => {});
  }
}
