import type { Raise } from '../../lib/core/telemetry/watch/nouns';
import type { TaskRaise } from '../../lib/core/types-live';
import type { SwitchStore } from '../shared/store/switch-port';

/** Nobody's user name: there is a blank in it. */
export const WATCH_AUTHOR = 'watch function';
/** Events looked at for what people have acknowledged since the last run. */
const EVENTS = 100;

/** By task: when a person last ended a raise, as far as the newest events tell. */
export async function acknowledgements(switches: SwitchStore): Promise<Readonly<Record<string, number>>> {
  const at: Record<string, number> = Object.create(null);
  for (const { action, entry, author, atMs } of await switches.history(EVENTS)) {
    if (action !== 'cleared' || entry.kind !== 'task-raised' || author === WATCH_AUTHOR) continue;
    at[entry.task] = Math.max(at[entry.task] ?? 0, atMs);
  }
  return at;
}

/** Puts the raises where routers look: sets those that are new, and ends those for which there is no reason any more. */
export async function applyRaises(switches: SwitchStore, raises: readonly Raise[], nowMs: number): Promise<void> {
  const active = await switches.active(nowMs);
  const standing = new Map(active.filter((one) => one.kind === 'task-raised').map((one) => [one.task, one]));
  const wanted = new Map(highest(raises).map((raise) => [raise.task, raise]));
  for (const { task, rungs, why: reason } of wanted.values()) {
    const now = standing.get(task);
    if (now?.rungs === rungs && now.reason === reason) continue;
    const entry: TaskRaise = { kind: 'task-raised', task, rungs, reason, author: WATCH_AUTHOR, atMs: nowMs };
    await switches.set(entry);
  }
  for (const { task, author } of standing.values()) {
    if (wanted.has(task) || author !== WATCH_AUTHOR) continue;
    const by = { author: WATCH_AUTHOR, reason: 'nothing speaks for it any more', atMs: nowMs };
    await switches.clear({ kind: 'task-raised', name: task }, by);
  }
}

/** One for each task: several reasons to begin higher do not add up. */
function highest(raises: readonly Raise[]): Raise[] {
  const byTask = new Map<string, Raise>();
  for (const raise of raises) {
    const known = byTask.get(raise.task);
    const why = known === undefined ? raise.why : `${known.why}; ${raise.why}`;
    byTask.set(raise.task, { task: raise.task, rungs: Math.max(raise.rungs, known?.rungs ?? 0), why });
  }
  return [...byTask.values()];
}
