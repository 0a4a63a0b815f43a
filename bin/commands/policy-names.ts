import type { Store } from '../../lambda/shared/store/port';
import { type Terminal, UserError } from './command';
import { plain } from './plain';
import { readPolicy } from './read-policy';
import { type Named, type Names, namesOf, readServedNames } from './served-names';

/** The names of a policy, and how messages tell which it is. */
export interface PolicyNames {
  readonly names: Names;
  readonly of: string;
  /** Said where the policy may not be the one that is meant. */
  readonly doubt?: string;
}

/** Where names are looked up. */
export interface NamePlace {
  /** A file of keys has none beside it. */
  readonly store: Pick<Store, 'policies' | 'states'> | undefined;
  /** What messages call the store, or the file of keys. */
  readonly called: string;
  /** `--policy` */
  readonly file?: string | undefined;
}

export const POLICY_OPTION = [
  '--policy <file>',
  'policy to check names by where none is published; by default the one that was last served from the store',
] as const;

/**
 * Checks what a command was given by the policy that the store's routers follow: the published one, else that of the file,
 * else the one that was last served from the store. False where nobody can tell; that is said, and the names are taken.
 */
export async function checkedByPolicy(
  given: readonly string[],
  place: NamePlace,
  terminal: Terminal,
  check: (policy: PolicyNames) => void,
): Promise<boolean> {
  const known = await policyNames(place, terminal);
  if (known === undefined) terminal.err(plain(unchecked(given, place)));
  else check(known);
  return known !== undefined;
}

/** Undefined where no policy is known. */
export async function policyNames({ store, file }: NamePlace, terminal: Terminal): Promise<PolicyNames | undefined> {
  if (file === undefined) return store && activeNames(store);
  const published = store && (await publishedNames(store));
  if (published !== undefined) return published;
  const { policy } = await readPolicy(file, { unset: 'warning', quiet: true }, terminal);
  return { names: namesOf(policy), of: `The policy of ${file}` };
}

/** Of the policy that is published in the store, or else of the one that was last served from it. */
async function activeNames(store: Pick<Store, 'policies' | 'states'>): Promise<PolicyNames | undefined> {
  const published = await publishedNames(store);
  if (published !== undefined) return published;
  const served = await readServedNames(store.states);
  if (served === undefined) return undefined;
  return {
    names: served.names,
    of: `The policy of ${served.file}, served since ${new Date(served.sinceMs).toISOString()},`,
    doubt: ' If another is served now, name it: --policy FILE.',
  };
}

async function publishedNames({ policies }: Pick<Store, 'policies'>): Promise<PolicyNames | undefined> {
  const active = await policies.active();
  const stored = active && (await policies.read(active.version));
  return stored && { names: namesOf(stored.document as Named), of: 'The policy in force' };
}

function unchecked(given: readonly string[], { store, called }: NamePlace): string {
  const why =
    store === undefined ? 'has no policy beside it' : 'has no published policy, and none is known to be served';
  const names = given.map((name) => `"${name}"`).join(' and ');
  return `warning: nobody could check ${names}: ${called} ${why}. Check by the policy that is served: --policy FILE.`;
}

export function checkTier(id: string, policy: PolicyNames): void {
  checkName('tier', [id], policy.names.tiers, policy);
}

/** Where no policy is known any name is taken. */
function checkTask(task: string, policy: PolicyNames | undefined): void {
  if (policy !== undefined) checkName('task', [task], Object.keys(policy.names.ladders), policy);
}

/** An override names a rung of the task's ladder: from any other tier an escalation would have no way on. */
export function checkOverride(task: string, tier: string, policy: PolicyNames): void {
  const { ladders } = policy.names;
  checkTask(task, policy);
  const ladder = ladders[task] ?? [];
  if (ladder.includes(tier)) return;
  throw new UserError(
    `${policy.of} has no tier "${tier}" on the ladder of task "${task}": ${ladder.join(', ')}.${policy.doubt ?? ''}`,
  );
}

export function checkName(
  noun: string,
  given: readonly string[],
  there: readonly string[],
  { of, doubt = '' }: PolicyNames,
): void {
  const wrong = given.find((name) => !there.includes(name));
  if (wrong === undefined) return;
  throw new UserError(`${of} has no ${noun} "${wrong}"; it has ${there.join(', ')}.${doubt}`);
}
