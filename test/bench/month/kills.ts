/** Ends the watch function in the middle of what it does. */

import type { Store } from '../../../lambda/shared/store/port';

export class Killed extends Error {}

/** At its nth call to the world, before or after the call has had its effect: nothing works from then on. */
export interface Kill {
  readonly atCall: number;
  readonly afterEffect: boolean;
}

/** Counts the calls of a process to the world, and ends it when it is told to. */
export class Process {
  private calls = 0;

  constructor(private readonly kill: Kill | undefined) {}

  /** A part of the world as this process sees it. */
  sees<Part extends object>(part: Part): Part {
    if (this.kill === undefined) return part;
    return new Proxy(part, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]) => this.call(() => member.apply(target, values));
      },
    });
  }

  async call(effect: () => unknown): Promise<unknown> {
    const { atCall = Number.POSITIVE_INFINITY, afterEffect = false } = this.kill ?? {};
    this.calls += 1;
    if (this.calls > atCall) throw new Killed();
    if (this.calls < atCall) return effect();
    if (afterEffect) await effect();
    throw new Killed();
  }
}

export type Watched = Pick<Store, 'attributions' | 'rollups' | 'states' | 'switches'>;

export function seenBy(process: Process, { attributions, rollups, states, switches }: Watched): Watched {
  return {
    attributions: process.sees(attributions),
    rollups: process.sees(rollups),
    states: process.sees(states),
    switches: process.sees(switches),
  };
}
