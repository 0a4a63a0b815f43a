import type { StateStore } from '../../lambda/shared/store/state-port';

/** What can be named of a policy. */
export interface Names {
  readonly tiers: readonly string[];
  /** By task. */
  readonly ladders: Readonly<Record<string, readonly string[]>>;
  readonly userTiers: readonly string[];
}

/** A policy as it was written, or as it was read. */
export interface Named {
  readonly tiers?: Readonly<Record<string, unknown>>;
  readonly tasks?: Readonly<Record<string, { readonly ladder?: readonly string[] }>>;
  readonly userTiers?: readonly string[];
}

export function namesOf({ tiers = {}, tasks = {}, userTiers = [] }: Named): Names {
  const ladders = Object.entries(tasks).map(([id, { ladder = [] }]) => [id, ladder] as const);
  return { tiers: Object.keys(tiers), ladders: Object.fromEntries(ladders), userTiers };
}

/** Of a policy that is served from a file, which is not in the store. */
export interface ServedNames {
  readonly names: Names;
  readonly file: string;
  /** When it began to be served, UTC milliseconds. */
  readonly sinceMs: number;
}

const STATE = 'served-names';

/** Left in the store by a server, for whoever names a tier or a task at the store without the file at hand. */
export async function noteServedNames(states: StateStore, served: ServedNames): Promise<void> {
  const found = await states.read(STATE);
  // Of workers that start at once one writes, and all would write the same.
  await states.write(STATE, served, found?.revision ?? 0);
}

export async function readServedNames(states: StateStore): Promise<ServedNames | undefined> {
  return (await states.read(STATE))?.state as ServedNames | undefined;
}
